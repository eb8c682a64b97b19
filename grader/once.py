"""What is the lab's own is computed once for a class: a teacher's outputs, a network, a reference.

Nothing of a student goes in here: the values are shared by all checks of all submissions. They stay
in the supervisor, whose memory no student's process is copied from (`grader.nursery`).
"""

from __future__ import annotations

import functools
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numpy as np

KEPT = 32  # values of a function: a lab has a few, and a class of thousands has no more
Given = ParamSpec("Given")
Value = TypeVar("Value")


class _Slot:
    """A value that is computed by whoever comes first; the others wait for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.values: list[Any] = []


def once(function: Callable[Given, Value]) -> Callable[Given, Value]:
    """Compute `function` once for arguments of the same content, in whichever thread asks first.

    Arguments are text, bytes, numbers, None, arrays, and tuples of these. Arrays in the value
    become read-only. A call that raises is made again by the next one who asks.
    """
    slots: OrderedDict[bytes, _Slot] = OrderedDict()
    guard = threading.Lock()

    @functools.wraps(function)
    def shared(*args: Given.args, **kwargs: Given.kwargs) -> Value:
        key = _digest((args, tuple(sorted(kwargs.items()))))
        with guard:
            slot = slots.setdefault(key, _Slot())
            slots.move_to_end(key)
            if len(slots) > KEPT:
                slots.popitem(last=False)
        with slot.lock:
            if not slot.values:
                slot.values.append(_read_only(function(*args, **kwargs)))
            return slot.values[0]

    return shared


def _digest(value: Any) -> bytes:
    """A hash of type and content. Raises TypeError for what has no content that can be hashed."""
    found = hashlib.sha256(type(value).__name__.encode())
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        found.update(f"{value.dtype.str}{value.shape}".encode() + value.tobytes())
    elif isinstance(value, tuple):
        for one in value:
            found.update(_digest(one))
    elif isinstance(value, bytes):
        found.update(value)
    elif value is None or isinstance(value, (str, bool, int, float, np.generic)):
        found.update(repr(value).encode())
    else:
        raise TypeError(f"a {type(value).__name__} cannot be a key")
    return found.digest()


def _read_only(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif isinstance(value, (list, tuple)):
        for one in value:
            _read_only(one)
    elif isinstance(value, dict):
        for one in value.values():
            _read_only(one)
    return value
