"""Lab 08, exercises 1 and 2: scale and zero point, both directions of the mapping."""

from __future__ import annotations

import numpy as np

from grader import expect
from grader.lab import Lab
from grader.rubric import Exercise
from grader.rubrics import lab08_reference as reference
from grader.rubrics.lab08_reference import FLOAT32

parameters = Exercise(
    "quantization_parameters",
    title="Scale and zero point",
    difficulty=2,
    minutes=15,
    hints=(
        "First line: low, high = min(low, 0.0), max(high, 0.0). The number of steps is one less "
        "than the number of integers: 255 for 8 bits.",
        "z = round(q_min - low / s) as an int; for signed integers q_min is -128, not 0. "
        "Symmetric: the greater magnitude goes to 2**(bits - 1) - 1 steps, for unsigned ones too.",
    ),
)


def _compare(
    lab: Lab,
    low: float,
    high: float,
    bits: int,
    signed: bool,
    symmetric: bool,
    mistakes: dict[str, tuple[float, int]] | None = None,
) -> None:
    """The lab's answer for one range against the reference. Raises `Wrong`."""
    got = lab.quantization_parameters(low, high, bits=bits, signed=signed, symmetric=symmetric)
    expect.that(
        isinstance(got, list) and len(got) == 2,
        "The result should be a pair: (scale, zero_point).",
        got=got,
    )
    scale, zero_point = got
    expect.that(
        isinstance(zero_point, int) and not isinstance(zero_point, bool),
        "The zero point should be an int.",
        mistake="round gives an int for a Python float; np.round does not: int(np.round(…)).",
        got=type(zero_point).__name__,
    )
    right = reference.parameters(low, high, bits, signed, symmetric)
    expect.close(
        [expect.number(scale, "scale"), zero_point],
        np.array(right, float),
        what="scale and zero point",
        mistakes=mistakes,
        **FLOAT32,
    )


@parameters.check(points=1, visible=True)
def asymmetric_unsigned(lab: Lab) -> None:
    """A range on both sides of 0, in 0 … 255."""
    low, high = -float(lab.rng.uniform(0.5, 1)), float(lab.rng.uniform(2, 3))
    scale = (high - low) / 255
    _compare(
        lab, low, high, 8, False, False,
        {
            "The number of steps is 255, one less than the number of integers.": (
                (high - low) / 256, round(-low / ((high - low) / 256))
            ),
            "The zero point has the wrong sign.": (scale, round(low / scale)),
            "This is the symmetric answer.": reference.parameters(low, high, 8, False, True),
            "This is for signed integers.": reference.parameters(low, high, 8, True, False),
        },
    )  # fmt: skip


@parameters.check(points=1, visible=True)
def symmetric_signed(lab: Lab) -> None:
    """Symmetric, in -128 … 127: the zero point is 0."""
    low, high = -float(lab.rng.uniform(2, 3)), float(lab.rng.uniform(0.5, 1))
    _compare(
        lab, low, high, 8, True, True,
        {
            "The greater magnitude is that of low here: take the absolute values.": (high / 127, 0),
            "The scale should be the magnitude over 127, so that both ends fit.": (-low / 128, 0),
            "The whole range is spread over 255 steps: that is asymmetric.": (
                (high - low) / 255, 0
            ),
        },
    )  # fmt: skip


@parameters.check(points=1)
def the_range_contains_zero(lab: Lab) -> None:
    """Ranges on one side of 0, constants among them, are widened to contain it."""
    near, far = sorted(lab.rng.uniform(1, 9, size=2).tolist())
    for signed in (False, True):
        for symmetric in (False, True):
            _compare(lab, near, far, 8, signed, symmetric)
            _compare(lab, -far, -near, 8, signed, symmetric)
            _compare(lab, near, near, 8, signed, symmetric)


@parameters.check(points=1)
def other_integers(lab: Lab) -> None:
    """Signed and asymmetric, unsigned and symmetric, and other numbers of bits."""
    for bits in (8, 5, 4, 2):
        for signed in (False, True):
            for symmetric in (False, True):
                low, high = -float(lab.rng.uniform(0.1, 5)), float(lab.rng.uniform(0.1, 5))
                _compare(lab, low, high, bits, signed, symmetric)


@parameters.check(points=1)
def zeros_and_impossible_ranges(lab: Lab) -> None:
    """Nothing but zeros gets the scale 1; a range upside down is refused."""
    for signed in (False, True):
        for symmetric in (False, True):
            _compare(lab, 0.0, 0.0, 8, signed, symmetric)
    low = float(lab.rng.uniform(1, 2))
    raised = lab.raises("quantization_parameters", low, -low)
    expect.that(
        raised == "ValueError",
        "A range with low > high should raise ValueError.",
        expected="ValueError",
        got=raised or "no exception",
    )


both_ways = Exercise(
    "quantize",
    title="Quantize and dequantize",
    difficulty=2,
    minutes=10,
    hints=(
        "np.clip(np.round(x / scale) + zero_point, bottom, top).astype(…): in this order. The ends "
        "depend on bits and signed; np.round rounds half to even.",
        "dequantize: q.astype(np.int32) first, then subtract. uint8 minus uint8 stays uint8, and "
        "what is below 0 comes out at the top.",
    ),
)


