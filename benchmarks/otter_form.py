"""The five exercises in otter-grader's form: an autograder.zip, and what the class hands in."""

from __future__ import annotations

import subprocess
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell

from benchmarks.common_form import notebook, opening, text_of
from benchmarks.five_exercises import TASKS, Student, Task

OPEN = 'import otter\ngrader = otter.Notebook("five.ipynb")'
TEST = """\
import numpy as np
from otter.test_files import test_case

OK_FORMAT = False
name = "{name}"
points = None


@test_case(points=1, hidden=False)
def test_visible({name}):
{visible}


@test_case(points=1, hidden=True)
def test_hidden({name}):
{hidden}
"""


def test_file(task: Task) -> str:
    """An exception-based test file of otter's."""
    visible, hidden = (textwrap.indent(text, "    ") for text in (task.visible, task.hidden))
    return TEST.format(name=task.name, visible=visible, hidden=hidden)


def make_class(
    folder: Path, stack: str, class_: Sequence[Student], environment: Mapping[str, str]
) -> None:
    """Write autograder.zip, and submitted/STUDENT.ipynb."""
    tests, submitted = folder / "tests", folder / "submitted"
    for place in (tests, submitted):
        place.mkdir(parents=True)
    for task in TASKS:
        (tests / f"{task.name}.py").write_text(test_file(task), encoding="utf-8")
    for student in class_:
        cells = [new_code_cell(OPEN), *opening(stack)]
        for task in TASKS:
            cells += [
                new_markdown_cell(task.text),
                new_code_cell(student.answers[task.name]),
                new_code_cell(f'grader.check("{task.name}")'),
            ]
        book = text_of(notebook(cells))
        (submitted / f"{student.name}.ipynb").write_text(book, encoding="utf-8")
    command = ["otter", "generate", "-t", "tests", "-o", "autograder.zip"]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
