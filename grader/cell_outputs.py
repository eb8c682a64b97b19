"""What an answer cell showed, in nbformat's form: checked when it arrives from a student's process.

It is kept with the result and shown in the feedback. Nothing is decided by it.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterator
from typing import Any

COUNT = 40  # outputs of a cell
TEXT = 21_000  # characters of a cell, all its texts together; an honest process sends a little less
IMAGE = 200_000  # characters of base64 of a cell
PIXELS = 16_000_000  # of one picture: 200 kB can unfold to gigabytes in a browser
PNG = b"\x89PNG\r\n\x1a\n"


def checked(outputs: Any) -> list[dict[str, Any]]:
    """The outputs as they are kept: of known kinds, with known fields, and no more than fits.

    stream: name, text. error: ename, evalue, traceback (lines). display_data and execute_result:
    data, with text/plain, text/html, image/png (base64). What is anything else is left out.
    """
    room = {"text": TEXT, "image": IMAGE}
    found = outputs[:COUNT] if isinstance(outputs, list) else []
    return [kept for one in found if isinstance(one, dict) for kept in _kept(one, room)]


def _kept(output: dict[str, Any], room: dict[str, int]) -> Iterator[dict[str, Any]]:
    def text(value: Any) -> str:
        value = value[: room["text"]] if isinstance(value, str) else ""
        room["text"] -= len(value)
        return value

    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        if said := text(output.get("text")):
            yield {"output_type": kind, "name": name, "text": said}
    elif kind == "error":
        lines = output.get("traceback")
        yield {
            "output_type": kind,
            "ename": text(output.get("ename")),
            "evalue": text(output.get("evalue")),
            "traceback": [text(line) for line in lines[:200]] if isinstance(lines, list) else [],
        }
    elif kind in ("display_data", "execute_result"):
        data = output.get("data")
        data = data if isinstance(data, dict) else {}
        kept = {name: text(data.get(name)) for name in ("text/html", "text/plain")}
        image = _png(data.get("image/png"), room["image"])
        room["image"] -= len(image)
        kept = {name: value for name, value in {"image/png": image, **kept}.items() if value}
        if kept:
            yield {"output_type": kind, "data": kept}


def _png(value: Any, room: int) -> str:
    """The picture as base64, '' where it is none, too large, or unfolds to too many pixels."""
    if not isinstance(value, str) or len(value) > room:
        return ""
    try:
        content = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    if not content.startswith(PNG) or len(content) < 24:
        return ""
    width, height = struct.unpack(">II", content[16:24])
    return base64.b64encode(content).decode() if width * height <= PIXELS else ""
