"""What holds for the reader of submissions, whatever bytes it is given."""

from __future__ import annotations

import json
from pathlib import Path

from grader.answers import is_answer
from grader.assemble import RUN_TAGS, assemble
from grader.errors import UserError
from grader.recovery import recover
from grader.submissions import find
from tests.unit import toy_lab

LAB = toy_lab.lab()
LOCKED = [
    cell.source
    for cell in LAB.cells
    if not is_answer(cell) and RUN_TAGS & set(cell.metadata.get("tags", []))
]
ANSWERS = [cell.id for cell in LAB.cells if is_answer(cell)]


def read_notebook(content: bytes) -> bool:
    """Read a file and assemble it; whether there was anything to grade.

    Raises AssertionError where the outcome is none that the grader can record.
    """
    try:
        notebook, notes = recover(content)
    except ValueError as error:
        assert_sentence(str(error))
        return False
    assembly = assemble(LAB, notebook)
    assert [cell.source for cell in assembly.cells if not cell.answer] == LOCKED
    named = [cell.name for cell in assembly.cells if cell.answer]
    assert list(dict.fromkeys(named)) == ANSWERS
    for cell in assembly.cells:
        cell.source.encode()
        assert "\0" not in cell.source and "\r" not in cell.source
    for note in (*notes, *assembly.notes, assembly.left_out or "None."):
        assert_sentence(note)
    json.dumps(notes + assembly.notes, ensure_ascii=False).encode()
    return True


def read_class(content: bytes, folder: Path) -> bool:
    """Read a zip of a class; whether there is one. Raises as `read_notebook` does."""
    path = folder / "class.zip"
    path.write_bytes(content)
    try:
        found = find(path, "99_toy")
    except UserError as error:
        assert_sentence(str(error).replace(str(folder), ""))
        return False
    names = [one.student for one in found]
    assert names == sorted(set(names))
    for one in found:
        assert one.student and one.student.isprintable() and len(one.student) <= 120
        assert one.file.isprintable()
        one.student.encode()
        if one.problem:
            assert_sentence(one.problem)
        else:
            read_notebook(one.content)
    return True


def assert_sentence(text: str) -> None:
    """One short line that any page, database and terminal takes."""
    assert text and len(text) < 600 and text.isprintable(), repr(text)
    assert "Traceback" not in text
    text.encode()
