"""What the notebooks of all forms have in common."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from benchmarks.five_exercises import TITLE, setup_cell

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def notebook(cells: list[NotebookNode]) -> NotebookNode:
    """Cells as a Python notebook."""
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def opening(stack: str) -> list[NotebookNode]:
    """The cells before the first exercise; in our form the second one is tagged as setup."""
    tags = {"tags": ["setup"]}
    return [
        new_markdown_cell(f"# {TITLE}", id="title"),
        new_code_cell(setup_cell(stack), id="imports", metadata=tags),
    ]


def marked(answer: str) -> str:
    """A reference answer, with what students do not get between markers."""
    head, _, body = answer.partition("\n")
    return f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"


def details(name: str, **fields: object) -> dict[str, object]:
    """nbgrader's metadata of a cell, of which we use the same."""
    defaults = {"grade": False, "locked": True, "solution": False, "task": False}
    return {"nbgrader": {**defaults, "schema_version": 3, "grade_id": name, **fields}}


def text_of(book: NotebookNode) -> str:
    """The file's text."""
    return nbformat.writes(book) + "\n"
