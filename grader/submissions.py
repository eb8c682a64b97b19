"""Finding the submissions of a class: a folder, nbgrader's tree, or a zip of either.

Nothing is extracted to disk and no link is followed: each notebook is read into memory, up to a
size, and again when it is graded. Whose it is follows from the file or folder at the top of the
class, so nothing that a student puts into a folder or an archive can be taken for another
student's. What cannot be read stays in the list, with its reason.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from nbformat import NotebookNode

from grader.errors import UserError
from grader.recovery import recover, shrink
from grader.sources import DAMAGED, NOTEBOOK, Entry, entries, in_zip, reason, shown

MAX_TRIES = 5  # notebooks of one student that are tried until one can be read
MAX_NAME = 120  # characters of a student's name


class Stored(NamedTuple):
    """A notebook that stays where it lies until it is asked for; a class may be larger than memory.

    Whoever asks gets what was there when the class was looked through: the hash says so.
    """

    entry: Callable[[], bytes]  # its file's bytes; raises one of DAMAGED
    zipped: str  # the name of the notebook in it, where it is a zip
    digest: bytes = b""  # SHA-256 of the content

    def read(self) -> bytes:
        """The notebook's bytes now, without what no grading needs. Raises one of DAMAGED."""
        content = self.entry()
        return shrink(_only_notebook(content, self.zipped) if self.zipped else content)

    def content(self) -> bytes:
        """The bytes. Raises ValueError where they are others, or cannot be read any more."""
        try:
            content = self.read()
        except DAMAGED as error:
            raise ValueError(f"it cannot be read any more ({reason(error)})") from error
        if hashlib.sha256(content).digest() != self.digest:
            raise ValueError("it was changed while the class was graded: grade again")
        return content


@dataclass(frozen=True, slots=True)
class Submission:
    """One student's notebook, or why there is none to grade (`problem`)."""

    student: str
    file: str
    source: bytes | Stored = b""
    problem: str = ""
    notes: tuple[str, ...] = ()

    @property
    def content(self) -> bytes:
        """The bytes of the notebook. Raises ValueError where they are there no more."""
        return self.source.content() if isinstance(self.source, Stored) else self.source

    @property
    def sha256(self) -> str:
        """Hash of the content, which seeds the hidden checks."""
        if isinstance(self.source, Stored):
            return self.source.digest.hex()
        return hashlib.sha256(self.source).hexdigest()

    def __reduce__(self) -> tuple[type[Submission], tuple[Any, ...]]:
        """What goes to another machine takes its content along; it may lie only here."""
        try:
            content, problem = self.content, self.problem
        except ValueError as error:
            content, problem = b"", str(error)
        return Submission, (self.student, self.file, content, problem, self.notes)

    def read(self) -> tuple[NotebookNode, list[str]]:
        """The notebook, and notes on its state. Raises ValueError where there is none."""
        if self.problem:
            raise ValueError(self.problem)
        return recover(self.content)


def find(path: Path, notebook_name: str) -> list[Submission]:
    """All submissions below `path`, one per student, by student.

    `<student>.ipynb`, or `<student>/<lab>/<notebook_name>.ipynb` as nbgrader keeps them, or
    `<student>/<any name>.ipynb`. Raises UserError where there is nothing to grade.
    """
    try:
        everything = list(entries(path))
    except DAMAGED as error:
        raise UserError(f"{path} cannot be read ({reason(error)}).") from error
    by_student: dict[str, list[Entry]] = defaultdict(list)
    for entry in _unwrapped(everything, notebook_name):
        by_student[_student(entry)].append(entry)
    if not by_student:
        raise UserError(
            f"There are no submissions in {path}: expected <student>.ipynb or "
            f"<student>/<lab>/{notebook_name}.ipynb."
        )
    return [_choose(name, by_student[name], notebook_name) for name in sorted(by_student)]


def find_one(folder: Path, notebook_name: str) -> Submission:
    """The submission of the one student whose folder this is, with its problem if it has one."""
    try:
        found = list(entries(folder))
    except DAMAGED as error:
        problem = f"it cannot be read ({reason(error)})"
        return Submission(folder.name, folder.name, problem=problem)
    if not found:
        return Submission(folder.name, folder.name, problem="there is no notebook in it")
    return _choose(folder.name, found, notebook_name)


