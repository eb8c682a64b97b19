"""Does a large class cost the supervisor no more than it has to, and is the time left told?"""

from __future__ import annotations

import gc
import pickle
import threading
import tracemalloc
from collections import Counter

import nbformat
import pytest

from grader import grade, outputs, progress, report, totals
from grader.grade import grade_class
from grader.gradebook import Gradebook
from grader.submissions import find
from tests.unit import toy_lab
from tests.unit.report_sample import sample_class

# What a gradebook keeps of the lab.
LAB = ("lab", "notebook", "title", "seed", "dataset", "isolation", "max_score", "exercises")


@pytest.fixture
def write_class(tmp_path):
    work = toy_lab.answered(double=toy_lab.DOUBLE + "\n#" + "x" * 5_000)
    content = nbformat.writes(work).encode()

    def write(students):
        folder = tmp_path / f"class-{students}"
        folder.mkdir()
        for number in range(students):
            (folder / f"student-{number:04}.ipynb").write_bytes(content + b" " * number)
        return folder

    return write


def test_does_memory_grow_by_less_than_a_kilobyte_a_submission(write_class, tmp_path, monkeypatch):
    """Everything but the students' processes: finding, reading, seeding, grading, recording."""

    def graded(submission, job):
        assert submission.content  # read as in grading; and a result of the size of a real one
        return {"student": submission.student, "seconds": 1.0, "text": submission.sha256 * 500}

    monkeypatch.setattr(grade, "grade_submission", graded)
    held = {}
    for students in (20, 50, 250):  # the first warms up
        folder = write_class(students)
        gc.collect()
        tracemalloc.start()
        with Gradebook(tmp_path / f"grades-{students}") as book:
            found = find(folder, "99_toy")
            grade_class(found, toy_lab.job(), book, jobs=2)
            gc.collect()
            held[students] = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    assert (held[250] - held[50]) / 200 < 1024, held


def test_do_the_pages_of_a_class_hold_none_of_its_submissions(tmp_path, monkeypatch):
    """The peak while results.json, grades.csv and all pages are written, per submission."""
    class_of_one = sample_class(1)
    result = class_of_one["submissions"][0] | {"submitted": "", "notes": []}
    result["exercises"][0]["source"] = "#" * 20_000
    peaks = {}
    written = report.write_feedback

    def write_and_collect(*arguments):  # else the peak tells when garbage was looked for last
        written(*arguments)
        gc.collect()

    monkeypatch.setattr(report, "write_feedback", write_and_collect)
    for students in (10, 20, 120):  # the first warms up
        with Gradebook(tmp_path / f"{students}") as book:
            book.keep("graded_with", {name: class_of_one[name] for name in LAB})
            for number in range(students):
                book.record(result | {"student": f"student-{number:04}"}, "", {})
            gc.freeze()  # what is there already is not looked at with every page
            tracemalloc.start()
            outputs.write(totals.of_class(book), tmp_path / f"{students}")
            peaks[students] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            gc.unfreeze()
    assert (peaks[120] - peaks[20]) / 100 < 1024, peaks


def test_is_a_submission_that_changed_since_it_was_found_not_graded_as_another(write_class):
    folder = write_class(2)
    changed, gone = find(folder, "99_toy")
    before = changed.content
    (folder / changed.file).write_text("{}")
    (folder / gone.file).unlink()
    results = [grade.grade_submission(one, toy_lab.job()) for one in (changed, gone)]
    assert [result["status"] for result in results] == ["unreadable"] * 2
    assert "changed" in results[0]["reason"] and "cannot be read" in results[1]["reason"]
    (folder / changed.file).write_bytes(before)
    assert pickle.loads(pickle.dumps(changed)).source == before


def test_do_threads_stay_busy_though_one_submission_outlasts_all_others(monkeypatch):
    names = ["long", *(f"short-{number}" for number in range(40))]
    graded_by, short = {}, threading.Semaphore(0)

    def graded(name, job):
        graded_by[name] = threading.get_ident()
        if name == "long":
            assert all(short.acquire(timeout=60) for _ in names[1:])  # no sooner than all others
        else:
            short.release()
        return {"student": name}

    monkeypatch.setattr(grade, "grade_submission", graded)
    order = [result["student"] for result in grade._grade_here(names, None, jobs=2)]
    assert sorted(order) == sorted(names)
    assert Counter(graded_by.values())[graded_by["long"]] == 1


def test_does_what_took_long_the_last_time_begin_first(write_class, tmp_path, monkeypatch):
    begun = []

    def graded(submission, job):
        begun.append(submission.student)
        return {"student": submission.student, "seconds": float(submission.student[-1])}

    monkeypatch.setattr(grade, "grade_submission", graded)
    with Gradebook(tmp_path / "grades") as book:
        found = find(write_class(5), "99_toy")
        grade_class(found, toy_lab.job(), book)
        begun.clear()
        grade_class(found, toy_lab.job(), book, regrade=True)
    assert begun == [f"student-000{number}" for number in (4, 3, 2, 1, 0)]


def test_is_the_time_left_that_of_the_mean_of_all_so_far():
    assert progress.time_left(0, 5, 0, 10) is None and progress.time_left(0, 5, 1, 10) is None
    assert progress.time_left(100, 110, 6, 11) == 10  # five in ten seconds since the first
    assert progress.time_left(100, 130, 6, 11) == 30  # nothing has ended since: the guess grows
    assert progress.time_left(100, 110, 11, 11) == 0
    assert [progress.said(s) for s in (5, 89, 600, 7200)] == ["5 s", "89 s", "10 min", "2.0 h"]
