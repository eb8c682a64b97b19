"""nbgrader: `check("…")` as an autograder test, so that a solution works as nbgrader's source.

A solution is a source as it stands for students who get what nbgrader makes of it. nbgrader refuses
submissions with named cells that its source does not have, and in our labs every cell is named:
`export` writes the source in which they are, too.

nbgrader sets NBGRADER_EXECUTION while it runs a notebook, and reads a cell's grade off its output:
a number that the cell evaluates to is the points, an exception or anything on stderr is 0. Its
limit of 30 seconds a cell (`c.Execute.timeout`) is too short for a lab whose cells train.

The trust is nbgrader's own: the student's code runs in the very process that holds the checks, with
the rights of the person who grades, and can forge any grade. `grader grade` is for code that one
does not trust.
"""

from __future__ import annotations

import contextlib
import copy
import html
import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader import notebooks
from grader.checking import CheckResult, generator, outcome_of, run_check
from grader.errors import Missing
from grader.lab import Lab, Resources, Target
from grader.labs import LabFiles
from grader.release import check_source, lock_cells
from grader.rubric import Exercise, Rubric

VARIABLE = "NBGRADER_EXECUTION"  # "autograde", or "validate" where students try their notebook


def export(files: LabFiles, isolation: str) -> bytes:
    """The notebook for nbgrader's source/LAB/; `isolation` is not asked: nbgrader has none."""
    return nbformat.writes(source(notebooks.read(files.solution), files.rubric())).encode()


def source(solution: NotebookNode, rubric: Rubric) -> NotebookNode:
    """The solution with its cells named and locked as in the lab."""
    named = copy.deepcopy(solution)
    for step in (check_source, lock_cells):
        step(named, rubric)
    return named


@dataclass(frozen=True)
class KernelGrade:
    """What a check cell evaluates to in nbgrader: the points, with the verdicts beside them."""

    score: float
    exercise: Exercise
    results: list[CheckResult]

    def __repr__(self) -> str:
        return repr(float(self.score))

    def _repr_html_(self) -> str:
        titles = {check.name: check.title for check in self.exercise.checks}
        rows = "".join(
            f"<li>{html.escape(titles[result.name])}: <b>{result.verdict}</b> "
            f"{html.escape(' '.join(filter(None, (result.message, result.mistake))))}</li>"
            for result in self.results
        )
        return f"<b>{html.escape(self.exercise.title)}: {self.score:g} points</b><ul>{rows}</ul>"


@dataclass(frozen=True)
class WorkingFolder:
    """A target whose functions write into a folder and whose files are read there, as in grading.

    In the learner's own kernel they are those of the notebook's run instead.
    """

    target: Target
    folder: Path

    def call(self, name: str, args: Sequence[Any], kwargs: dict[str, Any], inputs: bool) -> Any:
        """As the target's."""
        with contextlib.chdir(self.folder):
            return self.target.call(name, args, kwargs, inputs)

    def read_file(self, name: str) -> bytes:
        """A file that a call has written."""
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise Missing(f"The file {name} was not written.", detail=str(error)) from error


def grade_in_kernel(exercise: Exercise, target: Target, resources: Resources) -> KernelGrade:
    """Run an exercise's checks in the kernel that nbgrader runs the notebook in.

    All of them, hidden ones too, after the exercise's preparation. `nbgrader validate` is the
    students' own trial: there only the visible ones run, and passing them counts as passing.
    """
    with _silent_stderr():
        if os.environ.get(VARIABLE) == "validate":
            visible = [check for check in exercise.checks if check.visible]
            results = [run_check(check, target, resources, "visible") for check in visible]
            if all(result.verdict == "passed" for result in results):
                return KernelGrade(exercise.points, exercise, results)
        else:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                place = WorkingFolder(target, Path(folder))
                results = _run_all(exercise, place, resources)
    return KernelGrade(sum(result.awarded for result in results), exercise, results)


def _run_all(exercise: Exercise, target: Target, resources: Resources) -> list[CheckResult]:
    # nbgrader runs each student's notebook in a folder of its own, autograded/STUDENT/LAB.
    seed = "/".join(Path.cwd().parts[-2:])
    blocked = None
    if exercise.preparation:
        rng = generator(f"{exercise.name}.prepare", seed)
        blocked = outcome_of(exercise.preparation, Lab(target, rng, resources))
    return [
        run_check(check, target, resources, "visible" if check.visible else seed, blocked)
        for check in exercise.checks
    ]


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """Nothing reaches stderr: for nbgrader one warning of a library makes right answers wrong.

    Loggers are told as well, as their handlers hold on to the stream that they were made with.
    """
    before = logging.root.manager.disable
    saved = os.dup(2)
    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            with contextlib.redirect_stderr(nowhere):
                os.dup2(nowhere.fileno(), 2)
                logging.disable(logging.CRITICAL)
                yield
    finally:
        logging.disable(before)
        os.dup2(saved, 2)
        os.close(saved)
