"""How far a converted model is from the one it was made of, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Parity:
    """Two models' outputs for the same images.

    largest: |difference|, in the outputs' unit. relative: the same, over the reference's largest
    magnitude. decibels: 10 log10(sum reference² / sum difference²), inf where they are equal.
    changed: images whose class (greatest output) is another. images: compared.
    """

    largest: float
    relative: float
    decibels: float
    changed: int
    images: int


def parity(reference: Any, other: Any) -> Parity:
    """Compares outputs (n, classes), arrays or tensors, in float64.

    Raises ValueError for outputs of different shapes, none, or with values that are not finite: an
    output that is nan equals nothing, and no difference would show it.
    """
    reference, other = (_array(outputs) for outputs in (reference, other))
    if reference.shape != other.shape or reference.ndim != 2 or reference.size == 0:
        raise ValueError(
            f"outputs of shapes {reference.shape} and {other.shape}: want (n, classes)"
        )
    if not (np.isfinite(reference).all() and np.isfinite(other).all()):
        raise ValueError("there is an output that is not finite")
    difference = other - reference
    power, noise = (np.square(reference).sum(), np.square(difference).sum())
    largest = float(np.abs(difference).max())
    with np.errstate(divide="ignore"):
        decibels = float(10 * np.log10(power / noise)) if noise else float("inf")
    return Parity(
        largest=largest,
        relative=largest / max(float(np.abs(reference).max()), np.finfo(np.float64).tiny),
        decibels=decibels,
        changed=int((reference.argmax(axis=1) != other.argmax(axis=1)).sum()),
        images=len(reference),
    )


def _array(outputs: Any) -> np.ndarray:
    if hasattr(outputs, "detach"):  # of torch
        outputs = outputs.detach().cpu().numpy()
    return np.asarray(outputs, np.float64)
