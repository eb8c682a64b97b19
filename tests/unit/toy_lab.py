"""A lab of two small exercises that needs only numpy, for tests of the grader itself."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader import expect
from grader.grade import Job
from grader.isolation import choose
from grader.lab import Resources
from grader.release import release
from grader.rubric import Rubric

rubric = Rubric(lab="99", notebook="99_toy", title="Toy")

double = rubric.exercise("double", title="Double", difficulty=1, minutes=1, hints=("Times two.",))
total = rubric.exercise("total", title="Total", difficulty=2, minutes=2)


@double.check(points=1, visible=True)
def on_a_vector(lab):
    """Twice each element."""
    x = lab.rng.normal(size=5)
    expect.close(
        lab.double(x),
        2 * x,
        rtol=1e-12,
        atol=0,
        what="result",
        mistakes={"the square is taken": x**2},
    )


@double.check(points=2)
def leaves_its_input_alone(lab):
    """Works on a copy."""
    x = lab.rng.normal(size=5)
    _, (after,) = lab.call_with_inputs("double", x)
    expect.close(after, x, rtol=0, atol=0, what="input")


@total.prepare(seconds=5)
def write_a_file(lab):
    """The student's code writes a file first."""
    lab.save_total("total.txt")


@total.check(points=3, seconds=2)
def of_a_matrix(lab):
    """The sum of all elements, and the file."""
    x = lab.rng.normal(size=(3, 4))
    expect.close(lab.total(x), x.sum(), rtol=1e-9, atol=1e-12, what="sum")
    expect.equal(lab.file("total.txt"), b"done", what="file")


ANSWERS = {
    "double": "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
    "total": (
        "def total(x):\n    ### BEGIN SOLUTION\n    return np.sum(x)\n    ### END SOLUTION\n\n\n"
        "def save_total(path):\n    ### BEGIN SOLUTION\n    open(path, 'w').write('done')\n"
        "    ### END SOLUTION"
    ),
}


def details(grade_id: str, **fields: object) -> dict[str, object]:
    """nbgrader's metadata of a cell."""
    defaults = {"grade": False, "locked": True, "solution": False, "task": False}
    return {"nbgrader": {**defaults, "schema_version": 3, "grade_id": grade_id, **fields}}


def solution() -> NotebookNode:
    """The source notebook."""
    cells = [
        new_markdown_cell("# Toy", id="title"),
        new_code_cell("import numpy as np", id="imports", metadata={"tags": ["setup"]}),
        new_code_cell("raise RuntimeError('study cells are not graded')", id="study"),
    ]
    for exercise in rubric.exercises:
        name = exercise.name
        answer = details(name, solution=True, locked=False)
        checked = details(f"{name}_check", grade=True, points=exercise.points)
        cells.append(new_code_cell(ANSWERS[name], id=name, metadata=answer))
        cells.append(new_code_cell(f'check("{name}")', id=f"{name}_check", metadata=checked))
    cells[-1].outputs = []
    cells[-1].execution_count = 7
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def lab() -> NotebookNode:
    """What a student gets."""
    return release(solution(), rubric)


def job(isolation: str = "auto", **options: object) -> Job:
    """What a class of the toy lab is graded with."""
    return Job(rubric, lab(), Resources("digits"), choose(isolation), **options)


def answered(**sources: str) -> NotebookNode:
    """A student's notebook: the lab with these answer cells."""
    notebook = lab()
    for cell in notebook.cells:
        if cell.id in sources:
            cell.source = sources[cell.id]
    return notebook


DOUBLE = "def double(x):\n    return x + x"
TOTAL = "def total(x):\n    return x.sum()\n\ndef save_total(p):\n    open(p, 'w').write('done')"
