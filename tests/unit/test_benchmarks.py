"""Do the benchmarks measure what they say, on forms that give every grader the same work?"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest

from benchmarks import nbgrader_form, ours_form, tables
from benchmarks.cost import measure
from benchmarks.five_exercises import TASKS, students
from benchmarks.in_process import InProcess
from benchmarks.ours import NoData
from benchmarks.ours_rubric import make_rubric
from benchmarks.routes import LOOPS, PEERS, ROUTES, Class, environment
from benchmarks.runs import Run, Runs, median, ratio, values
from benchmarks.stages import CPU, Clock, sums
from grader import grade
from grader.grade import Job, grade_submission
from grader.isolation import Isolation
from grader.labs import ROOT
from grader.submissions import Submission

PEER_ROUTES = ("nbgrader", "otter", "otter-api", "nbclient")


def expected(class_: list) -> dict[str, int]:
    return {student.name: student.score for student in class_}


def test_does_a_class_hold_what_the_tables_say():
    """Of twenty: eight right, eight partly, four that raise; the same again, none like another?"""
    class_ = students(20)
    assert class_ == students(30)[:20]
    assert sum(student.score == 10 for student in class_) == 8
    assert all(0 <= student.score < 10 for student in class_ if student.score != 10)
    assert len({tuple(student.answers.values()) for student in class_}) == 20


def test_are_the_scores_right_that_every_grader_must_give(tmp_path: Path):
    """By nothing but `exec` and `assert`: is each student's score what their answers are worth?"""
    class_ = students(20)
    folder = tmp_path / "class"
    folder.mkdir()
    for student in class_:
        book = nbgrader_form.filled("numpy", student.answers, hidden=True)
        nbformat.write(book, folder / f"{student.name}.ipynb")
    scores = tmp_path / "scores.json"
    subprocess.run([sys.executable, LOOPS / "exec_loop.py", folder, scores], check=True)
    assert json.loads(scores.read_text()) == expected(class_)


def test_does_our_form_give_the_same_scores(monkeypatch: pytest.MonkeyPatch):
    """The checks with a reference beside them: do they ask the same as the asserts?"""
    monkeypatch.setattr(grade, "Supervisor", InProcess)
    rubric, lab = make_rubric("numpy"), ours_form.released("numpy")
    job = Job(rubric, lab, NoData(), Isolation("none", "none"), engine="cold")
    scores = {}
    for student in students(20):
        content = nbformat.writes(ours_form.answered(lab, student)).encode()
        result = grade_submission(Submission(student.name, "", content), job)
        scores[student.name] = result["score"]
    assert scores == expected(students(20))
    assert rubric.points == 2 * len(TASKS)


@pytest.mark.parametrize("name", ["in-process", "warm"])
def test_does_our_command_line_grade_the_lab_of_the_class(name: str, tmp_path: Path):
    """As it is measured: the lab written before, the whole command, its results.json."""
    class_ = Class(tmp_path / "class", "numpy", students(2))
    class_.make({"ours"})
    cost, scores = ROUTES[name].run(class_, tmp_path / "work")
    assert cost.code == 0
    assert scores == expected(class_.students)


def test_does_our_command_line_import_no_more_than_a_users_before_it_begins():
    """What the benchmark imports itself counts as the grader's: is there anything heavy in it?"""
    code = "import sys, benchmarks.ours; print(*sys.modules)"
    line = [sys.executable, "-c", code]
    told = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not {"numpy", "nbformat", "click", "unittest", "asyncio"} & set(told.split())


@pytest.mark.skipif(not (PEERS / "nbgrader").exists(), reason="the peers are not installed")
@pytest.mark.parametrize("name", PEER_ROUTES)
def test_do_the_peers_give_a_right_and_a_wrong_answer_their_scores(name: str, tmp_path: Path):
    """In their own environment, in their own form."""
    class_ = Class(tmp_path / "class", "numpy", students(2))
    class_.make({ROUTES[name].form})
    _, scores = ROUTES[name].run(class_, tmp_path / "work")
    assert scores == expected(class_.students)
    assert list(scores.values())[0] == 10 > list(scores.values())[1]


