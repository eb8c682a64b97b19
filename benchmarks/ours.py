"""The five exercises as a lab of ours, and the real command line over it.

`python -m benchmarks.ours [--stack torch] [--in-process] grade SUBMISSIONS --out GRADES …` is
`grader grade …` with one thing changed: the lab that it finds. Everything that a class costs is in
it: the command line, the gradebook, the feedback pages, the report.

With --in-process the cells run in the grader's own process, with no isolation at all: the checks,
gradebook and report are the same, so that the difference is what a process for each student costs.
"""

from __future__ import annotations

import copy
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace, TracebackType
from typing import Any, Self
from unittest import mock

import numpy as np
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from benchmarks.five_exercises import TASKS, Student, notebook, opening, text_of
from grader import expect, notebooks
from grader.assemble import Cell
from grader.check import NotebookChecks
from grader.errors import Missing, Outcome, Raised
from grader.lab import KernelTarget, Lab
from grader.labs import LabFiles
from grader.release import release
from grader.rubric import Rubric

NUMBER, NAME = "90", "90_five_exercises"
CLOSE = {"rtol": 1e-5, "atol": 1e-8}  # as numpy.allclose, which the other forms use


def make_rubric(stack: str) -> Rubric:
    """The lab's exercises, with the same two questions to each as in the other forms."""
    rubric = Rubric(NUMBER, NAME, "Five exercises with numpy", stack=(stack,))
    for task in TASKS:
        exercise = rubric.exercise(task.name, title=task.text, difficulty=1, minutes=5)
        for function, visible in ((VISIBLE[task.name], True), (HIDDEN[task.name], False)):
            exercise.check(points=1, visible=visible)(function)
    return rubric


def centered_visible(lab: Lab) -> None:
    """Two columns"""
    got = lab.centered(np.array([[1.0, 2.0], [3.0, 6.0]]))
    expect.close(got, np.array([[-1.0, -2.0], [1.0, 2.0]]), **CLOSE, what="result")


def centered_hidden(lab: Lab) -> None:
    """Fifty rows"""
    x = lab.rng.normal(size=(50, 4)) * 100
    expect.close(lab.centered(x), x - np.mean(x, axis=0), **CLOSE, what="result")


def distances_visible(lab: Lab) -> None:
    """Two points"""
    got = lab.distances(np.zeros((1, 2)), np.array([[3.0, 4.0]]))
    expect.close(got, np.array([[5.0]]), **CLOSE, what="distances")


def distances_hidden(lab: Lab) -> None:
    """Two clouds of points"""
    a, b = lab.rng.normal(size=(30, 3)), lab.rng.normal(size=(20, 3))
    expected = np.array([[np.linalg.norm(p - q) for q in b] for p in a])
    expect.close(lab.distances(a, b), expected, **CLOSE, what="distances")


def moving_average_visible(lab: Lab) -> None:
    """Four numbers"""
    got = lab.moving_average(np.array([1.0, 3.0, 5.0, 9.0]), 2)
    expect.close(got, np.array([2.0, 4.0, 7.0]), **CLOSE, what="averages")


def moving_average_hidden(lab: Lab) -> None:
    """Two hundred numbers"""
    x = lab.rng.normal(size=200)
    expected = np.array([x[i : i + 7].mean() for i in range(194)])
    expect.close(lab.moving_average(x, 7), expected, **CLOSE, what="averages")


def one_hot_visible(lab: Lab) -> None:
    """Two labels"""
    got = lab.one_hot(np.array([2, 0]), 3)
    expect.close(got, np.array([[0.0, 0, 1], [1, 0, 0]]), **CLOSE, what="rows")


def one_hot_hidden(lab: Lab) -> None:
    """More classes than labels"""
    labels = lab.rng.integers(0, 8, size=40)
    expected = (labels[:, None] == np.arange(10)).astype(float)
    expect.close(lab.one_hot(labels, 10), expected, **CLOSE, what="rows")


def softmax_visible(lab: Lab) -> None:
    """Two rows"""
    got = lab.softmax(np.log([[1.0, 3.0], [4.0, 4.0]]))
    expect.close(got, np.array([[0.25, 0.75], [0.5, 0.5]]), **CLOSE, what="probabilities")


def softmax_hidden(lab: Lab) -> None:
    """Large numbers"""
    z = lab.rng.normal(size=(20, 5)) * 1000
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    expected = powers / powers.sum(axis=1, keepdims=True)
    expect.close(lab.softmax(z), expected, **CLOSE, what="probabilities")


VISIBLE = {
    "centered": centered_visible,
    "distances": distances_visible,
    "moving_average": moving_average_visible,
    "one_hot": one_hot_visible,
    "softmax": softmax_visible,
}
HIDDEN = {
    "centered": centered_hidden,
    "distances": distances_hidden,
    "moving_average": moving_average_hidden,
    "one_hot": one_hot_hidden,
    "softmax": softmax_hidden,
}


