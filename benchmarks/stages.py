"""Table 2: where the time of one submission goes, stage by stage, in the grader's own process."""

from __future__ import annotations

import functools
import io
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.five_exercises import NAME, NUMBER, students
from benchmarks.ours import FiveExercises
from benchmarks.routes import Class
from benchmarks.runs import Runs
from grader import engines, grade, judge, labs, outputs, report, totals
from grader.grade import Job, grade_submission, make_job
from grader.gradebook import Gradebook
from grader.isolation import strongest
from grader.submissions import Submission
from grader.supervisor import Supervisor

# What is the student's own, and what is the lab's own; all the rest is the grader's.
STUDENT = ("cells", "calls")
LAB = ("references", "artifacts")
OVERHEAD = ("assemble", "fork", "lock down", "end", "rest", "record", "report")
CPU = " CPU"
CLASS = 20  # students whose report is written: a submission's share of it is what counts


class Clock:
    """Seconds by stage. A stage inside another one counts for itself only."""

    def __init__(self) -> None:
        self.values: Counter[str] = Counter()  # by stage seconds, by stage and CPU those of CPU
        self._inner = [(0.0, 0.0)]  # of each open stage, what its inner ones took

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What runs in it counts for `name`."""
        began, cpu_began = time.perf_counter(), time.process_time()
        self._inner.append((0.0, 0.0))
        try:
            yield
        finally:
            took, cpu = time.perf_counter() - began, time.process_time() - cpu_began
            inner, cpu_inner = self._inner.pop()
            self.values[name] += took - inner
            self.values[name + CPU] += cpu - cpu_inner
            outer, cpu_outer = self._inner[-1]
            self._inner[-1] = (outer + took, cpu_outer + cpu)

    def wrap(self, function: Callable[..., Any], stage: str | None = None) -> Callable[..., Any]:
        """A function that counts for `stage`; without one, for what its request asks for."""

        @functools.wraps(function)
        def timed(*arguments: Any, **options: Any) -> Any:
            name = stage or EXCHANGES[arguments[1]["op"]]
            with self.stage(name):
                return function(*arguments, **options)

        return timed


EXCHANGES = {"hello": "lock down", "cell": "cells", "call": "calls"}
# Where each stage is entered: an object, its function's name, the stage.
ENTRANCES = (
    (Submission, "read", "assemble"),
    (grade, "assemble", "assemble"),
    (engines.Warm, "start", "fork"),
    (engines.Cold, "start", "fork"),
    (Supervisor, "_exchange", None),
    (Supervisor, "__exit__", "end"),
    (grade, "run_check", "references"),
    (grade, "outcome_of", "references"),
    (judge, "judge_tflite", "artifacts"),
    (judge, "judge_onnx", "artifacts"),
    (judge, "judge_safetensors", "artifacts"),
)


def measure(runs: Runs, work: Path, *, rounds: int, numbers: list[str] | None = None) -> None:
    """Grade each lab's reference solution `rounds` times, after once that does not count.

    The first time starts the zygote and fills caches, which a class pays once. `numbers`: only
    these labs; the five exercises are lab 90.
    """
    work.mkdir(parents=True, exist_ok=True)
    prepared = []
    for number, files, submission in _labs(work):
        if numbers is None or number in numbers:
            dataset = "digits" if number == NUMBER else "auto"  # which asks for none
            job = make_job(files, strongest(), dataset=dataset)
            grade_submission(submission, job)
            prepared.append((number, job, submission))
    for turn in range(rounds):
        for number, job, submission in prepared:
            clock = Clock()
            total = _grade(clock, submission, job, work / f"{number}-{turn}")
            print(f"stages: lab {number}: {total:.3f} s", flush=True)
            runs.add("stages", number, "warm", turn, dict(clock.values))


def _labs(work: Path) -> Iterator[tuple[str, labs.LabFiles, Submission]]:
    class_ = Class(work / "class", "numpy", students(1))  # who is right
    class_.make({"ours"})
    files = FiveExercises(NUMBER, NAME, class_.folder / "ours", class_.stack)
    (handed_in,) = files.folder.glob("submitted/*.ipynb")
    yield NUMBER, files, Submission("reference", "", handed_in.read_bytes())
    for lab in labs.all_labs():
        yield lab.number, lab, Submission("reference", "", lab.solution.read_bytes())


def _grade(clock: Clock, submission: Submission, job: Job, folder: Path) -> float:
    with ExitStack() as patches:
        for owner, name, stage in ENTRANCES:
            timed = clock.wrap(getattr(owner, name), stage)
            patches.enter_context(mock.patch.object(owner, name, timed))
        began = time.perf_counter()
        with clock.stage("rest"):
            result = grade_submission(submission, job)
        total = time.perf_counter() - began
    if result["score"] != result["max_score"]:
        raise RuntimeError(f"lab {job.rubric.lab}: the reference scores {result['score']}")
    result["submitted"] = ""
    with Gradebook(folder) as book:
        book.keep("graded_with", grade.describe(job))
        with clock.stage("record"):
            book.record(result, "", {})
        for number in range(1, CLASS):
            book.record(_of_another(result, number), "", {})
        report.prepare()  # which a class pays once
        with clock.stage("report"), redirect_stdout(io.StringIO()):
            outputs.write(totals.of_class(book), folder)
    for name in ("report", "report" + CPU):
        clock.values[name] /= CLASS
    return total


def _of_another(result: dict[str, Any], number: int) -> dict[str, Any]:
    """The same result for another student, with code that no page has shown before."""
    answers = [{**one, "source": f"{one['source']}\n# {number}"} for one in result["exercises"]]
    return {**result, "student": f"student-{number}", "exercises": answers}


def sums(values: dict[str, float], suffix: str = "") -> dict[str, float]:
    """Seconds of one run by whose they are; with `CPU` those of the grader's own process."""
    whose = {"student": STUDENT, "lab": LAB, "overhead": OVERHEAD}
    return {
        one: sum(values.get(name + suffix, 0.0) for name in names) for one, names in whose.items()
    }
