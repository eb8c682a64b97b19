"""Does each broken submission earn what can be read of it, and harm no other?"""

from __future__ import annotations

import json

import pytest

from grader import outputs, totals
from grader.grade import grade_class
from grader.gradebook import Gradebook
from grader.process import Limits
from grader.submissions import find
from tests.broken.corpus import FILES, HONEST, all_cases
from tests.unit import toy_lab

CASES = all_cases()
NEIGHBOURS = ("Ann", "zoë")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The whole corpus and two honest students, graded as one class: results by student."""
    folder = tmp_path_factory.mktemp("class")
    for case in CASES:
        (folder / f"{case.name}.ipynb").write_bytes(case.content())
    for name in NEIGHBOURS:
        (folder / f"{name}.ipynb").write_text(HONEST)
    job = toy_lab.job(limits=Limits(cell_seconds=10))  # one calls pip
    out = tmp_path_factory.mktemp("grades")
    with Gradebook(out) as book:
        grade_class(find(folder, "99_toy"), job, book, jobs=2)
        outputs.write(totals.of_class(book), out)
    results = json.loads((out / "results.json").read_text())
    return {result["student"]: result for result in results["submissions"]}


def texts(result):
    """All that is said about a submission."""
    yield from (result["reason"], *result["notes"])
    for exercise in result["exercises"]:
        yield exercise["cell_error"]
        yield from (check["message"] for check in exercise["checks"])


def test_is_the_corpus_large_enough_and_each_small_case_a_file():
    assert len(CASES) >= 44
    assert {case.file.name for case in CASES if not case.large} == {
        f.name for f in FILES.glob("*.ipynb")
    }


@pytest.mark.parametrize("case", [c for c in CASES if not c.large], ids=lambda case: case.name)
def test_is_each_file_what_its_maker_makes(case):
    # Remedy: python -m tests.broken.corpus
    assert case.file.read_bytes() == case.make()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_does_it_earn_what_can_be_read(case, graded):
    result = graded[case.name]
    said = "\n".join(texts(result))
    assert result["score"] == case.score, said
    assert result["status"] == ("graded" if case.readable else "unreadable"), said
    assert bool(result["reason"]) == (not case.readable)
    for text in case.says:
        assert text in said
    assert "Traceback" not in said


@pytest.mark.parametrize("student", NEIGHBOURS)
def test_do_honest_neighbours_keep_their_points_and_hear_of_nothing(student, graded):
    result = graded[student]
    assert (result["score"], result["status"], result["notes"]) == (6, "graded", [])


def test_does_everyone_in_the_class_have_one_result(graded):
    assert set(graded) == {case.name for case in CASES} | set(NEIGHBOURS)
