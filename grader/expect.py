"""Comparisons for checks: what was expected, what came, and the likely mistake.

Each raises `Wrong` or returns the value in a form that can be trusted: `number` gives a finite
float, `array` a finite float64 array. Messages never hold values, so that those of hidden checks
can be shown; expected and got are separate fields. `mistakes` maps a sentence that names a common
mistake to the value that this mistake produces: the sentence is told when the answer equals it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from grader.errors import Outcome


class Wrong(Outcome):
    """The answer is not what it should be."""

    verdict = "wrong"

    def __init__(
        self, message: str, *, mistake: str = "", expected: Any = None, got: Any = None
    ) -> None:
        super().__init__(message)
        self.mistake = mistake
        self.expected = "" if expected is None else show(expected)
        self.got = "" if got is None else show(got)


def show(value: Any) -> str:
    """A value in a few lines of text, for people."""
    if isinstance(value, np.ndarray) and value.ndim:
        kind = f"{value.dtype} array of shape {value.shape}"
        text = np.array2string(value, precision=5, suppress_small=True, threshold=40, edgeitems=3)
        return f"{kind}\n{text}"
    if isinstance(value, (float, np.floating, np.ndarray)):
        return f"{float(value):.7g}"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 500 else text[:500] + " …"


def that(
    condition: bool, message: str, mistake: str = "", expected: Any = None, got: Any = None
) -> None:
    """`condition` holds, or the answer is wrong with this message."""
    if not condition:
        raise Wrong(message, mistake=mistake, expected=expected, got=got)


def array(got: Any, what: str, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """`got` as a float64 array, finite and of the given shape."""
    if got is None:
        raise Wrong(
            f"The {what}: nothing came back.",
            mistake="The function returns None: is the `return` missing?",
        )
    try:
        values = np.asarray(got, dtype=np.float64)
    except (TypeError, ValueError):
        raise Wrong(f"The {what} should be an array of numbers.", got=got) from None
    if shape is not None and values.shape != tuple(shape):
        raise Wrong(
            f"The {what} should have another shape.",
            expected=f"shape {tuple(shape)}",
            got=f"shape {values.shape}",
        )
    if not np.isfinite(values).all():
        raise Wrong(f"The {what} should be finite: there are NaN or infinite values.", got=values)
    return values


def number(got: Any, what: str) -> float:
    """`got` as a finite float; arrays of one element are accepted."""
    values = array(got, what)
    if values.size != 1:
        raise Wrong(
            f"The {what} should be a single number.",
            mistake="Is the mean (or sum) over the batch missing?",
            expected="a scalar",
            got=f"shape {values.shape}",
        )
    return float(values.reshape(()))


def close(
    got: Any,
    expected: Any,
    *,
    rtol: float,
    atol: float,
    what: str,
    mistakes: Mapping[str, Any] | None = None,
) -> None:
    """`got` equals `expected` in shape, and in value up to atol + rtol · |expected|.

    A scalar `expected` accepts an array of one element. Values that are wrong are compared with
    the `mistakes` under the same tolerances.
    """
    right = np.asarray(expected, dtype=np.float64)
    if right.ndim == 0:
        values = np.asarray(number(got, what))
    else:
        values = array(got, what, right.shape)
    if np.allclose(values, right, rtol=rtol, atol=atol):
        return
    mistake = ""
    for sentence, value in (mistakes or {}).items():
        candidate = np.asarray(value, dtype=np.float64)
        if candidate.shape == values.shape and np.allclose(values, candidate, rtol=rtol, atol=atol):
            mistake = sentence
            break
    worst = float(np.max(np.abs(values - right)))
    raise Wrong(
        f"The {what} {'are' if right.ndim else 'is'} not right.",
        mistake=mistake,
        expected=right,
        got=show(values) + ("" if right.ndim == 0 else f"\nlargest difference {worst:.3g}"),
    )


def equal(got: Any, expected: Any, *, what: str, mistakes: Mapping[str, Any] | None = None) -> None:
    """`got` is exactly `expected` (a number, a string, a list …); True is not 1."""
    if type(got) is type(expected) and _same(got, expected):
        return
    mistake = next((s for s, v in (mistakes or {}).items() if _same(got, v)), "")
    raise Wrong(f"The {what} is not right.", mistake=mistake, expected=expected, got=got)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return bool(one == other)


def mapping(got: Any, keys: Iterable[str], what: str) -> dict[str, Any]:
    """`got` is a dict with exactly these keys."""
    wanted = sorted(keys)
    if not isinstance(got, dict):
        raise Wrong(f"The {what} should be a dict.", expected=wanted, got=type(got).__name__)
    if sorted(got) != wanted:
        raise Wrong(f"The {what} has other keys.", expected=wanted, got=sorted(got))
    return got
