"""The ways to grade the class of five exercises, each as a command with its scores read back."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks import nbgrader_form, otter_form, ours_form
from benchmarks.common_form import text_of
from benchmarks.cost import Cost, measure
from benchmarks.five_exercises import NUMBER, Student
from grader.labs import ROOT

PEERS = ROOT / ".venv-peers" / "bin"
LOOPS = Path(__file__).resolve().parent / "peers"
Scores = dict[str, float]


@dataclass(frozen=True)
class Class:
    """A class in all forms, in folders below `folder`."""

    folder: Path
    stack: str
    students: Sequence[Student]

    def make(self, forms: set[str]) -> None:
        """Write the forms that are asked for."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        peers = environment(self.folder, peer=True)
        if "nbgrader" in forms:
            course = self.folder / "nbgrader"
            nbgrader_form.make_course(course, self.stack, self.students, peers)
        if "otter" in forms:
            otter_form.make_class(self.folder / "otter", self.stack, self.students, peers)
        if "whole" in forms:
            whole = self.folder / "whole"
            whole.mkdir()
            for one in self.students:
                book = nbgrader_form.filled(self.stack, one.answers, hidden=True)
                (whole / f"{one.name}.ipynb").write_text(text_of(book), encoding="utf-8")
        if "ours" in forms:
            ours_form.make_class(self.folder / "ours", self.stack, self.students)


@dataclass(frozen=True)
class Route:
    """One way to grade a class. `work` is an empty folder for what a run leaves."""

    name: str
    label: str
    form: str
    command: Callable[[Class, Path], list[str | Path]]
    scores: Callable[[Path], Scores]
    prepare: Callable[[Class, Path], None] = lambda class_, work: None

    def run(self, class_: Class, work: Path) -> tuple[Cost, Scores]:
        """Grade the class once. Raises RuntimeError where there are no scores afterwards."""
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        self.prepare(class_, work)
        folder = work if self.form == "nbgrader" else class_.folder / self.form
        if self.form == "ours":
            folder = ROOT
        log = work / "log.txt"
        cost = measure(
            self.command(class_, work),
            folder=folder,
            environment=environment(work, peer=self.form in ("nbgrader", "otter", "whole")),
            log=log,
        )
        try:
            return cost, self.scores(work)
        except (OSError, sqlite3.Error, ValueError) as error:
            told = log.read_text(errors="replace")[-2000:]
            raise RuntimeError(
                f"{self.name} ended with {cost.code} and no scores: {told}"
            ) from error


def environment(home: Path, *, peer: bool) -> dict[str, str]:
    """The same for all: one thread for the libraries, no settings of a user's."""
    path = os.environ.get("PATH", os.defpath)
    return {
        "PATH": f"{PEERS}{os.pathsep}{path}" if peer else path,
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home),
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "COURSE_OFFLINE": "1",
    }


def _copy_course(class_: Class, work: Path) -> None:
    shutil.copytree(class_.folder / "nbgrader", work, dirs_exist_ok=True)


def _nbgrader_scores(work: Path) -> Scores:
    query = (
        "SELECT assignment.student_id, SUM(grade.auto_score) FROM grade"
        " JOIN submitted_notebook AS book ON grade.notebook_id = book.id"
        " JOIN submitted_assignment AS assignment ON book.assignment_id = assignment.id"
        " GROUP BY assignment.student_id"
    )
    with closing(sqlite3.connect(work / "gradebook.db")) as database:
        return dict(database.execute(query))


def _otter_scores(work: Path) -> Scores:
    scores = {}
    for file in sorted(work.glob("results/*/results.json")):
        tests = json.loads(file.read_text())["tests"]
        scores[file.parent.name] = sum(test.get("score", 0) for test in tests)
    return scores


def _loop_scores(work: Path) -> Scores:
    return json.loads((work / "scores.json").read_text())


def _our_scores(work: Path) -> Scores:
    results = json.loads((work / "grades" / "results.json").read_text())
    return {one["student"]: one["score"] for one in results["submissions"]}


def _otter_run(class_: Class, work: Path) -> list[str | Path]:
    loop = (
        'for f in submitted/*.ipynb; do s=$(basename "$f" .ipynb); mkdir -p "$1/results/$s"; '
        'otter run -a autograder.zip -o "$1/results/$s" --no-logo "$f"; done'
    )
    return ["sh", "-c", loop, "sh", work]


def ours_with(name: str, label: str, *options: str, module: str = "ours") -> Route:
    """Our command line with these options."""

    def command(class_: Class, work: Path) -> list[str | Path]:
        folder = class_.folder / "ours"
        start = [sys.executable, "-m", f"benchmarks.{module}", folder, class_.stack]
        grade = ["grade", folder / "submitted", "--lab", NUMBER, "--out", work / "grades"]
        return [*start, *grade, *options]

    return Route(name, label, "ours", command, _our_scores)


ROUTES = {
    route.name: route
    for route in (
        Route(
            "nbgrader",
            "`nbgrader autograde`",
            "nbgrader",
            lambda class_, work: [PEERS / "nbgrader", "autograde", nbgrader_form.ASSIGNMENT],
            _nbgrader_scores,
            _copy_course,
        ),
        Route("otter", "`otter run`, one after another", "otter", _otter_run, _otter_scores),
        Route(
            "otter-api",
            "otter's `run.main()`, in one process",
            "otter",
            lambda class_, work: [
                PEERS / "python",
                LOOPS / "otter_loop.py",
                "submitted",
                work / "results",
            ],
            _otter_scores,
        ),
        Route(
            "nbclient",
            "nbclient alone",
            "whole",
            lambda class_, work: [
                PEERS / "python",
                LOOPS / "nbclient_loop.py",
                ".",
                work / "scores.json",
            ],
            _loop_scores,
        ),
        Route(
            "exec",
            "`exec` and `assert` in one process (unsafe)",
            "whole",
            lambda class_, work: [
                PEERS / "python",
                LOOPS / "exec_loop.py",
                ".",
                work / "scores.json",
            ],
            _loop_scores,
        ),
        ours_with(
            "in-process",
            "ours without any isolation, in one process (unsafe)",
            "--engine",
            "cold",  # of which nothing is started: it is the one that prepares nothing
            module="in_process",
        ),
        ours_with("warm", "**ours, warm engine**", "--engine", "warm"),
        ours_with("warm-2", "ours, warm engine, 2 jobs", "--engine", "warm", "--jobs", "2"),
        ours_with("cold", "ours, cold engine", "--engine", "cold"),
        ours_with("kernel", "ours, kernel engine", "--engine", "kernel"),
    )
}


def available() -> list[str]:
    """The routes that this checkout has: an engine may be missing."""
    from grader.engines import ENGINES

    return [
        name
        for name, route in ROUTES.items()
        if route.form != "ours" or name.split("-")[0] in (*ENGINES, "in")
    ]
