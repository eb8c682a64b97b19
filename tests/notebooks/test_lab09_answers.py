"""Do lab 09's checks fail on every wrong answer, exactly where they should, and on no right one?"""

from __future__ import annotations

import nbformat
import pytest

from grader import notebooks
from grader.grade import grade_submission, make_job
from grader.isolation import strongest
from grader.labs import find_lab
from grader.submissions import Submission
from tests.mutants.corpus import answers, with_answers

LAB = find_lab("09")
CORPUS = answers("09")
WRONG = [answer for answer in CORPUS if not answer.right]
RIGHT = [answer for answer in CORPUS if answer.right]
SEEDS = range(5)

pytestmark = pytest.mark.notebooks


def grade(notebook, *, seed=0, dataset="digits"):
    content = nbformat.writes(notebook).encode()
    job = make_job(LAB, strongest(), seed=seed, dataset=dataset)
    return grade_submission(Submission("ann", "ann.ipynb", content), job)


def failed(result):
    return {
        f"{exercise['name']}.{check['name']}": f"{check['verdict']}: {check['message']}"
        for exercise in result["exercises"]
        for check in exercise["checks"]
        if check["verdict"] != "passed"
    }


def together(corpus):
    """Groups of answers that are graded in one submission, each to another exercise.

    A grading takes twelve seconds, so answers share one where none can hide what another does: an
    answer that fails checks of other exercises stands alone, and the file's checks, whose training
    uses the student's loss, are not looked at together with another loss.
    """
    groups = []
    for answer in corpus:
        for group in groups:
            taken = {other.exercise for other in group}
            alone = reaches_out(answer) or reaches_out(group[0])
            if not alone and fits(answer.exercise, taken):
                group.append(answer)
                break
        else:
            groups.append([answer])
    return groups


def reaches_out(answer):
    return any(not check.startswith(f"{answer.exercise}.") for check in answer.fails)


def fits(exercise, taken):
    linked = {"distillation_loss", "distil_to_file"}
    return exercise not in taken and not (exercise in linked and taken & linked)


def names(group):
    return "+".join(answer.id for answer in group)


def solution(**sources):
    return with_answers(notebooks.read(LAB.solution), sources)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("group", together(WRONG), ids=names)
def test_do_wrong_answers_fail_exactly_their_checks(group):
    result = grade(solution(**{answer.exercise: answer.source for answer in group}))
    expected = frozenset().union(*(answer.fails for answer in group))
    assert set(failed(result)) == expected, failed(result)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("group", together(RIGHT), ids=names)
def test_do_right_answers_written_differently_score_full_marks(group):
    result = grade(solution(**{answer.exercise: answer.source for answer in group}))
    assert failed(result) == {}
    assert result["score"] == result["max_score"]


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("seed", SEEDS)
def test_does_the_reference_score_full_marks_on_digits(seed):
    result = grade(solution(), seed=seed)
    assert failed(result) == {} and result["score"] == result["max_score"]


@pytest.mark.usefixtures("course_data")
@pytest.mark.parametrize("seed", SEEDS)
def test_does_the_reference_score_full_marks_on_mnist(seed):
    result = grade(solution(), seed=seed, dataset="mnist")
    assert failed(result) == {} and result["score"] == result["max_score"]


@pytest.mark.usefixtures("offline")
def test_does_the_stub_score_nothing():
    result = grade(notebooks.read(LAB.lab))
    assert result["score"] == 0
    assert result["max_score"] >= 20


def test_is_the_corpus_as_large_as_promised():
    assert len(WRONG) >= 25 and len(RIGHT) >= 10
    assert {answer.exercise for answer in WRONG} == set(LAB.rubric().by_name)


def test_has_every_exercise_visible_and_hidden_checks_and_hints():
    exercises = LAB.rubric().exercises
    assert len(exercises) >= 7 and LAB.rubric().points >= 20
    for exercise in exercises:
        kinds = {check.visible for check in exercise.checks}
        assert kinds == {True, False} and exercise.hints and exercise.minutes
