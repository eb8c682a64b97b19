"""Is nothing lost: to a second run, a kill, a full disk, a second grader?"""

from __future__ import annotations

import csv
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time

import nbformat
import pytest

from grader import grade, mark, outputs, totals
from grader.errors import UserError
from grader.gradebook import Gradebook
from grader.submissions import Submission
from tests.unit import toy_lab
from tests.unit.toy_lab import DOUBLE, TOTAL, answered


def notebook(**sources):
    return nbformat.writes(answered(**sources)).encode()


CLASS = {
    "ann": notebook(double=DOUBLE, total=TOTAL),
    "bob": notebook(double="def double(x):\n    return x", total=TOTAL),
    "cy": b"not a notebook",
}


def submissions(**changes):
    return [Submission(name, f"{name}.ipynb", text) for name, text in (CLASS | changes).items()]


def grade_into(folder, found=None, **options):
    with Gradebook(folder) as book:
        book.claim("99")
        grade.grade_class(found or submissions(), toy_lab.job(), book, **options)
        results = totals.of_class(book)
        outputs.write(results, folder)
        return {one["student"]: one for one in results["submissions"]}


def test_does_a_second_run_grade_only_what_changed(tmp_path, capsys):
    first = grade_into(tmp_path)
    assert {name: one["score"] for name, one in first.items()} == {"ann": 6, "bob": 5, "cy": 0}
    changed = submissions(bob=notebook(double=DOUBLE, total=TOTAL))
    again = grade_into(tmp_path, changed)
    assert "2 submissions are graded already" in capsys.readouterr().out
    assert again["bob"]["score"] == 6
    assert again["ann"]["seconds"] == first["ann"]["seconds"]


@pytest.mark.parametrize("part", ["rubric", "environment"])
def test_is_a_class_graded_again_when_what_grades_it_changes(tmp_path, monkeypatch, capsys, part):
    grade_into(tmp_path)
    monkeypatch.setattr(f"grader.fingerprint.of_{part}", lambda *lab: "changed")
    grade_into(tmp_path)
    assert "graded already" not in capsys.readouterr().out


def test_does_every_result_carry_the_hashes_of_what_it_was_made_from(tmp_path):
    for result in grade_into(tmp_path).values():
        assert set(result["hashes"]) == {"submission", "lab", "rubric", "environment", "options"}
        assert all(len(text) == 64 for text in result["hashes"].values())


def test_do_marks_and_comments_survive_a_regrade(tmp_path):
    grade_into(tmp_path)
    mark.main("bob", "double", 2.5, out=tmp_path, comment="right idea, wrong sign")
    bob = grade_into(tmp_path, regrade=True)["bob"]
    assert (bob["score"], bob["automatic"]) == (5.5, 5)
    (row,) = [row for row in rows(tmp_path) if row["student"] == "bob"]
    assert (row["score"], row["automatic"], row["marked"]) == ("5.5", "5", "double")
    assert row["comments"] == "double: right idea, wrong sign"
    mark.main("bob", "double", None, out=tmp_path)
    assert grade_into(tmp_path)["bob"]["score"] == 5


def rows(folder):
    with open(folder / "grades.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("student", "exercise", "points"),
    [("zoe", "double", 1), ("bob", "triple", 1), ("bob", "double", 99), ("bob", "double", -1)],
)
def test_is_a_mark_that_cannot_be_refused_in_one_sentence(tmp_path, student, exercise, points):
    grade_into(tmp_path)
    with pytest.raises(UserError):
        mark.main(student, exercise, points, out=tmp_path)


def test_does_the_csv_hold_one_line_a_student_and_no_formula(tmp_path):
    found = [Submission("=1+1", "x.ipynb", CLASS["ann"]), Submission("é, b", "y.ipynb", b"")]
    grade_into(tmp_path, found)
    first, second = rows(tmp_path)
    assert [first["student"], second["student"]] == ["'=1+1", "é, b"]
    assert list(first)[:7] == ["student", "lab", "score", "max_score", "double", "total", "status"]
    assert (first["score"], first["max_score"], first["status"]) == ("6", "6", "graded")
    assert (second["score"], second["status"]) == ("0", "unreadable")


