"""Lab 08, exercises 3 to 5: batch norms folded, weights rounded, channels rescaled."""

from __future__ import annotations

import numpy as np

from grader import expect
from grader.lab import Lab
from grader.rubric import Exercise
from grader.rubrics import lab08_reference as reference
from grader.rubrics.lab08_reference import FLOAT32

folding = Exercise(
    "fold_batch_norm",
    title="Fold a batch norm into its convolution",
    difficulty=2,
    minutes=10,
    hints=(
        "Everything that multiplies is one factor for each output channel: "
        "factor = gamma / np.sqrt(variance + eps). What is left over is the bias.",
        "weight * factor[:, None, None, None], and (bias - mean) * factor + beta. The factor "
        "belongs to axis 0 of the weight, the output channels.",
    ),
)


def _norm(lab: Lab, out: int, inputs: int, k: int) -> dict[str, np.ndarray]:
    """A convolution and the batch norm behind it, float32."""
    draw = lab.rng.normal
    parts = {
        "weight": draw(size=(out, inputs, k, k)),
        "bias": draw(size=out),
        "gamma": draw(size=out),
        "beta": draw(size=out),
        "mean": draw(size=out),
        "variance": lab.rng.uniform(0.01, 2, size=out),
    }
    return {name: value.astype(np.float32) for name, value in parts.items()}


def _fold(parts: dict[str, np.ndarray], eps: float) -> list[np.ndarray]:
    factor = parts["gamma"] / np.sqrt(parts["variance"].astype(float) + eps)
    bias = (parts["bias"] - parts["mean"]) * factor + parts["beta"]
    return [parts["weight"] * factor[:, None, None, None], bias]


def _pair(got: object, what: str, count: int = 2) -> list:
    expect.that(
        isinstance(got, list) and len(got) == count,
        f"{count} things should come back: {what}.",
        got=type(got).__name__,
    )
    return got


@folding.check(points=1, visible=True)
def weight_and_bias_are_right(lab: Lab) -> None:
    """One convolution that does the work of both."""
    parts, eps = _norm(lab, 3, 3, 3), 0.1
    weight, bias = _pair(lab.fold_batch_norm(*parts.values(), eps), "weight and bias")
    right = _fold(parts, eps)
    b, gamma, beta, mean, variance = list(parts.values())[1:]
    root = np.sqrt(variance + eps)
    expect.close(
        weight,
        right[0],
        what="folded weights",
        mistakes={
            "Is eps missing under the root?": _fold(parts, 0.0)[0],
            "It is divided by the variance: the root is missing.": (
                parts["weight"] * (gamma / (variance + eps))[:, None, None, None]
            ),
            "gamma is missing.": parts["weight"] / root[:, None, None, None],
            "The factor is applied to the input channels: it belongs to axis 0.": (
                parts["weight"] * (gamma / root)[None, :, None, None]
            ),
            "The factor is applied to the columns of each kernel: it belongs to axis 0.": (
                parts["weight"] * (gamma / root)
            ),
        },
        **FLOAT32,
    )
    expect.close(
        bias,
        right[1],
        what="folded biases",
        mistakes={
            "The convolution's own bias is missing.": beta - mean * gamma / root,
            "beta is missing.": (b - mean) * gamma / root,
            "The convolution's bias has to be multiplied too.": b + beta - mean * gamma / root,
            "The mean is added: it is subtracted.": (b + mean) * gamma / root + beta,
        },
        **FLOAT32,
    )


@folding.check(points=1)
def other_sizes_too(lab: Lab) -> None:
    """The same with other shapes, negative gammas and small variances."""
    for out, inputs, k in ((5, 2, 1), (2, 7, 3)):
        parts, eps = _norm(lab, out, inputs, k), float(lab.rng.uniform(1e-3, 0.5))
        got = _pair(lab.fold_batch_norm(*parts.values(), eps), "weight and bias")
        for value, right, what in zip(got, _fold(parts, eps), ("weights", "biases"), strict=True):
            expect.close(value, right, what=f"folded {what}", **FLOAT32)


@folding.check(points=1)
def leaves_its_input_alone(lab: Lab) -> None:
    """The arrays that it was given are the same afterwards."""
    parts = _norm(lab, 4, 3, 3)
    copies = [value.copy() for value in parts.values()]
    got, after = lab.call_with_inputs("fold_batch_norm", *copies, 1e-3)
    expect.close(
        _pair(got, "weight and bias")[0], _fold(parts, 1e-3)[0], what="folded weights", **FLOAT32
    )
    for (name, before), now in zip(parts.items(), after, strict=False):
        expect.that(
            np.array_equal(before, now),
            "An array was changed in place.",
            mistake="`weight *= …` writes into the caller's array.",
            got=name,
        )


