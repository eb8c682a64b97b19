"""The files of a class, in a folder or a zip, none of them read yet.

Nothing is extracted to disk, no link is followed, and no name leads out of the class.
"""

from __future__ import annotations

import io
import lzma
import os
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NoReturn

from grader.errors import UserError

MAX_BYTES = 128 << 20  # a notebook with outputs; larger ones are reported, not read
MAX_DEPTH = 12  # folders in folders

# Browsers add a .txt or .json of their own; some students hand in a zip.
NOTEBOOK = re.compile(r"\.ipynb(?:\.txt|\.json)?$|\.zip$", re.IGNORECASE)
UTF8_FLAG = 0x800  # of a zip's member: its name is in UTF-8
DRIVE = re.compile(r"[A-Za-z]:")
# What reading a damaged archive raises; zipfile documents only the first.
DAMAGED = (
    zipfile.BadZipFile,
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class Entry:
    """A notebook or a folder of the class, not read yet; `read` raises one of `DAMAGED`."""

    path: PurePosixPath
    file: str  # the path as the class has it
    read: Callable[[], bytes] | None  # None: a folder


def entries(path: Path) -> Iterator[Entry]:
    """All that may be a submission below `path`. Raises UserError or one of `DAMAGED`."""
    if path.is_dir():
        yield from _in_folder(path)
    elif path.is_file() and zipfile.is_zipfile(path):
        yield from in_zip(zipfile.ZipFile(path))
    elif path.is_file() and path.suffix == ".ipynb":
        yield Entry(_clean(path.name), shown(path.name), partial(_read_file, path))
    elif path.exists():
        raise UserError(f"{path} is neither a folder nor a readable zip file.")
    else:
        raise UserError(f"{path} does not exist.")


def _in_folder(folder: Path) -> Iterator[Entry]:
    places = [""]
    while places:
        place = places.pop()
        try:
            found = sorted(os.scandir(folder / place), key=lambda child: child.name)
        except OSError as error:
            if not place:
                raise
            yield Entry(_clean(place), shown(place), partial(_refuse, error))
            continue
        for child in found:
            relative = os.path.join(place, child.name)
            path = _clean(relative)
            if not path.parts or _hidden(path):
                continue
            if child.is_dir(follow_symlinks=False):
                yield Entry(path, shown(relative), None)
                if relative.count(os.sep) < MAX_DEPTH:
                    places.append(relative)
            elif child.is_file(follow_symlinks=False) and NOTEBOOK.search(child.name):
                yield Entry(path, shown(relative), partial(_read_file, str(folder / relative)))
            elif NOTEBOOK.search(child.name) or (not place and child.is_dir()):
                error = OSError("it is not a regular file")
                yield Entry(path, shown(relative), partial(_refuse, error))


def _refuse(error: OSError) -> NoReturn:
    raise error


def _read_file(path: Path | str) -> bytes:
    with open(path, "rb") as file:
        return _limited(file)


def in_zip(archive: zipfile.ZipFile) -> Iterator[Entry]:
    """All that may be a submission in an archive."""
    for info in archive.infolist():
        name = member_name(info)
        path = _clean(name)
        if not path.parts or _hidden(path):
            continue
        for folder in list(path.parents)[:-1]:
            yield Entry(folder, shown(str(folder)), None)
        if info.is_dir():
            yield Entry(path, shown(name), None)
        elif NOTEBOOK.search(path.name):
            yield Entry(path, shown(name), partial(_read_member, archive, info))


def member_name(info: zipfile.ZipInfo) -> str:
    """A member's name; macOS writes UTF-8 without saying so, which zipfile takes for cp437."""
    if info.flag_bits & UTF8_FLAG:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as file:
        return _limited(file)


def _limited(file: io.BufferedIOBase) -> bytes:
    content = file.read(MAX_BYTES + 1)  # what a directory says of the size may be wrong
    if len(content) > MAX_BYTES:
        raise ValueError(f"it has more than {MAX_BYTES:,} bytes")
    return content


def _clean(name: str) -> PurePosixPath:
    """A name as a relative path that stays below the class, whichever system wrote it.

    Letters with accents are put into the form (NFC) that all systems but macOS write.
    """
    parts = unicodedata.normalize("NFC", name.replace("\\", "/")).split("/")
    kept = [p for p in parts if p not in ("", ".", "..") and not DRIVE.fullmatch(p)]
    return PurePosixPath(*kept)


def shown(name: str) -> str:
    """`name` with what a terminal, a database or a page could stumble over written as escapes."""
    return "".join(
        c if c.isprintable() or c in "\u3000\u200c\u200d" else ascii(c)[1:-1] for c in name
    )


def _hidden(path: PurePosixPath) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def reason(error: BaseException) -> str:
    """What went wrong, in one line."""
    text = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if isinstance(error, OSError) and error.strerror:
        text = error.strerror
    return shown(text)[:200]
