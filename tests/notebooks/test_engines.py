"""Does each engine give the same verdicts on the labs' reference, wrong and alternative answers?

One submission of each lab, made of as many wrong answers as fit; with COURSE_ENGINES=all, all of
the corpus (half an hour).
"""

from __future__ import annotations

import os
from dataclasses import replace

import nbformat
import pytest

from grader.grade import grade_submission, make_job
from grader.isolation import strongest
from grader.process import Limits
from grader.submissions import Submission
from tests.notebooks.test_answers import LABS, groups, solution

# The engines differ in speed, and a verdict on time is none on the answer: all deadlines are moved.
PATIENCE = 5.0
LIMITS = Limits(
    cell_seconds=PATIENCE * Limits.cell_seconds,
    start_seconds=PATIENCE * Limits.start_seconds,
    total_seconds=PATIENCE * Limits.total_seconds,
)
EVERYTHING = os.environ.get("COURSE_ENGINES") == "all"

pytestmark = [pytest.mark.notebooks, pytest.mark.usefixtures("offline")]


def chosen():
    """Parameters (lab, answers): of each lab the largest group of wrong ones, or all."""
    wrong, right = groups(right=False), groups(right=True)
    if EVERYTHING:
        reference = [pytest.param(lab, [], id=number) for number, lab in LABS.items()]
        return reference + wrong + right
    largest = {}
    for one in wrong:
        lab, group = one.values
        before = largest.get(lab.number)
        if before is None or len(group) > len(before.values[1]):
            largest[lab.number] = one
    return list(largest.values())


def patient(rubric):
    exercises = [
        replace(
            exercise,
            preparation_seconds=PATIENCE * exercise.preparation_seconds,
            checks=[replace(check, seconds=PATIENCE * check.seconds) for check in exercise.checks],
        )
        for exercise in rubric.exercises
    ]
    return replace(rubric, exercises=exercises)


def verdicts(lab, notebook, engine):
    job = make_job(lab, strongest(), dataset="digits", engine=engine)
    job = replace(job, rubric=patient(job.rubric), limits=LIMITS)
    content = nbformat.writes(notebook).encode()
    result = grade_submission(Submission("ann", "ann.ipynb", content), job)
    return result["score"], {
        f"{exercise['name']}.{check['name']}": (check["verdict"], check["awarded"])
        for exercise in result["exercises"]
        for check in exercise["checks"]
    }


@pytest.mark.parametrize(("lab", "group"), chosen())
def test_do_a_kernel_and_a_fork_give_the_same_verdicts(lab, group):
    notebook = solution(lab, group)
    assert verdicts(lab, notebook, "kernel") == verdicts(lab, notebook, "warm")