def solution(stack: str) -> NotebookNode:
    """The lab's source, with the reference answers."""
    cells = opening(stack)
    for task in TASKS:
        head, _, body = task.answer.partition("\n")
        marked = f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
        answer = _details(task.name, solution=True, locked=False)
        checked = _details(f"{task.name}_check", grade=True, points=2)
        cells += [
            new_markdown_cell(task.text, id=f"{task.name}_task"),
            new_code_cell(marked, id=task.name, metadata=answer),
            new_code_cell(f'check("{task.name}")', id=f"{task.name}_check", metadata=checked),
        ]
    return notebook(cells)


def _details(name: str, **fields: object) -> dict[str, object]:
    defaults = {"grade": False, "locked": True, "solution": False, "task": False}
    return {"nbgrader": {**defaults, "schema_version": 3, "grade_id": name, **fields}}


def answered(lab: NotebookNode, student: Student) -> NotebookNode:
    """The student's notebook."""
    book = copy.deepcopy(lab)
    for cell in book.cells:
        if cell.id in student.answers:
            cell.source = student.answers[cell.id]
    return book


def make_class(folder: Path, stack: str, class_: Sequence[Student]) -> None:
    """Write submitted/STUDENT.ipynb."""
    submitted = folder / "submitted"
    submitted.mkdir(parents=True)
    lab = release(solution(stack), make_rubric(stack))
    for student in class_:
        book = text_of(answered(lab, student))
        (submitted / f"{student.name}.ipynb").write_text(book, encoding="utf-8")


@dataclass(frozen=True)
class FiveExercises(LabFiles):
    """The lab, released into a folder of its own."""

    folder: Path = Path()
    stack: str = "numpy"

    @property
    def lab(self) -> Path:
        """What a student gets."""
        return self.folder / f"{self.name}.ipynb"

    def rubric(self) -> Rubric:
        """The lab's exercises and checks."""
        return make_rubric(self.stack)


def release_into(files: FiveExercises) -> None:
    """Write what a student gets."""
    notebooks.write(release(solution(files.stack), files.rubric()), files.lab)


def checks_in(namespace: dict[str, Any]) -> NotebookChecks:
    """The `check` of a learner's notebook, for `globals()`."""
    return NotebookChecks(make_rubric("numpy"), KernelTarget(namespace), NoData())


class NoData:
    """`Resources` of a lab that has no data set."""

    def __init__(self, name: str = "none") -> None:
        self.dataset = SimpleNamespace(name="none")
        self.unseen = None


class InProcess:
    """Stands in for `Supervisor`, and runs a student's cells right here: the unsafe floor."""

    def __init__(self, cells: Sequence[Cell], *rest: Any, **options: Any) -> None:
        self._cells = cells
        self._namespace: dict[str, Any] = {"__name__": "__main__"}
        self._target = KernelTarget(self._namespace)
        self.cell_errors: dict[str, Outcome] = {}
        self.cell_outputs: dict[str, list[dict[str, Any]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._namespace.clear()

    def start(self) -> None:
        """Run all cells."""
        for cell in self._cells:
            try:
                exec(compile(cell.source, cell.name, "exec"), self._namespace)
            except Exception as error:  # noqa: BLE001 - whatever a student's cell does
                last = traceback.extract_tb(error.__traceback__)[-1].lineno
                self.cell_errors[cell.name] = Raised(
                    type(error).__name__, str(error), last, builtin=True
                )

    def call(
        self,
        name: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        *,
        seconds: float,
        inputs: bool = False,
    ) -> Any:
        """As `Supervisor.call`, without a deadline."""
        return self._target.call(name, args, kwargs, inputs)

    def read_file(self, name: str) -> bytes:
        """There are no files."""
        raise Missing(f"The file {name} was not written.")


def run(arguments: list[str], stack: str, *, in_process: bool = False) -> None:
    """`grader ARGUMENTS` with this lab for the only one; ends the process with its exit code."""
    from grader import cli, grade, labs

    with TemporaryDirectory() as folder:
        files = FiveExercises(NUMBER, NAME, Path(folder), stack)
        release_into(files)
        found = mock.patch.object(labs, "all_labs", lambda: [files])
        data = mock.patch.object(grade, "Resources", NoData)
        place = mock.patch.object(
            grade, "Supervisor", InProcess if in_process else grade.Supervisor
        )
        with found, data, place:
            cli.main(arguments)


if __name__ == "__main__":
    words = sys.argv[1:]
    in_process = "--in-process" in words
    stack = words[words.index("--stack") + 1] if "--stack" in words else "numpy"
    rest = [word for word in words if word not in ("--in-process", "--stack", stack)]
    run(rest, stack, in_process=in_process)
