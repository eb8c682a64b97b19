"""Where in a lesson a figure is recorded: for the learner who asks before having run the cell."""

from __future__ import annotations

import json
import re
from pathlib import Path

_LITERAL = re.compile(r"(f?)([\"'])((?:[A-Za-z0-9_. -]|\{[^{}\"']*\})+)\2")


def where_recorded(notebook: Path, key: str) -> str:
    """A sentence that says which cell records the figure; "" where that cannot be told.

    The cell is the first with the key in quotes, or with an f-string that can come to it.
    """
    heading, found = "", ""
    for cell in _cells(notebook):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            titles = re.findall(r"^#+ +(.+)$", source, re.MULTILINE)
            heading = titles[-1].strip() if titles else heading
        elif cell["cell_type"] == "code" and (exact := _names(source, key)) is not None:
            sentence = f"Run the cells under “{heading}” first"
            if exact:
                return sentence + f", up to the one that begins with `{_first_line(source)}`."
            found = found or sentence + "."
    return found


def _cells(notebook: Path) -> list[dict]:
    try:
        return json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return []


def _names(source: str, key: str) -> bool | None:
    """True: the key stands there. False: an f-string may come to it. None: neither."""
    if "record(" not in source:
        return None
    maybe = None
    for prefix, _, text in _LITERAL.findall(source):
        if text == key:
            return True
        if prefix and "." in text and re.fullmatch(_pattern(text), key):
            maybe = False
    return maybe


def _pattern(text: str) -> str:
    parts = re.split(r"\{[^{}]*\}", text)
    return "[A-Za-z0-9_.-]+".join(map(re.escape, parts))


def _first_line(source: str) -> str:
    return next(line for line in source.splitlines() if line.strip())
