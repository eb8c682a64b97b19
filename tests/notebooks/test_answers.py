"""Do each lab's checks fail on wrong answers, exactly where they should, and pass right ones?"""

from __future__ import annotations

import os

import nbformat
import pytest

from grader import notebooks
from grader.errors import UserError
from grader.grade import grade_submission, make_job
from grader.isolation import strongest
from grader.labs import all_labs
from grader.submissions import Submission
from tests.mutants.corpus import answers, with_answers
from tests.notebooks.expectations import expected_files

LABS = {lab.number: lab for lab in all_labs()}
CORPUS = {number: answers(number) for number in LABS}
SEEDS = range(5)
# What a check draws depends on the seed, which five on the digits try already: on the real data two
# are enough for every change, COURSE_SEEDS=5 for a change to a lab.
REAL_SEEDS = range(int(os.environ.get("COURSE_SEEDS", 2)))
# Exercises whose answers are not looked at together: the training behind lab 09's file uses the
# student's own loss.
LINKED = {"09": {"distillation_loss", "distil_to_file"}}

pytestmark = pytest.mark.notebooks


def grade(lab, notebook, *, seed=0, dataset="digits"):
    content = nbformat.writes(notebook).encode()
    job = make_job(lab, strongest(), seed=seed, dataset=dataset)
    return grade_submission(Submission("ann", "ann.ipynb", content), job)


def failed(result):
    return {
        f"{exercise['name']}.{check['name']}": f"{check['verdict']}: {check['message']}"
        for exercise in result["exercises"]
        for check in exercise["checks"]
        if check["verdict"] != "passed"
    }


def groups(*, right):
    """Pairs of a lab and answers that are graded in one submission, each to another exercise.

    A grading takes seconds, so answers share one where none can hide what another does: an answer
    that fails checks of other exercises stands alone.
    """
    found = []
    for number, corpus in CORPUS.items():
        mine = []
        for answer in corpus:
            if answer.right == right:
                fitting = (group for group in mine if fits(number, answer, group))
                group = next(fitting, None)
                if group is None:
                    mine.append([answer])
                else:
                    group.append(answer)
        found += [pytest.param(LABS[number], group, id=names(number, group)) for group in mine]
    return found


def fits(number, answer, group):
    if reaches_out(answer) or reaches_out(group[0]):
        return False
    taken = {other.exercise for other in group}
    linked = LINKED.get(number, set())
    return answer.exercise not in taken and not (answer.exercise in linked and taken & linked)


def reaches_out(answer):
    return any(not check.startswith(f"{answer.exercise}.") for check in answer.fails)


def names(number, group):
    return f"{number}-" + "+".join(answer.id for answer in group)


def solution(lab, group=()):
    sources = {answer.exercise: answer.source for answer in group}
    return with_answers(notebooks.read(lab.solution), sources)


each_lab = pytest.mark.parametrize("lab", LABS.values(), ids=LABS)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(("lab", "group"), groups(right=False))
def test_do_wrong_answers_fail_exactly_their_checks(lab, group):
    result = grade(lab, solution(lab, group))
    expected = frozenset().union(*(answer.fails for answer in group))
    assert set(failed(result)) == expected, failed(result)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(("lab", "group"), groups(right=True))
def test_do_right_answers_written_differently_score_full_marks(lab, group):
    result = grade(lab, solution(lab, group))
    assert failed(result) == {}
    assert result["score"] == result["max_score"]


@pytest.mark.usefixtures("offline")
@each_lab
@pytest.mark.parametrize("seed", SEEDS)
def test_does_the_reference_score_full_marks_on_digits(lab, seed):
    result = grade(lab, solution(lab), seed=seed)
    assert failed(result) == {} and result["score"] == result["max_score"]


@pytest.mark.usefixtures("course_data")
@each_lab
@pytest.mark.parametrize("seed", REAL_SEEDS)
def test_does_the_reference_score_full_marks_on_the_real_data(lab, seed):
    (dataset,) = expected_files(lab.solution).keys() - {"digits"}
    result = grade(lab, solution(lab), seed=seed, dataset=dataset)
    assert failed(result) == {} and result["score"] == result["max_score"]


@pytest.mark.usefixtures("offline")
@each_lab
def test_does_the_stub_score_nothing(lab):
    result = grade(lab, notebooks.read(lab.lab))
    assert result["score"] == 0
    assert result["max_score"] >= 20


@each_lab
def test_is_the_corpus_as_large_as_promised(lab):
    corpus = CORPUS[lab.number]
    wrong = [answer for answer in corpus if not answer.right]
    assert len(wrong) >= 30 and len(corpus) - len(wrong) >= 12
    assert {answer.exercise for answer in wrong} == set(lab.rubric().by_name)


@each_lab
def test_is_a_class_graded_on_the_data_that_its_notebook_is_made_for(lab):
    rubric = lab.rubric()
    assert set(rubric.datasets) == expected_files(lab.solution).keys()
    assert rubric.dataset("auto") != "digits" and rubric.dataset("digits") == "digits"
    with pytest.raises(UserError, match="no checks on 'fashion-mnist'"):
        rubric.dataset("fashion-mnist")


@each_lab
def test_has_every_exercise_visible_and_hidden_checks_and_hints(lab):
    exercises = lab.rubric().exercises
    assert len(exercises) >= 8 and lab.rubric().points >= 25
    for exercise in exercises:
        kinds = {check.visible for check in exercise.checks}
        assert kinds == {True, False} and exercise.hints and exercise.minutes