rounding = Exercise(
    "quantize_weight",
    title="Quantize weights, per tensor and per channel",
    difficulty=2,
    minutes=10,
    hints=(
        "rows = weight.reshape(out, -1), or reshape(1, -1) for one scale: then both cases are one, "
        "with a maximum along axis 1.",
        "scales = np.abs(rows).max(axis=1) / (2**(bits - 1) - 1), a 0 replaced by 1; divide by "
        "scales[:, None], round, clip to ±(2**(bits - 1) - 1), give it back its shape as int8.",
    ),
)


def _rounded_weight(weight: np.ndarray, bits: int, per_channel: bool) -> list[np.ndarray]:
    rows = weight.reshape(len(weight) if per_channel else 1, -1)
    top = 2 ** (bits - 1) - 1
    scales = np.abs(rows).max(axis=1) / top
    scales[scales == 0] = 1.0
    return [np.round(rows / scales[:, None]).reshape(weight.shape), scales]


def _channels(lab: Lab, *shape: int) -> np.ndarray:
    """A weight whose channels differ in range by up to a hundred."""
    factors = 10 ** lab.rng.uniform(-2, 0, size=shape[0])
    return lab.rng.normal(size=shape) * factors.reshape(-1, *[1] * (len(shape) - 1))


def _compare_weight(
    lab: Lab,
    weight: np.ndarray,
    bits: int,
    per_channel: bool,
    mistakes: dict[str, np.ndarray] | None = None,
) -> None:
    q, scales = _pair(lab.quantize_weight(weight, bits, per_channel), "q and scales")
    right = _rounded_weight(weight, bits, per_channel)
    expect.close(scales, right[1], what="scales", mistakes=mistakes, **FLOAT32)
    got = reference.integers(q, "int8", weight.shape, "quantized weight")
    # A weight in the very middle of two steps may go either way in float32.
    exact = (weight.reshape(len(right[1]), -1) / right[1][:, None]).reshape(weight.shape)
    expect.that(
        bool((np.abs(got - exact) <= 0.5 + 1e-4).all()),
        "The quantized weights are not the nearest integers.",
        mistake="Is it np.round before the type is changed? astype alone cuts off.",
        expected=right[0],
        got=got,
    )


@rounding.check(points=1, visible=True)
def one_scale_a_channel(lab: Lab) -> None:
    """One scale for each output channel."""
    weight = _channels(lab, 4, 4, 3, 3)
    peaks = np.abs(weight).max(axis=(1, 2, 3))
    _compare_weight(
        lab, weight, 8, True,
        {
            "The scales belong to the input channels: axis 0 is the output.": (
                np.abs(weight).max(axis=(0, 2, 3)) / 127
            ),
            "The magnitude should be divided by 127, not by 128.": peaks / 128,
            "The magnitude should be divided by 127, not by 255.": peaks / 255,
            "The range of a channel is spread over 255 steps: that is asymmetric.": (
                np.ptp(weight, axis=(1, 2, 3)) / 255
            ),
            "The greatest weight is not the greatest magnitude: take np.abs.": (
                weight.max(axis=(1, 2, 3)) / 127
            ),
        },
    )  # fmt: skip


@rounding.check(points=1, visible=True)
def one_scale_a_tensor(lab: Lab) -> None:
    """One scale for the whole tensor."""
    weight = _channels(lab, 4, 2, 3, 3)
    _compare_weight(lab, weight, 8, False)


@rounding.check(points=1)
def other_bits_and_shapes(lab: Lab) -> None:
    """Dense layers and other numbers of bits."""
    for bits in (8, 4, 2):
        for shape in ((6, 10), (3, 2, 1, 1)):
            weight = _channels(lab, *shape)
            _compare_weight(lab, weight, bits, True)
            _compare_weight(lab, weight, bits, False)


@rounding.check(points=1)
def channels_of_zeros(lab: Lab) -> None:
    """A channel of nothing but zeros has the scale 1 and stays 0."""
    weight = _channels(lab, 5, 3, 3, 3)
    weight[int(lab.rng.integers(5))] = 0.0
    _compare_weight(lab, weight, 8, True)
    _compare_weight(lab, 0.0 * weight, 8, False)


rescaling = Exercise(
    "rescale_channels",
    title="Rescale channels, and equalize them",
    difficulty=3,
    minutes=15,
    hints=(
        "Channel i is axis 0 of w1 and of b1, and axis 1 of w2: factors[:, None, None, None] for "
        "w1, factors[:, None, None] for w2.",
        "f r = t / f gives f = sqrt(t / r), with r = np.abs(w1).max(axis=(1, 2, 3)) and "
        "t = np.abs(w2).max(axis=(0, 2, 3)).",
    ),
)


