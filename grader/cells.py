"""Text that other programs can take: no control characters, no half characters, no formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

# What XML 1.0 forbids is what breaks parsers of CSV and JSON too: NUL, escapes, lone surrogates.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: str) -> str:
    """`text` with every character that XML 1.0 cannot hold replaced by U+FFFD."""
    return FORBIDDEN.sub("\ufffd", text)


def points(value: float) -> str:
    """A number of points: as short as it is, at most four decimals."""
    return f"{round(value, 4):.12g}"


def spreadsheet_safe(text: str) -> str:
    """A text that starts like a formula is not to run in the instructor's spreadsheet."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV, each cell made safe for the spreadsheet that it may be opened in."""
    text = io.StringIO()
    writer = csv.writer(text)  # with \r\n after each row: so a \r in a cell is quoted as well
    for row in rows:
        writer.writerow([spreadsheet_safe(plain(cell)) for cell in row])
    return text.getvalue()
