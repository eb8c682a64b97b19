"""Lab 07, exercises 8 to 10: Optimal Brain Damage and Optimal Brain Surgeon."""

from __future__ import annotations

import numpy as np

from grader import expect
from grader.lab import Lab
from grader.rubric import Exercise
from grader.rubrics import lab07_reference as reference
from grader.rubrics.lab07_reference import FLOAT32, FLOAT64

damage = Exercise(
    "hessian_diagonal",
    title="The diagonal and the saliencies",
    difficulty=3,
    minutes=20,
    hints=(
        "With p = probabilities[:, :, None]: mean = (p * jacobian).sum(axis=1), (n, out); the "
        "variance is (p * (jacobian - mean[:, None, :])**2).sum(axis=1). The common mistake: p * "
        "J² alone, without the square of the mean taken off.",
        "variance.T @ inputs**2 / n has the shape (out, in). A saliency is half the second "
        "derivative times the square of the weight.",
    ),
)


def _layer(lab: Lab, n: int, d: int, classes: int, out: int) -> tuple[np.ndarray, ...]:
    """inputs (n, d), J (n, classes, out), probabilities (n, classes)."""
    powers = np.exp(2 * lab.rng.normal(size=(n, classes)))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    return lab.rng.normal(size=(n, d)), lab.rng.normal(size=(n, classes, out)), probabilities


@damage.check(points=1, visible=True)
def is_right_for_the_last_layer(lab: Lab) -> None:
    """For the last layer, where J is the identity: the mean of a² · p (1 - p)."""
    n, d, classes = 8, 4, 3
    inputs, _, p = _layer(lab, n, d, classes, classes)
    jacobian = np.tile(np.eye(classes), (n, 1, 1))
    right = (p * (1 - p)).T @ inputs**2 / n
    expect.close(
        lab.hessian_diagonal(inputs, jacobian, p),
        right,
        what="second derivatives",
        mistakes={
            "The square of the mean is not taken off: this is Σ p J², not the variance.": (
                p.T @ inputs**2 / n
            ),
            "The sum over the images is not divided by n.": n * right,
            "The inputs are not squared.": (p * (1 - p)).T @ inputs / n,
            "The classes count alike: the variance is under the probabilities p.": (
                np.full((n, classes), (1 / classes) * (1 - 1 / classes)).T @ inputs**2 / n
            ),
            "The mean over the images is squared, not the mean of the squares.": (
                (p * (1 - p)).mean(axis=0)[:, None] * (inputs.mean(axis=0) ** 2)
            ),
        },
        **FLOAT32,
    )


@damage.check(points=1, visible=True)
def saliency_is_the_second_order(lab: Lab) -> None:
    """A saliency is half the second derivative times the square of the weight."""
    weights, diagonal = lab.rng.normal(size=(3, 4)), lab.rng.uniform(0.1, 2, size=(3, 4))
    expect.close(
        lab.saliencies(weights, diagonal),
        diagonal * weights**2 / 2,
        what="saliencies",
        mistakes={
            "The factor ½ is missing: it comes from the expansion.": diagonal * weights**2,
            "The weight is not squared.": diagonal * np.abs(weights) / 2,
            "The second derivative divides: it belongs into the product.": (
                weights**2 / (2 * diagonal)
            ),
            "This is the magnitude: the second derivative is missing.": weights**2 / 2,
        },
        **FLOAT32,
    )


@damage.check(points=1)
def is_right_for_any_layer(lab: Lab) -> None:
    """For a hidden layer, with a J of any kind."""
    for n, d, classes, out in ((9, 5, 4, 3), (4, 3, 10, 7), (1, 2, 3, 2)):
        layer = _layer(lab, n, d, classes, out)
        expect.close(
            lab.hessian_diagonal(*layer),
            reference.hessian_diagonal(*layer),
            what="second derivatives",
            **FLOAT32,
        )


@damage.check(points=1)
def is_zero_without_doubt(lab: Lab) -> None:
    """Images without doubt and inputs without use have no second derivative, and nothing breaks."""
    inputs, jacobian, probabilities = _layer(lab, 6, 5, 4, 3)
    inputs[:, 2] = 0.0
    probabilities[:3] = np.eye(4)[lab.rng.integers(4, size=3)]
    got = expect.array(
        lab.hessian_diagonal(inputs, jacobian, probabilities), "second derivatives", (3, 5)
    )
    right = reference.hessian_diagonal(inputs, jacobian, probabilities)
    expect.close(got, right, what="second derivatives", **FLOAT32)
    sure = lab.hessian_diagonal(inputs[:3], jacobian[:3], probabilities[:3])
    expect.close(sure, np.zeros((3, 5)), what="second derivatives without doubt", **FLOAT32)