def _two_layers(lab: Lab, inputs: int, mid: int, out: int, k: int = 3) -> list[np.ndarray]:
    w1 = _channels(lab, mid, inputs, k, k)
    return [w1, lab.rng.normal(size=mid), lab.rng.normal(size=(out, mid, k, k))]


def _rescaled(layers: list[np.ndarray], factors: np.ndarray) -> list[np.ndarray]:
    w1, b1, w2 = layers
    return [w1 * factors[:, None, None, None], b1 * factors, w2 / factors[:, None, None]]


@rescaling.check(points=1, visible=True)
def the_function_stays(lab: Lab) -> None:
    """Multiplied in the first layer, divided in the second."""
    layers = _two_layers(lab, 3, 3, 3)
    factors = lab.rng.uniform(0.2, 5, size=3)
    got = _pair(lab.rescale_channels(*layers, factors), "w1, b1, w2", 3)
    right, (w1, _, w2) = _rescaled(layers, factors), layers
    wrong = (
        {"The factors of w1 belong to axis 0, its output channels.": w1 * factors[:, None, None]},
        {"The bias is in front of the ReLU too: it is multiplied as well.": layers[1]},
        {
            "The factors of w2 belong to axis 1, its input channels.": (
                w2 / factors[:, None, None, None]
            ),
            "w2 is multiplied as well: it has to take the factors back.": (
                w2 * factors[:, None, None]
            ),
        },
    )
    for value, exact, what, mistakes in zip(got, right, ("w1", "b1", "w2"), wrong, strict=True):
        expect.close(value, exact, what=f"numbers of {what}", mistakes=mistakes, **FLOAT32)


@rescaling.check(points=1, visible=True)
def equalized_ranges_are_equal(lab: Lab) -> None:
    """equalizing_factors: afterwards each channel has the same range in both layers."""
    w1, _, w2 = _two_layers(lab, 4, 4, 4)
    r, t = np.abs(w1).max(axis=(1, 2, 3)), np.abs(w2).max(axis=(0, 2, 3))
    expect.close(
        lab.equalizing_factors(w1, w2),
        np.sqrt(t / r),
        what="equalizing factors",
        mistakes={
            "The fraction is upside down: this makes the ranges differ even more.": np.sqrt(r / t),
            "The root is missing: f · r = t / f has f twice.": t / r,
            "The magnitudes of w2 are those of its output channels: axis 1 is its input.": (
                np.sqrt(np.abs(w2).max(axis=(1, 2, 3)) / r)
            ),
            "Greatest values instead of greatest magnitudes: take np.abs.": np.sqrt(
                np.abs(w2.max(axis=(0, 2, 3)) / w1.max(axis=(1, 2, 3)))
            ),
        },
        **FLOAT32,
    )


@rescaling.check(points=1)
def only_positive_factors(lab: Lab) -> None:
    """A factor that a ReLU does not let through is refused; inputs stay as they are."""
    layers = _two_layers(lab, 2, 4, 3)
    factors = lab.rng.uniform(0.5, 2, size=4)
    for bad in (0.0, -float(factors[1])):
        wrong = np.where(np.arange(4) == 1, bad, factors)
        raised = lab.raises("rescale_channels", *layers, wrong)
        expect.that(
            raised == "ValueError",
            "A factor that is not positive should raise ValueError.",
            expected="ValueError",
            got=raised or "no exception",
        )
    copies = [layer.copy() for layer in layers]
    got, after = lab.call_with_inputs("rescale_channels", *copies, factors)
    for value, exact, what in zip(got, _rescaled(layers, factors), ("w1", "b1", "w2"), strict=True):
        expect.close(value, exact, what=f"numbers of {what}", **FLOAT32)
    expect.that(
        all(np.array_equal(a, b) for a, b in zip(layers, after, strict=False)),
        "An array was changed in place.",
        mistake="`w1 *= …` writes into the caller's array.",
    )


@rescaling.check(points=1)
def dead_channels_stay(lab: Lab) -> None:
    """equalizing_factors: a channel without weights has the factor 1."""
    w1, _, w2 = _two_layers(lab, 2, 6, 5, 1)
    w1[1], w2[:, 3] = 0.0, 0.0
    r, t = np.abs(w1).max(axis=(1, 2, 3)), np.abs(w2).max(axis=(0, 2, 3))
    dead = (r == 0) | (t == 0)
    right = np.sqrt(np.where(dead, 1.0, t) / np.where(dead, 1.0, r))
    expect.close(lab.equalizing_factors(w1, w2), right, what="equalizing factors", **FLOAT32)
