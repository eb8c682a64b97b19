"""The only form in which values cross between the supervisor and a student's process.

Frames are a length (8 bytes, big-endian) and a msgpack document made of None, booleans, numbers,
strings, bytes, lists, maps with string keys, and numeric numpy arrays (dtype, shape and raw
bytes). Nothing here can carry code: there is no pickle, and the reader builds each array itself.
"""

from __future__ import annotations

import math
import re
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import msgpack
import numpy as np

ARRAY = 1  # msgpack extension number of a numpy array
KINDS = "biuf"  # booleans, integers and floats: what a check can compare
DTYPE = re.compile(rf"[<|][{KINDS}]\d{{1,2}}")
MAX_DEPTH = 16
MAX_CONTAINERS = 200_000  # in one document: an empty list takes a byte there, and 56 in memory
HEADER = struct.Struct(">Q")


class NotPlain(TypeError):
    """A value has no plain form (an object of some class, an array of objects, a cycle …)."""


class Closed(ConnectionError):
    """The other side hung up."""


class FrameTooLarge(ValueError):
    """The other side announced a frame above the limit."""


def plain(value: Any, depth: int = 0) -> Any:
    """`value` in the types that cross; tensors of any framework become numpy arrays (or, without
    axes, numbers).

    Raises `NotPlain`, naming the type, where there is no such form.
    """
    if depth > MAX_DEPTH:
        raise NotPlain(f"data nested more than {MAX_DEPTH} levels deep")
    if value is None or isinstance(value, (bool, np.bool_)):
        return None if value is None else bool(value)
    if isinstance(value, (int, np.integer)):
        if not -(2**63) <= int(value) < 2**63:
            raise NotPlain("an integer of more than 64 bits")
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value)
    if isinstance(value, str):
        return str(value).encode("utf-8", "replace").decode()
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, (list, tuple)):
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise NotPlain("a dict with keys that are not strings")
        return {plain(key): plain(item, depth + 1) for key, item in value.items()}
    array = _array(value)
    return array if array.ndim else array.item()


def _array(value: Any) -> np.ndarray:
    if hasattr(value, "detach"):  # torch: numpy() refuses gradients and bfloat16
        value = value.detach().cpu()
        value = (value.float() if value.dtype.itemsize == 2 else value).numpy()
    if not isinstance(value, np.ndarray) and not hasattr(value, "__array__"):
        raise NotPlain(f"a {type(value).__name__}")
    array = np.array(value, order="C", subok=False)
    if array.dtype.kind == "V" and array.dtype.names is None:
        array = array.astype(np.float32)  # bfloat16 and its kin from ml_dtypes
    if array.dtype.kind not in KINDS:
        raise NotPlain(f"an array of {array.dtype}")
    return array


def encode(value: Any) -> bytes:
    """`plain(value)` as a msgpack document."""
    return msgpack.packb(plain(value), default=_pack_array, use_bin_type=True)


def _pack_array(array: np.ndarray) -> msgpack.ExtType:
    head = msgpack.packb([array.dtype.newbyteorder("<").str, list(array.shape)])
    data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return msgpack.ExtType(ARRAY, HEADER.pack(len(head)) + head + data)


def decode(document: bytes) -> Any:
    """The value of a document. Raises ValueError for everything that `encode` does not write."""
    left = MAX_CONTAINERS

    def counted(container: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise ValueError("too many lists and maps")
        return container

    try:
        return msgpack.unpackb(
            document,
            ext_hook=_unpack_array,
            list_hook=counted,
            object_hook=counted,
            raw=False,
            strict_map_key=True,
        )
    except (ValueError, TypeError, KeyError, struct.error, RecursionError) as error:
        raise ValueError(f"not a document of plain data: {error}") from error
    except msgpack.UnpackException as error:
        raise ValueError(f"not a document of plain data: {error}") from error


def _unpack_array(code: int, data: bytes) -> np.ndarray:
    if code != ARRAY:
        raise ValueError(f"unknown extension {code}")
    (size,) = HEADER.unpack_from(data)
    dtype_name, shape = msgpack.unpackb(data[HEADER.size : HEADER.size + size])
    body = data[HEADER.size + size :]
    if not (isinstance(dtype_name, str) and DTYPE.fullmatch(dtype_name)):
        raise ValueError("arrays of this dtype do not cross")
    dtype = np.dtype(dtype_name)
    if len(shape) > 32 or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
        raise ValueError("impossible shape")
    if math.prod(shape) * dtype.itemsize != len(body):
        raise ValueError("shape and bytes disagree")
    return np.frombuffer(body, dtype).reshape(shape).copy()


def send(channel: socket.socket, document: bytes, seconds: float | None = None) -> None:
    """Write one frame within `seconds` (None: wait for ever). Raises TimeoutError or Closed."""
    channel.settimeout(seconds)
    try:
        channel.sendall(HEADER.pack(len(document)) + document)
    except TimeoutError:
        raise
    except OSError as error:
        raise Closed(str(error)) from error


class _Deadline:
    def __init__(self, seconds: float | None, more: Callable[[], float]) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds
        self._more = more

    def left(self) -> float | None:
        """Seconds left, None without an end. Raises TimeoutError where it is over for good."""
        if self._end is None:
            return None
        left = self._end - time.monotonic()
        if left <= 0:
            self._end += self._more()
            left = self._end - time.monotonic()
            if left <= 0:
                raise TimeoutError
        return left


def receive(
    channel: socket.socket,
    seconds: float | None,
    limit: int,
    more: Callable[[], float] = lambda: 0.0,
) -> bytes:
    """Read one frame of at most `limit` bytes. Raises TimeoutError, Closed or FrameTooLarge.

    When `seconds` are over, `more` is asked for how many more there are.
    """
    deadline = _Deadline(seconds, more)
    (size,) = HEADER.unpack(_exactly(channel, HEADER.size, deadline))
    if size > limit:
        raise FrameTooLarge(f"a frame of {size} bytes, the limit is {limit}")
    return _exactly(channel, size, deadline)


def _exactly(channel: socket.socket, size: int, deadline: _Deadline) -> bytes:
    buffer = bytearray()
    while len(buffer) < size:
        channel.settimeout(deadline.left())
        try:
            part = channel.recv(min(size - len(buffer), 1 << 20))
        except TimeoutError:
            continue  # the deadline says whether it is over
        except OSError as error:
            raise Closed(str(error)) from error
        if not part:
            raise Closed("end of stream")
        buffer += part
    return bytes(buffer)
