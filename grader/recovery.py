"""Reading a student's notebook file, whatever state it is in.

Liberal on purpose: what a browser, an editor, a merge or a cut-off upload did to a file shall cost
no answer that can still be read. Only what assembling needs comes out of it: of each cell its type,
id, nbgrader name and source. The reader runs in the trusted process: nothing here parses Python, no
more than `MAX_TEXT` of JSON becomes objects, and time is in proportion to the file's size.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

MAX_TEXT = 16 << 20  # bytes of JSON that are parsed; each may become 30 bytes of objects
MAX_BRACKETS = 5_000_000  # in outputs that are left out (3 s)
MAX_FAILURES = 20  # attempts at cells of a damaged file: each may read to the file's end
MAX_STRING = 100_000  # characters in a large file; longer ones are pictures in texts
MAX_DIGITS = 1000  # of an integer; Python refuses to read 4,301
OLDEST, NEWEST = 2, 4  # versions of the notebook format

STARTS = {
    b"PK": "a zip file",
    b"%PDF": "a PDF file",
    b"\x89PNG": "an image",
    b"\x1f\x8b": "a compressed file",
    b"<": "a web page",
}
# All of these take time in proportion to the text: each part matches in one way only (*+, ++), and
# a string also where the file ends in it.
STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'
KEY = r'"(?:outputs|attachments)"\s*+:\s*+(?=[\[{])'
SHORT = rf'"(?:[^"\\]|\\.){{0,{MAX_STRING}}}+"'
TO_BULK = re.compile(rf'(?:[^"]++|(?!{KEY}){SHORT})*+(?:{KEY}|(?P<long>{STRING}))', re.DOTALL)
TO_BRACKET = re.compile(rf'(?:[^"\[\]{{}}]++|{STRING})*+([\[\]{{}}])', re.DOTALL)
CELL_START = re.compile(
    r'\{\s*+"(?:attachments|cell_type|collapsed|execution_count|id|input|metadata|source)"\s*+:'
)


def recover(content: bytes) -> tuple[NotebookNode, list[str]]:
    """The notebook in a file, and notes on what had to be mended.

    Raises ValueError, with a reason of one line, where no cell can be read.
    """
    notes: list[str] = []
    try:
        document = _document(_decode(shrink(content), notes), notes)
        cells = [_cell(cell, notes) for cell in _cells(document) if isinstance(cell, dict)]
        if not cells:
            raise _NoDocument("it has no readable cells")
    except (MemoryError, OverflowError, RecursionError) as error:
        raise ValueError("not a notebook (it is too large, or nested too deeply)") from error
    except _NoDocument as error:
        found = next((name for start, name in STARTS.items() if content.startswith(start)), "")
        raise ValueError(f"not a notebook ({f'it is {found}' if found else error})") from error
    _note_language(document.get("metadata"), notes)
    return NotebookNode(cells=cells, metadata={}, nbformat=4, nbformat_minor=5), _unique(notes)


def shrink(content: bytes) -> bytes:
    """`content`; where it is large, without the outputs and pictures that make it so.

    Raises ValueError where it stays large.
    """
    if len(content) <= MAX_TEXT:
        return content
    small = _without_bulk(_decode(content, [])).encode("utf-8", "replace")
    if len(small) > MAX_TEXT:
        raise ValueError(f"it has {len(content):,} bytes, {len(small):,} of them text")
    return small


class _NoDocument(ValueError):
    """There is no JSON of a notebook in the text; the message says what there is."""


def _decode(content: bytes, notes: list[str]) -> str:
    encoding = json.detect_encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding.startswith("utf-8") and error.start < len(content) - 4:
            encoding = "Latin-1"
        text = content.decode(encoding, "replace")  # the last character may be cut in half
    if not encoding.startswith("utf-8"):
        notes.append(f"The file is not in UTF-8: it was read as {encoding}.")
    return text


def _document(text: str, notes: list[str]) -> dict[str, Any]:
    """The JSON object in `text`, or what can be read of one."""
    decoder = json.JSONDecoder(strict=False, parse_int=_integer)
    text = text.strip("\ufeff\x00 \t\r\n")
    if not text:
        raise _NoDocument("it is empty")
    try:
        try:
            document, end = decoder.raw_decode(text)
        except RecursionError:  # in an output, most likely
            text = _without_bulk(text)
            document, end = decoder.raw_decode(text)
    except (ValueError, RecursionError) as error:
        cells = list(_whole_cells(decoder, text))
        if not cells:
            raise _NoDocument(_first_line(error)) from error
        notes.append(f"The file is damaged: {len(cells)} cells in it could be read.")
        return {"cells": cells}
    if not isinstance(document, dict):
        raise _NoDocument(f"it holds a JSON {type(document).__name__}")
    if end < len(text):
        notes.append("The file goes on after the notebook's end: the rest was not read.")
    return document


def _integer(digits: str) -> int:
    return int(digits) if len(digits) <= MAX_DIGITS else 0


def _whole_cells(decoder: json.JSONDecoder, text: str) -> Iterator[dict[str, Any]]:
    """The cells of a cut-off or badly merged file that are whole."""
    position, failures = 0, 0
    while failures < MAX_FAILURES and (start := CELL_START.search(text, position)):
        try:
            cell, position = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            position, failures = start.end(), failures + 1
            continue
        if "cell_type" in cell:
            yield cell


def _cells(document: dict[str, Any]) -> list[Any]:
    """The cells of a notebook in any of the formats; 2 and 3 keep them in worksheets."""
    version = document.get("nbformat", NEWEST)
    if type(version) is int and not OLDEST <= version <= NEWEST:
        raise _NoDocument(f"its format is version {_short(version)}, not {OLDEST} to {NEWEST}")
    if isinstance(document.get("cells"), list):
        return document["cells"]
    sheets = document.get("worksheets")
    if isinstance(sheets, list):
        sheets = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        return [cell for cells in sheets if isinstance(cells, list) for cell in cells]
    raise _NoDocument("it has no list of cells")


def _cell(cell: dict[str, Any], notes: list[str]) -> NotebookNode:
    kind, name = cell.get("cell_type"), cell.get("id")
    source = cell.get("source", cell.get("input"))  # `input` until format 3
    metadata = cell.get("metadata")
    details = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = details.get("grade_id") if isinstance(details, dict) else None
    return NotebookNode(
        cell_type=kind if isinstance(kind, str) else "code",
        id=name if isinstance(name, str) else "",
        metadata={"nbgrader": {"grade_id": grade_id}} if isinstance(grade_id, str) else {},
        source=_text(source, notes),
    )


def _text(source: Any, notes: list[str]) -> str:
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return ""
    clean = source.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if "\x00" in source:
        notes.append("NUL characters were taken out of the cells.")
    if not clean.isascii():
        clean, before = clean.encode("utf-8", "replace").decode(), clean
        if clean != before:
            notes.append("Halves of characters in the cells (surrogates) were replaced by '?'.")
    return clean


def _without_bulk(text: str) -> str:
    """`text` with null for each list of outputs and dict of attachments, and no long strings.

    It need not be whole.
    """
    kept: list[str] = []
    position = brackets = 0
    while bulk := TO_BULK.match(text, position):
        position = bulk.end()
        if bulk["long"] is not None:
            kept.append(text[bulk.start() : bulk.start("long")] + '""')
            continue
        kept.append(bulk.group() + "null")
        depth = 0
        while bracket := TO_BRACKET.match(text, position):
            position, brackets = bracket.end(), brackets + 1
            depth += 1 if bracket[1] in "[{" else -1
            if depth == 0:
                break
            if brackets > MAX_BRACKETS:
                raise ValueError("its outputs have too many parts")
        else:
            return "".join(kept)  # the file ends within an output
    return "".join([*kept, text[position:]])


def _note_language(metadata: Any, notes: list[str]) -> None:
    for key, field in (("language_info", "name"), ("kernelspec", "language")):
        details = metadata.get(key) if isinstance(metadata, dict) else None
        language = details.get(field) if isinstance(details, dict) else None
        if isinstance(language, str) and not re.match("(?i)i?python|$", language):
            notes.append(f"The notebook is set to {_short(language)}: it was run as Python.")
            return


def _first_line(error: Exception) -> str:
    return _short((str(error).strip().splitlines() or [type(error).__name__])[0], 200)


def _short(value: Any, length: int = 40) -> str:
    """A student's text within a sentence of the grader."""
    return "".join(c if c.isprintable() else "?" for c in str(value)[:length])


def _unique(notes: list[str]) -> list[str]:
    return list(dict.fromkeys(notes))