surgeon = Exercise(
    "obs_step",
    title="One weight less",
    difficulty=3,
    minutes=20,
    hints=(
        "rises = weights**2 / (2 * np.diag(inverse)); q = rises.argmin(). The common mistake: to "
        "multiply by a diagonal, as OBD does; here it is the diagonal of the inverse, and divides.",
        "weights - weights[q] / inverse[q, q] * inverse[:, q] is the correction of all at once; "
        "then set number q to 0.0, and leave the array that was given alone.",
    ),
)

STEP = ("remove", "rise", "weights")


def _unit(lab: Lab, d: int, n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Weights (d,) and H (d, d) of a unit with correlated inputs.

    Correlated, so that OBS, OBD and magnitude choose differently: `_telling` sees to it.
    """
    inputs = lab.rng.normal(size=(n, d)) @ lab.rng.normal(size=(d, d))
    return lab.rng.normal(size=d), inputs.T @ inputs / n + 0.05 * np.eye(d)


def _telling(lab: Lab, d: int) -> tuple[np.ndarray, np.ndarray]:
    """A unit on which the three criteria choose three weights, OBS's clearly the cheapest."""
    while True:
        weights, hessian = _unit(lab, d)
        rises = reference.obs_rises(weights, np.linalg.inv(hessian))
        choices = {
            int(rises.argmin()),
            int(np.abs(weights).argmin()),
            int((weights**2 * np.diag(hessian)).argmin()),
        }
        lowest, second = np.sort(rises)[:2]
        if len(choices) == 3 and second > 1.05 * lowest:
            return weights, hessian


@surgeon.check(points=1, visible=True)
def removes_the_cheapest(lab: Lab) -> None:
    """It removes the weight with the least rise, and tells the rise."""
    weights, hessian = _telling(lab, 6)
    inverse = np.linalg.inv(hessian)
    got = expect.mapping(lab.obs_step(weights, inverse), STEP, "step")
    rises = reference.obs_rises(weights, inverse)
    q = int(rises.argmin())
    expect.close(
        got["remove"],
        q,
        what="index of the removed weight",
        rtol=0,
        atol=1e-9,  # an index
        mistakes={
            "This is the smallest weight: its rise is not the least.": np.abs(weights).argmin(),
            "This is OBD's choice, which leaves the others where they are.": (
                (weights**2 * np.diag(hessian)).argmin()
            ),
            "The diagonal of the inverse divides: it is no factor.": (
                (weights**2 * np.diag(inverse)).argmin()
            ),
            "This is the dearest weight: take the least rise.": rises.argmax(),
        },
    )
    expect.close(
        got["rise"],
        rises[q],
        what="rise",
        mistakes={
            "The factor ½ is missing.": 2 * rises[q],
            "This is the rise without the correction.": hessian[q, q] * weights[q] ** 2 / 2,
        },
        **FLOAT64,
    )


@surgeon.check(points=1, visible=True)
def corrects_the_others(lab: Lab) -> None:
    """The other weights move so as to make up for the one that goes."""
    weights, hessian = _telling(lab, 6)
    inverse = np.linalg.inv(hessian)
    got = expect.mapping(lab.obs_step(weights, inverse), STEP, "step")["weights"]
    q = int(reference.obs_rises(weights, inverse).argmin())
    change = weights[q] / inverse[q, q] * inverse[:, q]
    expect.close(
        got,
        reference.best_without(weights, hessian, [q])[1],
        what="weights after the step",
        mistakes={
            "The others have not moved.": np.where(np.arange(6) == q, 0.0, weights),
            "The correction has the wrong sign.": np.where(
                np.arange(6) == q, 0.0, weights + change
            ),
            "The correction is not divided by [H⁻¹]qq.": np.where(
                np.arange(6) == q, 0.0, weights - weights[q] * inverse[:, q]
            ),
            "This is the change δ: the weights after it are asked for.": -change,
        },
        **FLOAT64,
    )


@surgeon.check(points=1)
def nothing_is_cheaper(lab: Lab) -> None:
    """By brute force: no other weight and no other correction raises the quadratic less."""
    d = int(lab.rng.integers(7, 12))
    weights, hessian = _telling(lab, d)
    got = expect.mapping(lab.obs_step(weights, np.linalg.inv(hessian)), STEP, "step")
    new = expect.array(got["weights"], "weights after the step", (d,))
    least = min(reference.best_without(weights, hessian, [q])[0] for q in range(d))
    change = new - weights
    rise = change @ hessian @ change / 2
    # A tenth of a percent: the next best weight costs 5 % more, see `_telling`.
    expect.that(
        rise <= 1.001 * least,
        "Another weight, or another correction, raises the quadratic less.",
    )
    expect.close(got["rise"], least, what="rise", **FLOAT64)
    expect.that(np.count_nonzero(new == 0) == 1, "One weight should be exactly zero, no other.")


@surgeon.check(points=1)
def leaves_its_input_alone(lab: Lab) -> None:
    """The weights and the inverse that it was given are the same afterwards."""
    weights, hessian = _telling(lab, 5)
    inverse = np.linalg.inv(hessian)
    got, after = lab.call_with_inputs("obs_step", weights.copy(), inverse.copy())
    expect.mapping(got, STEP, "step")
    expect.that(
        np.array_equal(after[0], weights) and np.array_equal(after[1], inverse),
        "An array that was given was changed in place.",
        mistake="`weights -= …` writes into the caller's array: make a new one.",
    )


series = Exercise(
    "obs_prune",
    title="One after the other",
    difficulty=4,
    minutes=25,
    hints=(
        "Keep a list of what is left. Each round: the least weights**2 / diag of those, the "
        "correction, then inverse - np.outer(inverse[:, q], inverse[q]) / inverse[q, q]. The "
        "common mistake: to go on with the first inverse, which moves what is gone already.",
        "Where a weight is gone, its diagonal is about 0: put 1.0 there with np.where before the "
        "division, and np.inf for its rise, so that it is not chosen twice. At the end of each "
        "round set what is gone to 0.0.",
    ),
)


@series.check(points=1, visible=True)
def removes_two(lab: Lab) -> None:
    """After two removals the weights are those of two steps."""
    weights, hessian = _steps(lab, 6, 2)
    inverse = np.linalg.inv(hessian)
    stale = weights.copy()
    for _ in range(2):
        rises = np.where(stale == 0, np.inf, reference.obs_rises(stale, inverse))
        q = int(rises.argmin())
        stale = stale - stale[q] / inverse[q, q] * inverse[:, q]
        stale[q] = 0.0
    together = np.argsort(reference.obs_rises(weights, inverse))[:2]
    smallest = np.argsort(np.abs(weights))[:2]
    expect.close(
        lab.obs_prune(weights, hessian, 2),
        reference.obs_prune(weights, hessian, 2),
        what="weights after two removals",
        mistakes={
            "The inverse was not updated after the first step: it still counts what is gone.": (
                stale
            ),
            "Both are chosen at once, by the first inverse: the second step sees a new H.": (
                reference.best_without(weights, hessian, together)[1]
            ),
            "The smallest weights go, not those with the least rise.": (
                reference.best_without(weights, hessian, smallest)[1]
            ),
            "Nothing is corrected.": np.where(
                reference.obs_prune(weights, hessian, 2) == 0, 0.0, weights
            ),
            "H was taken for its inverse: invert it first.": _without_inverting(weights, hessian),
        },
        **FLOAT64,
    )


def _steps(lab: Lab, d: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """A unit on which so many steps do not remove those that are cheapest at first."""
    while True:
        weights, hessian = _unit(lab, d)
        right = np.flatnonzero(reference.obs_prune(weights, hessian, count) == 0)
        rises = reference.obs_rises(weights, np.linalg.inv(hessian))
        if set(right) != set(np.argsort(rises)[:count]):
            return weights, hessian


def _without_inverting(weights: np.ndarray, hessian: np.ndarray) -> np.ndarray:
    return reference.obs_prune(weights, np.linalg.inv(hessian), 2)


@series.check(points=1)
def removes_as_many_as_asked(lab: Lab) -> None:
    """Exactly so many weights are zero, from none to nearly all, and the values are right."""
    d = 12
    for count in (0, 1, 5, 9, 11):
        weights, hessian = _steps(lab, d, count) if count in (5, 9) else _unit(lab, d)
        got = expect.array(lab.obs_prune(weights, hessian, count), "weights", (d,))
        expect.equal(int(np.count_nonzero(got == 0)), count, what="number of weights at zero")
        expect.close(
            got,
            reference.obs_prune(weights, hessian, count),
            what="weights after several removals",
            **FLOAT64,
        )


@series.check(points=1)
def the_rest_makes_up_for_it(lab: Lab) -> None:
    """For the weights that are gone, no other values of the rest raise the quadratic less."""
    weights, hessian = _unit(lab, 10)
    got = expect.array(lab.obs_prune(weights, hessian, 6), "weights", (10,))
    gone = np.flatnonzero(got == 0)
    expect.equal(len(gone), 6, what="number of weights at zero")
    least, _ = reference.best_without(weights, hessian, gone)
    change = got - weights
    # Rounding: answers that update the inverse come within 1e-9 of the least.
    expect.that(
        change @ hessian @ change / 2 <= (1 + 1e-6) * least,
        "Other values of the weights that are left raise the quadratic less.",
        mistake="Do the corrections move weights that are gone already?",
    )
