"""Lab 08, exercises 6, 7 and 12: observers, their entropy, and fake quantization in training."""

from __future__ import annotations

import numpy as np

from grader import expect
from grader.lab import Lab
from grader.rubric import Exercise
from grader.rubrics import lab08_reference as reference
from grader.rubrics.lab08_reference import FLOAT32

observers = Exercise(
    "observed_top",
    title="Three observers",
    difficulty=3,
    minutes=15,
    hints=(
        "values = np.concatenate([np.ravel(batch) for batch in batches]) first; then all three "
        "methods are a line or two.",
        "mse: for a candidate c, scale = c / (2**bits - 1), back = scale · clip(round(values / "
        "scale), 0, 2**bits - 1), and the cost is np.mean((back - values)**2) over all values.",
    ),
)


def _batches(lab: Lab, sizes: tuple[int, ...]) -> list[np.ndarray]:
    """Values as they come out of a ReLU, with a few that are far out."""
    batches = []
    for number, size in enumerate(sizes):
        values = np.maximum(lab.rng.normal(size=(size, 10)), 0) * (1 + number)
        values[0, :2] *= lab.rng.uniform(3, 6)
        batches.append(values.astype(np.float32))
    return [batches[i] for i in lab.rng.permutation(len(batches))]


def _error(values: np.ndarray, top: float, bits: int) -> float:
    steps = 2**bits - 1
    back = reference.quantized(values, top / steps, 0, 0, steps) * (top / steps)
    return float(np.mean((back - values) ** 2))


def _compare_mse(lab: Lab, batches: list[np.ndarray], bits: int) -> None:
    """The cut is one of the candidates, and its error the least. Raises `Wrong`."""
    got = expect.number(lab.observed_top(batches, "mse", bits=bits), "cut")
    values = np.concatenate([batch.ravel() for batch in batches]).astype(float)
    candidates = values.max() * np.arange(1, 101) / 100
    expect.that(
        bool(np.isclose(candidates, got, rtol=1e-4).any()),
        "The cut is none of the 100 candidates.",
        mistake="The candidates are max · i / 100 with the maximum over all batches.",
        expected="a multiple of max / 100",
        got=got / values.max(),
    )
    errors = [_error(values, candidate, bits) for candidate in candidates]
    # In float32 another candidate may win by a hair; a wrong cost is off by percents.
    expect.that(
        _error(values, got, bits) <= 1.001 * min(errors),
        "Another candidate has a smaller error.",
        mistake="It clips nothing: a cut below the maximum is better here."
        if got > candidates[98]
        else "Do clipped values count with their full error, and is it the mean of the squares?",
        expected=float(candidates[int(np.argmin(errors))]),
        got=got,
    )


@observers.check(points=1, visible=True)
def the_greatest(lab: Lab) -> None:
    """min-max: the greatest value of all batches."""
    batches = _batches(lab, (3, 5, 4))
    peaks = [float(batch.max()) for batch in batches]
    order = int(np.argmax(peaks))
    batches = batches[order:] + batches[:order]  # so that the greatest is not in the last batch
    peaks = peaks[order:] + peaks[:order]
    expect.close(
        lab.observed_top(batches, "min-max"),
        max(peaks),
        what="greatest value",
        mistakes={
            "This is the last batch alone.": peaks[-1],
            "This is the mean over the batches.": float(np.mean(peaks)),
        },
        **FLOAT32,
    )


@observers.check(points=1, visible=True)
def the_least_squared_error(lab: Lab) -> None:
    """mse: the candidate with the least error, in 4 bits."""
    _compare_mse(lab, _batches(lab, (40, 60)), 4)


@observers.check(points=1)
def the_percentile(lab: Lab) -> None:
    """percentile: of all values together, however they are cut into batches."""
    batches = _batches(lab, (3, 50, 8))
    values = np.concatenate([batch.ravel() for batch in batches])
    for percentile in (99.0, float(lab.rng.uniform(60, 95))):
        expect.close(
            lab.observed_top(batches, "percentile", percentile=percentile),
            np.percentile(values, percentile),
            what="percentile",
            mistakes={
                "This is the mean of the batches' percentiles: take all values together.": np.mean(
                    [np.percentile(batch, percentile) for batch in batches]
                ),
                "This is the greatest of the batches' percentiles.": max(
                    np.percentile(batch, percentile) for batch in batches
                ),
                "The percentile is a fraction of the maximum: that is another thing.": (
                    values.max() * percentile / 100
                ),
            },
            **FLOAT32,
        )