def test_is_the_time_of_processes_counted_that_were_left_behind(tmp_path: Path):
    """A command that ends at once and leaves a child at work: whose seconds are these?"""
    burn = "import time\nwhile time.process_time() < 0.5: pass"
    command = ["sh", "-c", f"{sys.executable} -S -c '{burn}' & exit 3"]
    paths = environment(tmp_path, peer=False)
    cost = measure(command, folder=tmp_path, environment=paths, log=tmp_path / "log")
    assert cost.code == 3
    assert 0.45 < cost.cpu_seconds < 3


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_is_a_command_that_hangs_ended_with_all_that_it_began(tmp_path: Path):
    """A command that waits for its child for ever: are both gone?"""
    paths = environment(tmp_path, peer=False)
    command = ["sh", "-c", "sleep 300 & echo $!; wait"]
    cost = measure(command, folder=tmp_path, environment=paths, log=tmp_path / "log", limit=1.0)
    assert cost.code == -signal.SIGKILL and 1.0 <= cost.seconds < 60
    assert not psutil.pid_exists(int((tmp_path / "log").read_text()))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_is_memory_that_processes_share_counted_once(tmp_path: Path):
    """A hundred megabytes in a parent and its fork: are they a hundred, not two hundred?"""
    code = "import os, time; held = b'x' * 100_000_000; os.fork(); time.sleep(1)"
    paths = environment(tmp_path, peer=False)
    command = [sys.executable, "-S", "-c", code]
    cost = measure(command, folder=tmp_path, environment=paths, log=tmp_path / "log")
    assert 100e6 < cost.own_memory < 150e6
    assert 100e6 < cost.memory < 150e6


def test_are_ratios_taken_within_a_round():
    """One slow moment of the machine meets both: does it cancel out?"""
    runs = [
        Run("t", "c", name, number, {"s": factor * load})
        for number, load in enumerate((1.0, 10.0, 2.0))
        for name, factor in (("a", 1.0), ("b", 3.0))
    ]
    one, other = (values(runs, name, "s") for name in "ab")
    assert median(one) == 2.0
    assert ratio(other, one) == pytest.approx(3.0)
    assert ratio({0: 6.0, 7: 1.0}, one) == 6.0  # the round that only one of them has is left out
    assert ratio({7: 1.0}, one) is None


def test_is_nothing_measured_twice_or_lost(tmp_path: Path):
    """A benchmark that was cut off and called again: does it know its runs?"""
    runs = Runs(tmp_path / "runs.jsonl")
    runs.add("graders", "numpy, 20", "warm", 0, {"seconds": 1.5})
    again = Runs(tmp_path / "runs.jsonl")
    assert again.has("graders", "numpy, 20", "warm", 0)
    assert not again.has("graders", "numpy, 20", "warm", 1)
    assert [run.values for run in again.of("graders", "numpy, 20")] == [{"seconds": 1.5}]


def test_does_a_stage_in_a_stage_count_once():
    """Do the stages add up to the whole?"""
    clock = Clock()
    with clock.stage("rest"):
        with clock.stage("references"):
            with clock.stage("calls"):
                sum(range(200_000))
            sum(range(100_000))
    outer, inner = clock.values["references"], clock.values["calls"]
    assert outer > 0 and 0 < inner < 0.9 * sum(v for k, v in clock.values.items() if CPU not in k)
    whole = sums(clock.values)
    assert whole["student"] == inner and whole["lab"] == outer
    assert whole["overhead"] == clock.values["rest"]


def test_does_a_table_say_what_was_not_measured(tmp_path: Path):
    """One route alone, others missing: is there a table, and no ratio out of nothing?"""
    runs = Runs(tmp_path / "runs.jsonl")
    measured = {"seconds": 30.0, "cpu_seconds": 12.0, "memory": 2e8, "submissions": 20}
    runs.add("graders", "numpy, 20", "nbgrader", 0, measured)
    assert "| `nbgrader autograde` | 1 | 30.0 | 40.0 | 12.0 | 600 | 200 | – | – |" in (
        tables.document(runs, ["python -m benchmarks"])
    )
    ours_too = measured | {"seconds": 1.0, "cpu_seconds": 0.5}
    runs.add("graders", "numpy, 20", "warm", 0, ours_too)
    text = tables.document(runs, ["python -m benchmarks"])
    assert "| 200 | 30.0× | 24.0× |" in text
    aim = "| 20 submissions with numpy: 25 times `nbgrader autograde` | 30.0× (24.0× in CPU) |"
    assert aim in text
    assert "with torch" not in text


def test_are_columns_of_numbers_set_to_the_right():
    """Is a column with one word in it none of numbers?"""
    text = tables.table(["way", "n", "mixed"], [["a", "1,234", "–"], ["b", "2.5×", "word"]])
    assert text.splitlines()[1] == "| --- | ---: | --- |"


def test_does_the_command_explain_itself():
    """Does --help name the tables, and a table that there is not get a sentence?"""

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "benchmarks", *words]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)

    told = command("--help").stdout
    assert "graders" in told and "--quick" in told
    wrong = command("nothing")
    assert wrong.returncode == 2 and "no table nothing" in wrong.stderr
