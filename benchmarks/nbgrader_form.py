"""The five exercises as a course of nbgrader: source, release, and what the class hands in."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from benchmarks.common_form import details, marked, notebook, opening, text_of
from benchmarks.five_exercises import TASKS, Student

ASSIGNMENT = "five"
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "benchmark"
c.IncludeHeaderFooter.header = ""
"""


def filled(stack: str, answers: dict[str, str], *, hidden: bool) -> NotebookNode:
    """A notebook with these answers; without `hidden` as students have it, the hidden tests cut."""
    cells = opening(stack)
    for cell in cells:
        cell.metadata.update(details(cell.id))
    for task in TASKS:
        name = task.name
        kept = f"### BEGIN HIDDEN TESTS\n{task.hidden}\n### END HIDDEN TESTS" if hidden else ""
        cells += [
            new_markdown_cell(task.text, id=f"{name}_task"),
            _cell(name, answers[name], solution=True, locked=False),
            _cell(f"{name}_visible", task.visible, grade=True, points=1),
            _cell(f"{name}_hidden", kept, grade=True, points=1),
        ]
    return notebook(cells)


def _cell(name: str, text: str, **fields: object) -> NotebookNode:
    return new_code_cell(text, id=name, metadata=details(name, **fields))


def make_course(
    folder: Path, stack: str, class_: Sequence[Student], environment: Mapping[str, str]
) -> None:
    """Write a course and release its assignment; nothing is graded yet."""
    inner = folder / "source" / ASSIGNMENT
    inner.mkdir(parents=True)
    solution = filled(stack, {t.name: marked(t.answer) for t in TASKS}, hidden=True)
    (inner / f"{ASSIGNMENT}.ipynb").write_text(text_of(solution), encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    for student in class_:
        handed_in = folder / "submitted" / student.name / ASSIGNMENT
        handed_in.mkdir(parents=True)
        book = text_of(filled(stack, student.answers, hidden=False))
        (handed_in / f"{ASSIGNMENT}.ipynb").write_text(book, encoding="utf-8")
    command = ["nbgrader", "generate_assignment", ASSIGNMENT]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