def test_is_a_gradebook_of_another_lab_refused(tmp_path):
    grade_into(tmp_path)
    with Gradebook(tmp_path) as book, pytest.raises(UserError, match="holds lab 99"):
        book.claim("09")


def test_are_two_graders_on_one_gradebook_told_apart(tmp_path):
    with Gradebook(tmp_path), pytest.raises(UserError, match="in use by another grader"):
        with Gradebook(tmp_path):
            pass
    with Gradebook(tmp_path):
        pass


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\x00" + bytes(90)]
)
def test_is_a_damaged_gradebook_one_sentence(tmp_path, content):
    (tmp_path / "gradebook.sqlite").write_bytes(content)
    with pytest.raises(UserError, match=r"gradebook\.sqlite"):
        grade_into(tmp_path)
    assert (tmp_path / "gradebook.sqlite").read_bytes() == content


def test_is_a_gradebook_of_a_later_version_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / "gradebook.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(UserError, match="another version"), Gradebook(tmp_path):
        pass


def test_is_a_folder_that_cannot_be_written_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"), Gradebook(tmp_path / "file" / "out"):
        pass


GRADE = """
import sys, pathlib
from tests.unit import test_gradebook as t
from grader.submissions import Submission
t.grade_into(pathlib.Path(sys.argv[1]), [*t.submissions(), Submission("di", "x", t.CLASS["ann"])])
"""


def run_grader(folder, **options):
    return subprocess.Popen(
        [sys.executable, "-c", GRADE, str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def lasting(folder):
    """What is in the gradebook and its files, less how long it took."""
    with sqlite3.connect(folder / "gradebook.sqlite") as database:
        table = database.execute("SELECT * FROM results ORDER BY student").fetchall()
    kept = [(*row[:3], without_seconds(json.loads(row[3]))) for row in table]
    return kept, without_seconds(json.loads((folder / "results.json").read_text())), rows(folder)


def without_seconds(value):
    if isinstance(value, dict):
        return {key: without_seconds(item) for key, item in value.items() if key != "seconds"}
    return [without_seconds(item) for item in value] if isinstance(value, list) else value


def test_does_kill_9_at_any_moment_end_in_the_same_gradebook(tmp_path):
    """Killed at 20 random moments of one grading, then finished: as if it had run undisturbed."""
    began = time.monotonic()
    assert run_grader(tmp_path / "undisturbed").wait(300) == 0
    whole = time.monotonic() - began
    moments = random.Random(4)
    for _ in range(20):
        process = run_grader(tmp_path / "killed")
        try:
            process.wait(moments.uniform(0.1, 0.6) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
        check_integrity(tmp_path / "killed" / "gradebook.sqlite")
    last = run_grader(tmp_path / "killed")
    assert last.wait(300) == 0, last.stderr.read()
    assert lasting(tmp_path / "killed") == lasting(tmp_path / "undisturbed")


def check_integrity(path):
    if path.exists():
        with sqlite3.connect(path) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


FULL = """
import resource, pathlib, sys
from grader.errors import UserError
from grader.gradebook import Gradebook
resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, 64 << 10))
try:
    with Gradebook(pathlib.Path(sys.argv[1])) as book:
        for number in range(1000):
            result = {"student": f"s{number:04}", "text": "x" * 2000}
            book.record(result, "f", {})
except UserError as error:
    print(error)
"""


def test_does_a_disk_without_room_keep_all_that_was_recorded_before(tmp_path):
    """A limit on file size stands for the full disk: SQLite meets both as a failed write."""
    result = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, check=True
    )
    assert "gradebook.sqlite" in result.stdout and "make room" in result.stdout
    with Gradebook(tmp_path) as book:
        kept = list(book.results())
    assert 3 <= len(kept) < 1000
    assert all(len(one["text"]) == 2000 for one in kept)


def test_is_a_full_disk_while_pages_are_written_told_with_the_file(tmp_path, monkeypatch):
    def full(text, path):
        raise OSError(28, "No space left on device", str(path))

    grade_into(tmp_path)
    before = (tmp_path / "grades.csv").read_text()
    monkeypatch.setattr("grader.notebooks.write_text", full)
    with pytest.raises(UserError, match="No space left"):
        mark.main("bob", "double", 1, out=tmp_path)
    assert (tmp_path / "grades.csv").read_text() == before
