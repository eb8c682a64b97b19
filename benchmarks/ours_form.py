"""The five exercises in our form: the lab as students get it, and what the class hands in."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from benchmarks.common_form import details, marked, notebook, opening, text_of
from benchmarks.five_exercises import NAME, TASKS, Student
from benchmarks.ours_rubric import make_rubric
from grader.release import release


def released(stack: str) -> NotebookNode:
    """What a student gets."""
    cells = opening(stack)
    for task in TASKS:
        check = f"{task.name}_check"
        answer = details(task.name, solution=True, locked=False)
        cells += [
            new_markdown_cell(task.text, id=f"{task.name}_task"),
            new_code_cell(marked(task.answer), id=task.name, metadata=answer),
            new_code_cell(
                f'check("{task.name}")', id=check, metadata=details(check, grade=True, points=2)
            ),
        ]
    return release(notebook(cells), make_rubric(stack))


def answered(lab: NotebookNode, student: Student) -> NotebookNode:
    """The student's notebook."""
    book = copy.deepcopy(lab)
    for cell in book.cells:
        if cell.id in student.answers:
            cell.source = student.answers[cell.id]
    return book


def make_class(folder: Path, stack: str, class_: Sequence[Student]) -> None:
    """Write the lab, and submitted/STUDENT.ipynb."""
    submitted = folder / "submitted"
    submitted.mkdir(parents=True)
    lab = released(stack)
    (folder / f"{NAME}.ipynb").write_text(text_of(lab), encoding="utf-8")
    for student in class_:
        book = text_of(answered(lab, student))
        (submitted / f"{student.name}.ipynb").write_text(book, encoding="utf-8")
