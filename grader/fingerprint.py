"""What a grade was made from, as hashes: a grade is made again when one of them changes."""

from __future__ import annotations

import functools
import hashlib
import json
import platform
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent


def sha256(data: bytes | str) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def of_files(paths: Iterable[Path]) -> str:
    """One hash of several files' names and contents."""
    return sha256("".join(f"{path.name} {sha256(path.read_bytes())}\n" for path in sorted(paths)))


def of_rubric(lab: str) -> str:
    """The checks of a lab with their references and data."""
    return of_files(PACKAGE.glob(f"rubrics/lab{lab}*"))


@functools.cache
def of_environment() -> str:
    """Python, the installed packages, and the grader itself."""
    # By the names of their folders, NAME-VERSION.dist-info: importlib.metadata reads 200 files for
    # the same (0.4 s), and finds in sys.path what setuptools adds to that once it is imported.
    places = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    packages = sorted(found.name for place in places for found in place.glob("*.dist-info"))
    own = of_files([*PACKAGE.glob("*.py"), *(PACKAGE.parent / "shared").glob("*.py")])
    return sha256("\n".join([platform.python_version(), own, *packages]))


def combine(parts: dict[str, Any]) -> str:
    """One hash of several."""
    return sha256(json.dumps(parts, sort_keys=True))