def _random_task(lab: Lab, signed: bool, bits: int = 8) -> tuple[np.ndarray, float, int]:
    """Numbers (4, 6) of which some are out of range, a scale, a zero point."""
    bottom, top = reference.bounds(bits, signed)
    scale = float(lab.rng.uniform(0.02, 0.2))
    zero_point = int(lab.rng.integers(bottom + 1, top))
    inside = lab.rng.uniform(bottom - zero_point, top - zero_point, size=(4, 6)) * scale
    # Away from the middle between two steps, where float32 and float64 may differ.
    return (
        (np.round(inside / scale) + lab.rng.uniform(-0.4, 0.4, (4, 6))) * scale,
        scale,
        zero_point,
    )


@both_ways.check(points=1, visible=True)
def quantize_matches_the_definition(lab: Lab) -> None:
    """quantize: clamp(round(x / s) + z), as uint8 and as int8."""
    for signed in (False, True):
        x, scale, zero_point = _random_task(lab, signed)
        bottom, top = reference.bounds(8, signed)
        got = lab.quantize(x, scale, zero_point, signed=signed)
        dtype = "int8" if signed else "uint8"
        expect.close(
            reference.integers(got, dtype, x.shape, "quantized numbers"),
            reference.quantized(x, scale, zero_point, bottom, top),
            what="quantized numbers",
            mistakes={
                "The numbers are cut off instead of rounded.": np.clip(
                    np.trunc(x / scale) + zero_point, bottom, top
                ),
                "The numbers are rounded down instead of to the nearest.": np.clip(
                    np.floor(x / scale) + zero_point, bottom, top
                ),
                "The zero point is subtracted: it is added here.": np.clip(
                    np.round(x / scale) - zero_point, bottom, top
                ),
                "The zero point is subtracted from x before the division.": np.clip(
                    np.round((x - zero_point) / scale), bottom, top
                ),
                "The numbers are multiplied by the scale.": np.clip(
                    np.round(x * scale) + zero_point, bottom, top
                ),
                "The clamping comes before the zero point is added.": (
                    np.clip(np.round(x / scale), bottom, top) + zero_point
                ),
            },
            rtol=0,
            atol=0,
        )


@both_ways.check(points=1, visible=True)
def dequantize_brings_it_back(lab: Lab) -> None:
    """dequantize: s · (q - z), for every integer of both types."""
    for dtype, zero_point in ((np.uint8, 200), (np.int8, 100), (np.int8, -90)):
        limits = np.iinfo(dtype)
        q = np.arange(limits.min, limits.max + 1).astype(dtype)
        exact = q.astype(int)
        with np.errstate(over="ignore"):
            wrapped = q - np.array(zero_point, dtype)
        expect.close(
            lab.dequantize(q, 0.05, zero_point),
            0.05 * (exact - zero_point),
            what="dequantized numbers",
            mistakes={
                "The subtraction wraps around: make q an int32 first.": 0.05 * wrapped,
                "The zero point is added: going back it is subtracted.": (
                    0.05 * (exact + zero_point)
                ),
                "The zero point is subtracted after the scaling.": 0.05 * exact - zero_point,
            },
            **FLOAT32,
        )


@both_ways.check(points=1)
def what_is_out_of_range_is_clamped(lab: Lab) -> None:
    """Numbers far out of range end at the ends, in any number of bits."""
    for signed in (False, True):
        for bits in (8, 4, 3):
            x, scale, zero_point = _random_task(lab, signed, bits)
            bottom, top = reference.bounds(bits, signed)
            x = np.concatenate([x, 1e4 * scale * np.sign(lab.rng.normal(size=(4, 6)))])
            got = lab.quantize(x, scale, zero_point, bits=bits, signed=signed)
            expect.close(
                reference.integers(
                    got, "int8" if signed else "uint8", x.shape, "quantized numbers"
                ),
                reference.quantized(x, scale, zero_point, bottom, top),
                what="quantized numbers",
                rtol=0,
                atol=0,
            )


@both_ways.check(points=1)
def half_goes_to_even(lab: Lab) -> None:
    """What lies in the middle of two steps goes to the even one."""
    zero_point = int(2 * lab.rng.integers(1, 10) * lab.rng.choice([-1, 1]))
    x = 0.25 * (lab.rng.permutation(np.arange(-40, 40)) + 0.5)  # exact in binary
    got = lab.quantize(x, 0.25, zero_point, signed=True)
    expect.close(
        reference.integers(got, "int8", x.shape, "quantized numbers"),
        reference.quantized(x, 0.25, zero_point, -128, 127),
        what="quantized numbers",
        mistakes={
            "Half is rounded upwards.": np.floor(x / 0.25 + 0.5) + zero_point,
            "Half is rounded away from 0.": np.trunc(x / 0.25 + np.sign(x) / 2) + zero_point,
        },
        rtol=0,
        atol=0,
    )