def _unwrapped(found: list[Entry], notebook_name: str) -> list[Entry]:
    """The entries with the students at the top: without the folders that hold the whole class."""
    if any(entry.path.parts[0] == "submitted" for entry in found):
        found = _below("submitted", found)  # a course's folder of nbgrader, zipped whole
    while found:
        tops = {entry.path.parts[0] for entry in found}
        below = [entry.path.parts[1:] for entry in found if len(entry.path.parts) > 1]
        files = any(len(entry.path.parts) == 1 and entry.read for entry in found)
        if len(tops) != 1 or files or not below or _is_student(below, notebook_name):
            break
        found = _below(tops.pop(), found)
    return found


def _below(folder: str, found: list[Entry]) -> list[Entry]:
    return [
        replace(entry, path=PurePosixPath(*entry.path.parts[1:]))
        for entry in found
        if entry.path.parts[0] == folder and len(entry.path.parts) > 1
    ]


def _is_student(below: list[tuple[str, ...]], notebook_name: str) -> bool:
    """Whether the only folder is a student's, by the paths in it: the lab's folder or notebook."""
    number, wanted = notebook_name.split("_")[0], f"{notebook_name}.ipynb"
    holders = {parts[0] for parts in below if parts[1:] == (wanted,)}
    return len(holders) == 1 or bool({parts[0] for parts in below} & {number, wanted})


def _student(entry: Entry) -> str:
    name = entry.path.parts[0]
    student = shown(NOTEBOOK.sub("", name) or name)
    if len(student) <= MAX_NAME:
        return student
    digest = hashlib.sha256(student.encode()).hexdigest()
    return f"{student[: MAX_NAME - 9]}…{digest[:8]}"


def _in_order(found: list[Entry], notebook_name: str) -> list[Entry]:
    """The notebooks among the entries: first those of the lab's name, then those least hidden.

    Of a name that an archive holds twice the last comes first, as in unpacking it.
    """
    return sorted(
        (entry for entry in reversed(found) if entry.read),
        key=lambda e: (_stem(e.path) != notebook_name, len(e.path.parts), str(e.path)),
    )


def _stem(path: PurePosixPath) -> str:
    return NOTEBOOK.sub("", path.name)


def _choose(student: str, found: list[Entry], notebook_name: str) -> Submission:
    files = _in_order(found, notebook_name)
    if not files:
        problem = "there is no notebook in this student's folder"
        return Submission(student, found[0].file, problem=problem)
    tried: list[Submission] = []
    for entry in files[:MAX_TRIES]:
        tried.append(_load(student, entry, notebook_name))
        if len(files) == 1 or _readable(tried[-1]):
            break
    chosen = tried[-1] if _readable(tried[-1]) else tried[0]
    if len(files) > 1:
        note = f"There are {len(files)} notebooks of this student: {chosen.file} was graded."
        chosen = replace(chosen, notes=(note,))
    return chosen


def _readable(submission: Submission) -> bool:
    try:
        submission.read()
    except ValueError:
        return False
    return True


def _load(student: str, entry: Entry, notebook_name: str) -> Submission:
    stored = Stored(entry.read, notebook_name if entry.path.suffix.lower() == ".zip" else "")
    try:
        digest = hashlib.sha256(stored.read()).digest()
        return Submission(student, entry.file, stored._replace(digest=digest))
    except DAMAGED as error:
        return Submission(student, entry.file, problem=f"it cannot be read ({reason(error)})")


def _only_notebook(content: bytes, notebook_name: str) -> bytes:
    """The notebook in the zip that a student handed in instead of it."""
    files = _in_order(list(in_zip(zipfile.ZipFile(io.BytesIO(content)))), notebook_name)
    named = [entry for entry in files if _stem(entry.path) == notebook_name]
    if len(files) > 1 and len(named) != 1:
        raise ValueError(f"there are {len(files)} notebooks in the zip, none of the lab's name")
    if not files or files[0].path.suffix.lower() == ".zip":
        raise ValueError("there is no notebook in the zip")
    return files[0].read()