@observers.check(points=1)
def other_bits_and_methods(lab: Lab) -> None:
    """mse in other numbers of bits; a method that there is not is refused."""
    for bits in (2, 3, 6):
        _compare_mse(lab, _batches(lab, (30, 20, 50)), bits)
    raised = lab.raises("observed_top", _batches(lab, (2,)), "median")
    expect.that(
        raised == "ValueError",
        "An unknown method should raise ValueError.",
        expected="ValueError",
        got=raised or "no exception",
    )


entropy = Exercise(
    "entropy_cost",
    title="The entropy observer",
    difficulty=4,
    minutes=20,
    hints=(
        "P is histogram[:keep] as floats, with histogram[keep:].sum() added to its last bin. Q "
        "starts from histogram[:keep] without that.",
        "for group in np.array_split(np.arange(keep), levels): used = group[p[group] > 0], and "
        "q[used] = histogram[group].sum() / len(used). Then divide both by their sums.",
    ),
)


def _histogram(lab: Lab, bins: int) -> np.ndarray:
    """Counts that thin out towards the end; none of them is 0."""
    return lab.rng.poisson(1000 * np.exp(-np.arange(bins) / (bins / 4))) + 1


@entropy.check(points=1, visible=True)
def matches_the_definition(lab: Lab) -> None:
    """The divergence of P from Q."""
    histogram, keep, levels = _histogram(lab, 32), 24, 6
    p = histogram[:keep].astype(float)
    outliers = histogram[keep:].sum()
    spread = np.repeat(p.reshape(levels, -1).mean(axis=1), keep // levels)
    clipped = p.copy()
    clipped[-1] += outliers
    spread_too = np.repeat(clipped.reshape(levels, -1).mean(axis=1), keep // levels)

    def divergence(one: np.ndarray, other: np.ndarray) -> float:
        one, other = one / one.sum(), other / other.sum()
        return float(np.sum(one * np.log(one / other)))

    expect.close(
        lab.entropy_cost(histogram, keep, levels),
        divergence(clipped, spread),
        what="divergence",
        mistakes={
            "P lacks what was clipped: add it to the last bin.": divergence(p, spread),
            "Q contains what was clipped: it starts from the counts without it.": (
                divergence(clipped, spread_too)
            ),
            "P and Q have changed places.": divergence(spread, clipped),
            "The logarithm is to base 2: it should be natural.": (
                divergence(clipped, spread) / np.log(2)
            ),
        },
        **FLOAT32,
    )


@entropy.check(points=1)
def uneven_groups(lab: Lab) -> None:
    """Bins that cannot be shared out evenly among the levels; nothing clipped."""
    for bins, keep, levels in ((50, 41, 7), (33, 33, 8), (20, 20, 20), (64, 64, 5)):
        histogram = _histogram(lab, bins)
        got = lab.entropy_cost(histogram, keep, levels)
        right = reference.entropy_cost(histogram, keep, levels)
        expect.close(got, right, what="divergence", **FLOAT32)


@entropy.check(points=1)
def empty_bins(lab: Lab) -> None:
    """Bins and whole groups of count 0, also where the clipped values go."""
    for _ in range(4):
        histogram = _histogram(lab, 48)
        histogram[lab.rng.choice(40, size=14, replace=False)] = 0
        histogram[8:16] = 0
        histogram[36:40] = 0
        got = lab.entropy_cost(histogram, 40, 10)
        right = reference.entropy_cost(histogram, 40, 10)
        expect.close(got, right, what="divergence with empty bins", **FLOAT32)


straight_through = Exercise(
    "fake_quantize",
    title="Fake quantization with a straight-through estimator",
    difficulty=3,
    minutes=15,
    hints=(
        "steps = torch.round(x / scale) + zero_point; value = (steps.clamp(bottom, top) - "
        "zero_point) * scale. Its gradient is 0: replace it.",
        "inside = (steps >= bottom) & (steps <= top); passing = torch.where(inside, x, "
        "x.detach()); return passing + (value - passing).detach().",
    ),
)


def _fake_task(lab: Lab, scale: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, ...]:
    """Numbers (rows, columns) up to twice the range, and the gradient that arrives; float32."""
    steps = lab.rng.integers(-16, 16, size=shape) + lab.rng.uniform(-0.4, 0.4, size=shape)
    return (steps * scale).astype(np.float32), lab.rng.normal(size=shape).astype(np.float32)


def _fake(
    lab: Lab, x: np.ndarray, upstream: np.ndarray, scale: np.ndarray, zero_point: int, bits: int
) -> tuple[dict, np.ndarray, np.ndarray]:
    """(the lab's value and gradient, the right value, where x is inside the range)."""
    bottom, top = reference.bounds(bits, True)
    got = lab.fake_quantize_with_gradient(
        x, upstream, np.float32(scale) if np.ndim(scale) else float(scale), zero_point, bottom, top
    )
    steps = np.round(x / scale) + zero_point
    inside = (steps >= bottom) & (steps <= top)
    return got, (np.clip(steps, bottom, top) - zero_point) * scale, inside


def _gradient(got: dict, x: np.ndarray) -> np.ndarray:
    expect.that(
        got["gradient"] is not None,
        "There is no gradient.",
        mistake="Is everything detached? What is returned must depend on x.",
    )
    return expect.array(got["gradient"], "gradient", x.shape)


@straight_through.check(points=1, visible=True)
def the_value_is_rounded(lab: Lab) -> None:
    """Forward: rounded to steps, and clamped."""
    x, upstream = _fake_task(lab, np.float64(0.25), (4, 6))
    got, right, _ = _fake(lab, x, upstream, np.float64(0.25), 2, 4)
    expect.close(
        got["value"],
        right,
        what="values",
        mistakes={
            "The numbers are not clamped.": np.round(x / 0.25) * 0.25,
            "The integers come back: multiply by the scale.": right / 0.25,
            "The zero point is not subtracted on the way back.": right + 2 * 0.25,
            "The value is x itself: what is added and detached must be value - x.": x,
        },
        **FLOAT32,
    )


@straight_through.check(points=1, visible=True)
def the_gradient_passes_inside(lab: Lab) -> None:
    """Backward: the gradient passes inside of the range, and is 0 outside."""
    x, upstream = _fake_task(lab, np.float64(0.25), (4, 6))
    got, right, inside = _fake(lab, x, upstream, np.float64(0.25), 0, 4)
    expect.close(
        _gradient(got, x),
        upstream * inside,
        what="entries of the gradient",
        mistakes={
            "The gradient is 0 everywhere: that is the derivative of round.": np.zeros_like(x),
            "The gradient passes where x was clamped, too.": upstream,
            "It passes outside and not inside.": upstream * ~inside,
            "It is multiplied by the scale: x/s and s cancel out.": upstream * inside * 0.25,
            "It is divided by the scale: x/s and s cancel out.": upstream * inside / 0.25,
            "It is 1 inside: what arrives from above has to be multiplied.": 1.0 * inside,
        },
        **FLOAT32,
    )
    expect.close(got["value"], right, what="values", **FLOAT32)


@straight_through.check(points=1)
def one_scale_a_row(lab: Lab) -> None:
    """A scale for each row, other zero points and bits."""
    for bits, zero_point in ((4, 0), (3, -1), (4, 3)):
        scale = lab.rng.uniform(0.05, 2, size=(5, 1)).astype(np.float32)
        x, upstream = _fake_task(lab, scale, (5, 8))
        got, right, inside = _fake(lab, x, upstream, scale, zero_point, bits)
        expect.close(got["value"], right, what="values", **FLOAT32)
        expect.close(
            _gradient(got, x), upstream * inside, what="entries of the gradient", **FLOAT32
        )


@straight_through.check(points=1)
def the_ends_are_inside(lab: Lab) -> None:
    """What is rounded to the first or last integer still learns."""
    scale, zero_point = 0.5, 1
    bottom, top = reference.bounds(4, True)
    ends = np.array([bottom - zero_point, top - zero_point])
    x = (ends[:, None] + lab.rng.uniform(0.1, 0.4, (2, 5)) * [[-1], [1]]) * scale
    x = np.concatenate([x, x + [[-scale], [scale]]]).astype(np.float32)
    upstream = lab.rng.normal(size=x.shape).astype(np.float32)
    got, right, inside = _fake(lab, x, upstream, np.float64(scale), zero_point, 4)
    expect.close(got["value"], right, what="values", **FLOAT32)
    expect.close(
        _gradient(got, x), upstream * inside, what="entries of the gradient at the ends", **FLOAT32
    )
