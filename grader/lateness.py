"""Late penalties, from a small policy file:

due = 2026-11-30T23:59:00+01:00   # with its time zone
grace_minutes = 15
per_day = 0.10                    # of the score, for each day begun
at_most = 0.50
"""

from __future__ import annotations

import math
import tomllib
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader import sources
from grader.errors import UserError

FIELDS = {"due", "grace_minutes", "per_day", "at_most"}


@dataclass(frozen=True)
class Policy:
    """How much of a score is taken for being late."""

    due: datetime
    grace_minutes: float = 0.0
    per_day: float = 0.10
    at_most: float = 1.0

    def share(self, submitted: datetime | None) -> float:
        """The share of the score that is taken, 0 to `at_most`; None counts as in time."""
        if submitted is None:
            return 0.0
        late = submitted - self.due - timedelta(minutes=self.grace_minutes)
        if late <= timedelta(0):
            return 0.0
        days = math.ceil((submitted - self.due) / timedelta(days=1))
        return min(self.at_most, self.per_day * days)


def read(path: Path) -> Policy:
    """The policy in a file. Raises UserError, naming the file and the field, where it is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The policy {path} cannot be read: {error}.") from error
    return parse(text, str(path))


def parse(text: str, path: str) -> Policy:
    """The policy in a text; `path` is how errors name it."""
    try:
        fields = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"The policy {path} cannot be read: {error}.") from error
    if unknown := sorted(set(fields) - FIELDS):
        raise UserError(f"{path}: unknown {', '.join(unknown)}; known are {sorted(FIELDS)}.")
    due = fields.pop("due", None)
    if not isinstance(due, datetime) or due.tzinfo is None:
        raise UserError(
            f"{path}: `due` must be a date and time with its zone, as 2026-11-30T23:59:00+01:00."
        )
    for name, value in fields.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise UserError(f"{path}: `{name}` must be a number that is not negative.")
    if fields.get("at_most", 1.0) > 1:
        raise UserError(f"{path}: `at_most` is a share of the score, at most 1.")
    return Policy(due, **fields)


def submitted_at(root: Path, file: str) -> datetime | None:
    """When a submission was handed in, in UTC.

    nbgrader's timestamp.txt beside the notebook, else when the file (or the zip's member) was last
    changed; None where that is unknown.
    """
    if root.is_dir():
        path = root / file
        stamp = path.parent / "timestamp.txt"
        try:
            if stamp.is_file() and (found := _parse(stamp.read_text(errors="replace"))):
                return found
            return datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError:  # its name is shown with escapes, and may be too long for a file
            return None
    if zipfile.is_zipfile(root):
        with zipfile.ZipFile(root) as archive:
            for info in archive.infolist():
                if sources.shown(sources.member_name(info)) == file:
                    return _member_time(info)
    return None


def _member_time(info: zipfile.ZipInfo) -> datetime | None:
    try:
        # A zip keeps local time without a zone; the grader's own is assumed.
        return datetime(*info.date_time).astimezone(UTC)
    except ValueError:  # some programs write zeros
        return None


def _parse(text: str) -> datetime | None:
    """nbgrader writes `2026-11-30 22:00:00.000000 UTC`."""
    text = text.strip().removesuffix("UTC").strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
