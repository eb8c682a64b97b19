"""Do honest submissions get the same grade at every level of isolation?

A level decides what code can reach, and by that how it is started: `bubblewrap` takes a new
interpreter for each submission, the others fork one that has the libraries already.
"""

from __future__ import annotations

from dataclasses import replace

import nbformat
import pytest

from grader import notebooks
from grader.grade import grade_submission, make_job
from grader.isolation import choose, why_not
from grader.labs import find_lab
from grader.process import Limits
from grader.submissions import Submission
from tests.mutants.corpus import answers, with_answers
from tests.unit import toy_lab

WALLS = ("landlock", "bubblewrap")
# A new interpreter imports TensorFlow first, for minutes where many others compute.
PATIENT = Limits(start_seconds=600, cell_seconds=600, total_seconds=1800)
TOY = {
    "reference": {},
    "alternative": {"double": toy_lab.DOUBLE, "total": toy_lab.TOTAL},
    "the square is taken": {"double": "def double(x):\n    return x**2"},
    "its input is changed": {"double": "def double(x):\n    x *= 2\n    return x"},
    "no file is written": {
        "total": "def total(x):\n    return x.sum()\n\ndef save_total(p):\n    pass"
    },
    "an answer raises": {"total": "def total(x):\n    return x.total()"},
    "a cell raises": {"double": "raise ValueError('not yet')"},
    "a cell is no Python": {"total": "def total(x:\n    return 1"},
    "nothing is answered": {"double": "", "total": ""},
}

pytestmark = [pytest.mark.endtoend, pytest.mark.usefixtures("offline")]


@pytest.fixture(params=WALLS)
def level(request) -> str:
    """A level with walls, where this machine offers it."""
    if reason := why_not(request.param):
        pytest.skip(f"{request.param}: {reason}")
    return request.param


def submission(notebook: nbformat.NotebookNode) -> Submission:
    return Submission("ann", "ann.ipynb", nbformat.writes(notebook).encode())


def grade_of(result: dict) -> dict:
    """What a student is told of it, but for the words: status, points, verdicts."""
    return {
        "status": result["status"],
        "score": result["score"],
        **{exercise["name"]: exercise["score"] for exercise in result["exercises"]},
        **{
            f"{exercise['name']}.{check['name']}": (check["verdict"], check["points"])
            for exercise in result["exercises"]
            for check in exercise["checks"]
        },
    }


def mixed_answers() -> dict[str, str]:
    """To each exercise of lab 09 a wrong answer or a right alternative, by turns."""
    chosen: dict[str, str] = {}
    for answer in answers("09"):
        alone = all(check.startswith(f"{answer.exercise}.") for check in answer.fails)
        wanted_right = len(chosen) % 2 == 1
        if answer.exercise not in chosen and alone and answer.right == wanted_right:
            chosen[answer.exercise] = answer.source
    return chosen


def toy_grades(level: str) -> dict[str, dict]:
    job = toy_lab.job(level)
    found = {}
    for name, sources in TOY.items():
        work = toy_lab.answered(**sources) if sources else toy_lab.solution()
        found[name] = grade_submission(submission(work), job)
    return found


@pytest.fixture(scope="module")
def toy_without_walls() -> dict[str, dict]:
    return toy_grades("none")


def test_do_the_toy_labs_submissions_get_the_same_grades(level, toy_without_walls):
    graded = toy_grades(level)
    for name, result in graded.items():
        assert result["isolation"] == level
        assert grade_of(result) == grade_of(toy_without_walls[name]), name
    scores = [result["score"] for result in graded.values()]
    assert scores[:2] == [6, 6] and len(set(scores)) >= 4, scores


def lab_09_grade(level: str) -> dict:
    files = find_lab("09")
    notebook = with_answers(notebooks.read(files.solution), mixed_answers())
    job = make_job(files, choose(level), dataset="digits")
    return grade_submission(submission(notebook), replace(job, limits=PATIENT))


@pytest.fixture(scope="module")
def lab_09_without_walls() -> dict:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COURSE_DATA", raising=False)
        patch.setenv("COURSE_OFFLINE", "1")
        return lab_09_grade("none")


def test_does_a_submission_to_a_lab_get_the_same_grade(level, lab_09_without_walls):
    result = lab_09_grade(level)
    assert grade_of(result) == grade_of(lab_09_without_walls)
    assert result["max_score"] > result["score"] > 0
