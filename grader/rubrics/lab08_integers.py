"""Lab 08, exercises 8 and 9: the fixed-point multiplier and the integer convolution."""

from __future__ import annotations

import numpy as np

from grader import expect
from grader.lab import Lab
from grader.rubric import Exercise
from grader.rubrics import lab08_reference as reference

multiplier = Exercise(
    "requantize",
    title="Requantize with a fixed-point multiplier",
    difficulty=3,
    minutes=15,
    hints=(
        "np.frexp(m) gives (f, e) with m = f · 2**e and f in [0.5, 1): so m0 = round(f · 2**31) "
        "and n = 31 - e.",
        "accumulator.astype(np.int64) * m0 first: 31 bits times 31 bits need 62. Then add "
        "1 << (n - 1), shift right by n, add the zero point, clip, and only then astype(np.uint8).",
    ),
)


def _fixed(m: float) -> tuple[int, int]:
    fraction, exponent = np.frexp(m)
    m0, n = int(np.round(fraction * 2**31)), 31 - int(exponent)
    return (m0 // 2, n - 1) if m0 == 2**31 else (m0, n)


def _compare_fixed(lab: Lab, m: float) -> None:
    got = lab.fixed_point(m)
    expect.that(
        isinstance(got, list) and len(got) == 2 and all(type(part) is int for part in got),
        "The result should be a pair of ints: (m0, n).",
        mistake="int(np.round(…)) makes an int of a float.",
        got=got,
    )
    m0, n = got
    expect.that(
        2**30 <= m0 < 2**31,
        "m0 is not in 2**30 … 2**31 - 1.",
        mistake="With f of np.frexp in [0.5, 1), m0 = round(f · 2**31); 2**31 itself is halved.",
        expected=f"{2**30} ≤ m0 < {2**31}",
        got=m0,
    )
    right = _fixed(m)
    expect.that(
        n == right[1],
        "The shift n is not right.",
        mistake="m = m0 / 2**n: a multiplier below 1 has an n above 31.",
        expected=right[1],
        got=n,
    )
    expect.that(
        m0 == right[0],
        "m0 is not the nearest integer.",
        mistake="Round, do not cut off.",
        expected=right[0],
        got=m0,
    )


def _scaled(
    accumulator: np.ndarray, m0: np.ndarray | int, n: np.ndarray | int, zero_point: int
) -> np.ndarray:
    product = accumulator.astype(np.int64) * np.asarray(m0, np.int64)
    n = np.asarray(n, np.int64)
    return np.clip(((product + (np.int64(1) << (n - 1))) >> n) + zero_point, 0, 255)


@multiplier.check(points=1, visible=True)
def a_multiplier_as_an_integer(lab: Lab) -> None:
    """fixed_point: m0 and n of a multiplier."""
    for m in (0.75, 0.0037, float(lab.rng.uniform(0.001, 0.02))):
        _compare_fixed(lab, m)


@multiplier.check(points=1, visible=True)
def accumulators_become_uint8(lab: Lab) -> None:
    """requantize: a · m rounded, plus the zero point, in 0 … 255."""
    m0, n = _fixed(float(lab.rng.uniform(0.002, 0.004)))
    accumulator = lab.rng.integers(-40_000, 60_000, size=(3, 8), dtype=np.int32)
    zero_point = 30
    got = lab.requantize(accumulator, m0, n, zero_point)
    exact = accumulator.astype(np.int64) * m0
    expect.close(
        reference.integers(got, "uint8", accumulator.shape, "requantized numbers"),
        _scaled(accumulator, m0, n, zero_point),
        what="requantized numbers",
        mistakes={
            "The half is missing: it is cut off instead of rounded.": np.clip(
                (exact >> n) + zero_point, 0, 255
            ),
            "The zero point is missing.": np.clip((exact + (1 << n - 1)) >> n, 0, 255),
            "The result wraps around: clip before the type is changed.": (
                (((exact + (1 << n - 1)) >> n) + zero_point) % 256
            ),
            "The clamping comes before the zero point.": (
                (np.clip((exact + (1 << n - 1)) >> n, 0, 255) + zero_point) % 256
            ),
            "The product overflows 32 bits: make the accumulator an int64 first.": np.clip(
                ((exact.astype(np.int32).astype(np.int64) + (1 << n - 1)) >> n) + zero_point,
                0,
                255,
            ),
        },
        rtol=0,
        atol=0,
    )


@multiplier.check(points=1)
def unusual_multipliers(lab: Lab) -> None:
    """fixed_point: powers of two, large and tiny ones, and the last number below a power of two."""
    for m in (0.5, 1.0, 2.0**-9, 1 - 2.0**-40, 37.5, float(10 ** lab.rng.uniform(-8, 2))):
        _compare_fixed(lab, m)


@multiplier.check(points=1)
def exact_in_every_case(lab: Lab) -> None:
    """requantize: large accumulators, halves, a multiplier for each channel."""
    multipliers = lab.rng.uniform(1e-8, 1e-7, size=4).tolist()
    m0, n = zip(*map(_fixed, multipliers), strict=True)
    m0, n = np.array(m0)[:, None, None], np.array(n)[:, None, None]
    accumulator = lab.rng.integers(-(2**31), 2**31 - 1, size=(2, 4, 3, 3), dtype=np.int32)
    zero_point = int(lab.rng.integers(60, 180))
    halves = lab.rng.integers(-200, 200, size=(2, 20), dtype=np.int32)
    for task in ((accumulator, m0, n), (halves, 2**30, 32)):
        got = lab.requantize(*task, zero_point)
        expect.close(
            reference.integers(got, "uint8", task[0].shape, "requantized numbers"),
            _scaled(*task, zero_point),
            what="requantized numbers",
            rtol=0,
            atol=0,
        )


convolution = Exercise(
    "integer_convolution",
    title="An integer convolution",
    difficulty=4,
    minutes=25,
    hints=(
        "centred = x.astype(np.int32) - x_zero, then pad with 0 (np.pad): after the subtraction 0 "
        "is the number 0. Padding x itself would take x_zero.",
        "windows = sliding_window_view(padded, (k, k), (2, 3))[:, :, ::stride, ::stride] is "
        "(n, in, h', w', k, k); np.einsum('nchwij,ocij->nohw', windows, weight.astype(np.int32)). "
        "Then add np.round(bias / (x_scale * w_scales)) as int32 to the channels.",
    ),
)


def _layer(
    lab: Lab, images: int, inputs: int, out: int, size: int, k: int, x_zero: int
) -> dict[str, object]:
    """Arguments of the exercise: a layer with inputs, scales and a bias of many steps."""
    x_scale = float(lab.rng.uniform(0.01, 0.1))
    w_scales = lab.rng.uniform(0.001, 0.02, size=out)
    return {
        "x": lab.rng.integers(0, 256, size=(images, inputs, size, size), dtype=np.uint8),
        "x_scale": x_scale,
        "x_zero": x_zero,
        "weight": lab.rng.integers(-127, 128, size=(out, inputs, k, k), dtype=np.int8),
        "w_scales": w_scales,
        # Not in the middle between two steps, where float32 may round the other way.
        "bias": (lab.rng.integers(-3000, 3000, size=out) + lab.rng.uniform(-0.4, 0.4, out))
        * (x_scale * w_scales),
    }


def _accumulators(layer: dict, stride: int, padding: int, *, border: int | None = None) -> tuple:
    """(sums without bias, the integer bias), int64; border: what stands for 0, if not x_zero."""
    x = layer["x"].astype(np.int64)
    fill = layer["x_zero"] if border is None else border
    padded = np.pad(x, [(0, 0)] * 2 + [(padding, padding)] * 2, constant_values=fill)
    weight = layer["weight"].astype(np.int64)
    sums = reference.convolution(padded - layer["x_zero"], weight, stride, 0)
    q_bias = np.round(layer["bias"] / (layer["x_scale"] * layer["w_scales"])).astype(np.int64)
    return sums, q_bias[:, None, None]


def _compare_convolution(
    lab: Lab, layer: dict, stride: int, padding: int, mistakes: dict | None = None
) -> None:
    sums, q_bias = _accumulators(layer, stride, padding)
    got = lab.integer_convolution(*layer.values(), stride=stride, padding=padding)
    expect.close(
        reference.integers(got, "int32", sums.shape, "accumulators"),
        sums + q_bias,
        what="accumulators",
        mistakes=mistakes,
        rtol=0,
        atol=0,
    )


@convolution.check(points=1, visible=True)
def sums_of_products(lab: Lab) -> None:
    """Without a border: sums of (q_x - z_x) · q_w, plus the bias in steps."""
    layer = _layer(lab, 2, 3, 4, 5, 3, 7)
    sums, q_bias = _accumulators(layer, 1, 0)
    raw = reference.convolution(layer["x"].astype(int), layer["weight"].astype(int), 1, 0)
    steps = layer["bias"] / layer["x_scale"]
    turned = layer["weight"][:, :, ::-1, ::-1].astype(int)
    _compare_convolution(
        lab, layer, 1, 0,
        {
            "The zero point of x is not subtracted.": raw + q_bias,
            "The bias is missing.": sums,
            "The bias is divided by x_scale alone: its step is s_x · s_w.": (
                sums + np.round(steps)[:, None, None]
            ),
            "The bias is added as it is: it has to be counted in steps of s_x · s_w.": (
                sums + np.round(layer["bias"])[:, None, None]
            ),
            "The kernel is turned round: networks do not do that.": (
                reference.convolution(layer["x"].astype(int) - layer["x_zero"], turned, 1, 0)
                + q_bias
            ),
        },
    )  # fmt: skip


@convolution.check(points=1, visible=True)
def the_border(lab: Lab) -> None:
    """With a border, and a zero point that is not 0."""
    layer = _layer(lab, 1, 2, 3, 4, 3, 90)
    sums, q_bias = _accumulators(layer, 1, 1, border=0)
    _compare_convolution(
        lab, layer, 1, 1,
        {"The border is the integer 0: it should be x_zero, the number 0.": sums + q_bias},
    )  # fmt: skip


@convolution.check(points=1)
def strides_and_kernels(lab: Lab) -> None:
    """Strides, and kernels of 1 × 1 and 5 × 5."""
    for k, stride, padding in ((3, 2, 1), (1, 2, 0), (5, 1, 2), (1, 1, 1)):
        layer = _layer(lab, 2, 3, 2, 8, k, int(lab.rng.integers(0, 256)))
        _compare_convolution(lab, layer, stride, padding)


@convolution.check(points=1)
def large_sums(lab: Lab) -> None:
    """Sums that 8, 16 and 24 bits cannot hold."""
    layer = _layer(lab, 1, 300, 4, 6, 3, 0)
    layer["x"][:] = 255 - layer["x"] % 3
    signs = np.where(lab.rng.random(4) < 0.5, -1, 1)[:, None, None, None]
    layer["weight"] = (signs * (127 - layer["weight"] % 3)).astype(np.int8)
    _compare_convolution(lab, layer, 1, 1)


@convolution.check(points=1)
def biases(lab: Lab) -> None:
    """Each channel's bias is rounded to its own steps, half to even."""
    layer = _layer(lab, 1, 2, 8, 4, 3, int(lab.rng.integers(1, 256)))
    layer["x_scale"] = 2.0**-4
    layer["w_scales"] = 2.0 ** -lab.rng.integers(3, 8, size=8)
    halves = lab.rng.integers(-1000, 1000, size=8) + 0.5
    layer["bias"] = halves * layer["x_scale"] * layer["w_scales"]
    _compare_convolution(lab, layer, 1, 1)
