"""The grades of a class, in one SQLite file that is written in transactions.

Each submission's result is committed as soon as it is there, under the hash of all that it was made
from, so that a grading that was cut off goes on where it was, and one that is run again does only
what changed. Marks that people gave have a table of their own: no grading touches it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import filelock

from grader.errors import UserError

VERSION = 1  # of the tables, kept in SQLite's user_version
TABLES = """
CREATE TABLE results (
    student TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,   -- hash of submission, lab, rubric, environment and options
    hashes TEXT NOT NULL,        -- those hashes one by one, as JSON
    result TEXT NOT NULL         -- as in results.json, before marks and penalties
);
CREATE TABLE marks (
    student TEXT NOT NULL,
    exercise TEXT NOT NULL,
    points REAL NOT NULL,
    comment TEXT NOT NULL,
    PRIMARY KEY (student, exercise)
);
CREATE TABLE course (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Gradebook:
    """A class's gradebook in a folder; use as a context manager. One process at a time has it.

    Raises UserError, naming the file and the remedy, where it cannot be opened or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "gradebook.sqlite"
        self._lock = filelock.FileLock(folder / ".gradebook.lock", timeout=0)

    def __enter__(self) -> Self:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except filelock.Timeout:
            raise UserError(
                f"{self.path} is in use by another grader: wait for it, or choose another --out."
            ) from None
        except OSError as error:
            raise UserError(
                f"The folder {self.folder} cannot be written ({error.strerror}): choose another "
                "with --out."
            ) from error
        try:
            with self._sentences():
                self._database = sqlite3.connect(self.path, isolation_level=None)
                self._database.execute("PRAGMA cache_size = -256")  # KiB, also for thousands
                self._prepare()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()
        self._lock.release()

    def claim(self, lab: str) -> None:
        """Make this the gradebook of `lab`. Raises UserError where it is another lab's."""
        held = self.note("lab")
        if held is None:
            self.keep("lab", lab)
        elif held != lab:
            raise UserError(f"{self.path} holds lab {held}: choose another --out for lab {lab}.")

    def keep(self, name: str, value: Any) -> None:
        """Keep something about the course: its lab, how it was graded, its policy."""
        with self._sentences(), self._transaction():
            self._database.execute(
                "INSERT OR REPLACE INTO course VALUES (?, ?)", [name, json.dumps(value)]
            )

    def note(self, name: str) -> Any:
        """What was kept under `name`, None for nothing."""
        with self._sentences():
            rows = self._database.execute("SELECT value FROM course WHERE name = ?", [name])
            row = rows.fetchone()
        return None if row is None else json.loads(row[0])

    def is_graded(self, student: str, fingerprint: str) -> bool:
        """Whether this very submission has a result made under the same conditions."""
        with self._sentences():
            rows = self._database.execute(
                "SELECT 1 FROM results WHERE student = ? AND fingerprint = ?",
                [student, fingerprint],
            )
            return rows.fetchone() is not None

    def count(self) -> int:
        """How many students have a result."""
        with self._sentences():
            ((count,),) = self._database.execute("SELECT count(*) FROM results")
            return count

    def seconds(self) -> dict[str, float]:
        """How long each student's submission took the last time."""
        with self._sentences():
            rows = self._database.execute(
                "SELECT student, json_extract(result, '$.seconds') FROM results"
            )
            return {student: seconds or 0.0 for student, seconds in rows}

    def record(self, result: dict[str, Any], fingerprint: str, hashes: dict[str, str]) -> None:
        """Keep a result, in a transaction of its own."""
        row = [result["student"], fingerprint, json.dumps(hashes), json.dumps(result)]
        with self._sentences(), self._transaction():
            self._database.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", row)

    def results(self) -> Iterator[dict[str, Any]]:
        """All results by student, each with its hashes, before marks and penalties."""
        with self._sentences():
            rows = self._database.execute("SELECT result, hashes FROM results ORDER BY student")
            for result, hashes in rows:
                yield json.loads(result) | {"hashes": json.loads(hashes)}

    def mark(self, student: str, exercise: str, points: float, comment: str) -> None:
        """Keep a person's mark; it replaces the automatic one of that exercise."""
        with self._sentences(), self._transaction():
            self._database.execute(
                "INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)",
                [student, exercise, points, comment],
            )

    def unmark(self, student: str, exercise: str) -> bool:
        """Take a mark back; False where there was none."""
        with self._sentences(), self._transaction():
            rows = self._database.execute(
                "DELETE FROM marks WHERE student = ? AND exercise = ?", [student, exercise]
            )
            return rows.rowcount > 0

    def marks(self) -> dict[tuple[str, str], tuple[float, str]]:
        """Points and comment by student and exercise."""
        with self._sentences():
            rows = self._database.execute("SELECT student, exercise, points, comment FROM marks")
            return {(student, exercise): (points, text) for student, exercise, points, text in rows}

    def _prepare(self) -> None:
        ((version,),) = self._database.execute("PRAGMA user_version")
        if version == 0:
            with self._transaction():
                for statement in TABLES.split(";"):
                    self._database.execute(statement)
                self._database.execute(f"PRAGMA user_version = {VERSION}")
        elif version != VERSION:
            raise UserError(
                f"{self.path} was written by another version of the grader (tables {version}, here "
                f"{VERSION}): choose another --out."
            )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise UserError(
                f"{self.path}: {error}. Nothing half-written was kept; what was graded before "
                "stays. Remedy: make room or choose another --out, then run the same command."
            ) from error
