"""What a figure may be, and how a file of figures is written and read."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

SCHEMA = 1
KINDS = ("exact", "algebraic", "statistical", "timing")


class ResultsError(Exception):
    """A figure that cannot be recorded, rendered, read or compared; the message says why."""


def plain(key: str, value: Any) -> Any:
    """The value as JSON holds it: text, a truth value, a finite number, or a (nested) list of them.

    Takes numpy arrays and the tensors of torch and TensorFlow too. Raises ResultsError, naming
    `key`, for the rest.
    """
    if hasattr(value, "detach"):  # a torch tensor, perhaps still in its graph
        value = value.detach().cpu()
    if hasattr(value, "numpy"):
        value = value.numpy()
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(key, item) for item in value]
    if isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ResultsError(f"{key}: {value} is no figure")
        return value
    raise ResultsError(f"{key}: a {type(value).__name__} is neither text nor numbers")


def write_whole(path: Path, content: dict[str, Any]) -> None:
    """Writes JSON in one step: a reader sees the old file or the new one, never a part."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def load_results(path: Path) -> dict[str, Any]:
    """A file of figures (`results.json`, `expected.json`) as a dict.

    Raises ResultsError where it cannot be read or is not of this schema.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultsError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise ResultsError(f"{path} is not a file of figures of schema {SCHEMA}")
    figures = content.get("figures")
    if not isinstance(figures, dict) or not all(isinstance(f, dict) for f in figures.values()):
        raise ResultsError(f"{path} holds no figures")
    return content
