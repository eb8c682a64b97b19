"""Lab 07, exercise 1: packed weights."""

from __future__ import annotations

import numpy as np

from grader import expect
from grader.lab import Lab
from grader.rubric import Exercise

packing = Exercise(
    "pack",
    title="Pack the weights",
    difficulty=2,
    minutes=10,
    hints=(
        "Flatten first. kept = flat != 0; np.packbits(kept).tobytes() + flat[kept].tobytes(). The "
        "common mistakes: a whole byte for each truth value, and float64 instead of float32.",
        "unpack: the bitmap is the first -(-n // 8) bytes; np.unpackbits(…, count=n) gives n bits, "
        "without the padding of the last byte. Start from zeros, and fill flat[kept].",
    ),
)


def _pruned(lab: Lab, shape: tuple[int, ...], sparsity: float) -> np.ndarray:
    """A float32 array of normal numbers of which so many, at random, are zero."""
    weights = lab.rng.normal(size=shape).astype(np.float32)
    ranks = lab.rng.permutation(weights.size).reshape(shape)
    weights[ranks < round(sparsity * weights.size)] = 0
    return weights


def _bytes(lab: Lab, weights: np.ndarray) -> bytes:
    packed = lab.pack(weights)
    expect.that(
        isinstance(packed, bytes),
        "pack should return bytes.",
        mistake="The function returns None: is the `return` missing?" if packed is None else "",
        expected="bytes",
        got=type(packed).__name__,
    )
    return packed


def _expect_round_trip(lab: Lab, weights: np.ndarray) -> None:
    """Packed to the right number of bytes, and the same numbers when unpacked."""
    packed = _bytes(lab, weights)
    n, kept = weights.size, int(np.count_nonzero(weights))
    bitmap = -(-n // 8)
    expect.equal(
        len(packed),
        bitmap + 4 * kept,
        what="number of bytes",
        mistakes={
            "All the weights are stored, zeros too.": bitmap + 4 * n,
            "This is the dense array: the zeros should be left out.": 4 * n,
            "A truth value takes a whole byte: np.packbits puts eight into one.": n + 4 * kept,
            "The weights are stored as float64: 8 bytes each.": bitmap + 8 * kept,
            "The bitmap is missing: how shall unpack know the places?": 4 * kept,
        },
    )
    got = expect.array(lab.unpack(packed, list(weights.shape)), "unpacked weights", weights.shape)
    expect.that(
        np.array_equal(got, weights),
        "What is unpacked is not what was packed.",
        mistake="The right values at the wrong places?"
        if np.array_equal(np.sort(got, axis=None), np.sort(weights, axis=None))
        else "",
        expected=weights,
        got=got,
    )


@packing.check(points=1, visible=True)
def packs_and_unpacks(lab: Lab) -> None:
    """A pruned matrix takes a bit a weight and four bytes a kept weight, and comes back."""
    _expect_round_trip(lab, _pruned(lab, (3, 7), 0.6))


@packing.check(points=1)
def packs_any_shape(lab: Lab) -> None:
    """Other shapes, whole zeros, and no zero at all."""
    for shape, sparsity in (((40,), 0.5), ((6, 9), 1.0), ((5, 5), 0.0), ((2, 3, 11), 0.9)):
        _expect_round_trip(lab, _pruned(lab, shape, sparsity))


@packing.check(points=1)
def keeps_small_weights(lab: Lab) -> None:
    """A weight that is small and not zero is stored, to the last bit."""
    weights = _pruned(lab, (9, 13), 0.7)
    weights *= np.float32(10) ** lab.rng.uniform(-20, 5, size=weights.shape).astype(np.float32)
    _expect_round_trip(lab, weights)
