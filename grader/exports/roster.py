"""Who a student of the gradebook is elsewhere: a CSV file with a row a student.

Column `submission` holds the student's name in the gradebook (the submission's file or folder
name); the others are called as the target calls them. So a file that Canvas or Moodle has exported
becomes a roster when a column `submission` is added. Rows where it is empty are left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.errors import UserError

KEY = "submission"
Roster = Mapping[str, Mapping[str, str]]  # student -> column (lower case) -> value


def read(path: Path) -> Roster:
    """The roster in a file. Raises UserError, naming the file, where it cannot be one."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The roster {path} cannot be read: {error}.") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval="")
    columns = [name.strip().lower() for name in reader.fieldnames or []]
    if KEY not in columns:
        found = ", ".join(columns) or "none"
        raise UserError(
            f"The roster {path} has no column `{KEY}` with the students' names in the gradebook. "
            f"Its columns: {found}."
        )
    reader.fieldnames = columns
    roster: dict[str, dict[str, str]] = {}
    try:
        for row in reader:
            values = {name: row[name].strip() for name in columns}
            if student := values.pop(KEY):
                if student in roster:
                    raise UserError(f"The roster {path} has two rows for {student!r}.")
                roster[student] = values
    except csv.Error as error:
        raise UserError(f"The roster {path}, line {reader.line_num}: {error}.") from error
    return roster


def known(roster: Roster | None, student: str, ids: Sequence[str]) -> bool:
    """Whether the target can tell who `student` is; without a roster, by the name itself."""
    if roster is None:
        return True
    return any(roster.get(student, {}).get(name.lower()) for name in ids)


def value(roster: Roster | None, student: str, column: str) -> str:
    """What the roster says in `column`, '' for nothing."""
    return (roster or {}).get(student, {}).get(column.lower(), "")
