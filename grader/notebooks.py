"""Reading and writing notebook files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import nbformat
from nbformat import NotebookNode

from grader.errors import UserError

# What nbformat lets through: it checks little before it uses the parts.
NOT_A_NOTEBOOK = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    nbformat.ValidationError,
)


def read(path: Path) -> NotebookNode:
    """The notebook in a file, in today's format. Raises UserError, naming the file, otherwise.

    For notebooks of the course; what students hand in is read by `grader.recovery`.
    """
    try:
        # As nbformat.reads, which besides makes a validator (0.1 s) and only logs what it finds.
        notebook = nbformat.convert(nbformat.reader.reads(path.read_text(encoding="utf-8")), 4)
        cells = notebook.cells
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}.") from error
    except NOT_A_NOTEBOOK as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise UserError(f"{path} is not a notebook ({reason}).") from error
    if not all(isinstance(cell.get("source"), str) for cell in cells):
        raise UserError(f"{path} is not a notebook (a cell has no source).")
    return notebook


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook; the old file stays whole until the new one is complete."""
    write_text(nbformat.writes(notebook) + "\n", path)


def write_text(text: str, path: Path) -> None:
    """Write a text file in one step: readers see the old file or the new one, never half."""
    # A lone surrogate (a file name that is not UTF-8, say) is written as its escape.
    write_bytes(text.encode("utf-8", "backslashreplace"), path)


def write_bytes(content: bytes, path: Path) -> None:
    """As `write_text`, for bytes."""
    with replaced(path) as file:
        file.write(content)


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` when the block ends well, and vanishes otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
