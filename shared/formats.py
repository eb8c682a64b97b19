"""The formats that the image sets are published in, read from bytes into numpy arrays."""

from __future__ import annotations

import io
import pickle

import numpy as np


def parse_idx(raw: bytes) -> np.ndarray:
    """The uint8 array in a file of MNIST's idx format.

    The file: 0, 0, 8 (unsigned bytes), the number of axes, the size of each (four bytes,
    big-endian), then the data. Raises ValueError for anything else.
    """
    if len(raw) < 4 or raw[:3] != b"\x00\x00\x08":
        raise ValueError("not an idx file of unsigned bytes")
    axes = raw[3]
    if len(raw) < 4 + 4 * axes:
        raise ValueError("an idx file that ends inside its header")
    shape = tuple(int(size) for size in np.frombuffer(raw, ">u4", count=axes, offset=4))
    body = np.frombuffer(raw, np.uint8, offset=4 + 4 * axes)
    if body.size != np.prod(shape, dtype=np.int64):
        raise ValueError(f"an idx file of shape {shape} with {body.size:,} bytes of data")
    return body.reshape(shape)


def parse_cifar_batch(raw: bytes) -> tuple[np.ndarray, np.ndarray]:
    """(uint8 (n, 32, 32, 3), int64 (n,)) of one pickled batch.

    A pickle can name any function for the reader to call; this reader knows only what rebuilds a
    numpy array and raises pickle.UnpicklingError for every other name.
    """
    batch = _ArrayUnpickler(io.BytesIO(raw), encoding="bytes").load()
    images = batch[b"data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return images, np.asarray(batch[b"labels"], np.int64)


def parse_cifar_rows(raw: bytes) -> tuple[np.ndarray, np.ndarray]:
    """(uint8 (n, 32, 32, 3), int64 (n,)) of rows in CIFAR-10's binary form.

    A row is a label and 3,072 bytes: red, green, blue, each line by line. Raises ValueError where
    the last row is cut short.
    """
    rows = np.frombuffer(raw, np.uint8).reshape(-1, 1 + 3 * 32 * 32)
    return rows[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), rows[:, 0].astype(np.int64)


def cifar_rows(images: np.ndarray, labels: np.ndarray) -> bytes:
    """What `parse_cifar_rows` reads: the inverse of it."""
    pixels = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
    return np.column_stack([labels.astype(np.uint8), pixels]).tobytes()


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        if module in ("numpy.core.multiarray", "numpy._core.multiarray") and name == "_reconstruct":
            return np.empty(0).__reduce__()[0]  # wherever this version of numpy keeps it
        if module == "numpy" and name in ("ndarray", "dtype"):
            return getattr(np, name)
        raise pickle.UnpicklingError(f"a CIFAR batch may not name {module}.{name}")
