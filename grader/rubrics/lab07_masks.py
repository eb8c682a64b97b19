"""Lab 07, exercises 2 and 3: masks by magnitude, over all layers, at random."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from grader import expect
from grader.lab import Lab
from grader.rubric import Exercise
from grader.rubrics import lab07_reference as reference

magnitude = Exercise(
    "magnitude_mask",
    title="A mask by magnitude",
    difficulty=2,
    minutes=10,
    hints=(
        "Sort the magnitudes of the flattened array with np.argsort: the first round(sparsity * n) "
        "places of that order get False. The common mistake: a threshold, which takes all equals.",
        "np.argsort(…, kind='stable') leaves equals in the order of the array; round(…), not "
        "int(…), for 0.29 * 100 is a little less than 29. Return to the shape with reshape.",
    ),
)


def _expect_mask(
    got: Any, right: np.ndarray, what: str, mistakes: Mapping[str, np.ndarray] | None = None
) -> None:
    """`got` is the mask `right`: truth values, of its shape."""
    expect.array(got, what, right.shape)
    mask = np.asarray(got)
    expect.that(
        mask.dtype == bool,
        f"The {what} should hold truth values.",
        mistake="A comparison gives them; weights or 0.0 and 1.0 are no mask.",
        expected="dtype bool",
        got=f"dtype {mask.dtype}",
    )
    expect.equal(mask, right, what=what, mistakes=mistakes)


@magnitude.check(points=1, visible=True)
def drops_the_smallest(lab: Lab) -> None:
    """False for the weights of smallest magnitude, True for the others."""
    weights = lab.rng.normal(size=(3, 4))
    right = reference.keep_highest(np.abs(weights), 0.25)
    _expect_mask(
        lab.magnitude_mask(weights, 0.25),
        right,
        "mask",
        {
            "The mask is the wrong way round: True is for weights that stay.": ~right,
            "The largest are dropped: sort the magnitudes from small to large.": (
                reference.keep_highest(-np.abs(weights), 0.25)
            ),
            "The signs count: it is the magnitude, np.abs, that decides.": (
                reference.keep_highest(weights, 0.25)
            ),
            "Sparsity is the fraction that goes, not the one that stays.": (
                reference.keep_highest(np.abs(weights), 0.75)
            ),
        },
    )


@magnitude.check(points=1)
def decides_between_equals(lab: Lab) -> None:
    """Among equal magnitudes the count stays exact, and the first in the array go."""
    for sparsity in (0.37, 0.61):
        weights = lab.rng.integers(-3, 4, size=(8, 11)) / 4
        right = reference.keep_highest(np.abs(weights), sparsity)
        _expect_mask(lab.magnitude_mask(weights, sparsity), right, "mask of equal magnitudes")


@magnitude.check(points=1)
def counts_exactly(lab: Lab) -> None:
    """The count is right from nothing to everything, in arrays of any shape."""
    for shape, sparsity in (((100,), 0.29), ((4, 5), 0.0), ((3, 2, 6), 1.0), ((10, 10), 0.57)):
        weights = lab.rng.normal(size=shape)
        right = reference.keep_highest(np.abs(weights), sparsity)
        _expect_mask(lab.magnitude_mask(weights, sparsity), right, "mask")


@magnitude.check(points=1)
def leaves_the_weights_alone(lab: Lab) -> None:
    """The weights that it was given are the same afterwards."""
    weights = lab.rng.normal(size=(6, 5))
    got, after = lab.call_with_inputs("magnitude_mask", weights.copy(), 0.4)
    expect.array(got, "mask", weights.shape)
    expect.that(
        np.array_equal(after[0], weights),
        "The array of weights was changed in place.",
        mistake="A mask is a new array; the weights are the caller's.",
    )


everywhere = Exercise(
    "global_masks",
    title="Over the whole network, and at random",
    difficulty=2,
    minutes=10,
    hints=(
        "global_masks: put all scores into one flat array (np.concatenate of the ravelled layers), "
        "decide there, cut the result back into layers. The common mistake: a share of each layer.",
        "random_masks: rng.permutation(n) >= count is True for exactly n - count places. One "
        "generator for all layers: a new one with the same seed for each gives equal layers equal "
        "masks. rng.random(n) < x is right only on average.",
    ),
)


def _layer_scores(lab: Lab, scales: tuple[float, ...]) -> dict[str, np.ndarray]:
    shapes = ((4, 6), (3, 4), (2, 3))
    return {
        name: scale * lab.rng.random(shape)
        for name, shape, scale in zip("abc", shapes, scales, strict=True)
    }


@everywhere.check(points=1, visible=True)
def all_layers_compete(lab: Lab) -> None:
    """The lowest scores of the whole network go, wherever they are."""
    scores = _layer_scores(lab, (1.0, 3.0, 0.5))
    got = expect.mapping(lab.global_masks(scores, 0.5), scores, "masks")
    right = reference.global_masks(scores, 0.5)
    for name in scores:
        _expect_mask(
            got[name],
            right[name],
            f"mask of layer {name}",
            {
                "Each layer loses the same share: all should compete in one list.": (
                    reference.keep_highest(scores[name], 0.5)
                ),
                "The mask is the wrong way round: True is for weights that stay.": ~right[name],
            },
        )


@everywhere.check(points=1)
def the_count_is_exact(lab: Lab) -> None:
    """So many go over all layers as were asked for, also among equal scores."""
    for sparsity in (0.0, 0.37, 0.71, 1.0):
        scores = {
            name: np.floor(8 * layer) / 8
            for name, layer in _layer_scores(lab, (1.0, 2.0, 0.6)).items()
        }
        got = expect.mapping(lab.global_masks(scores, sparsity), scores, "masks")
        for name, layer in scores.items():
            expect.array(got[name], f"mask of layer {name}", layer.shape)
        keep = np.concatenate([np.ravel(got[name]).astype(bool) for name in scores])
        flat = np.concatenate([layer.ravel() for layer in scores.values()])
        expect.equal(int((~keep).sum()), round(sparsity * flat.size), what="number of weights gone")
        if keep.any() and not keep.all():
            expect.that(
                flat[~keep].max() <= flat[keep].min(),
                "A weight goes that has a higher score than one that stays.",
            )


@everywhere.check(points=1)
def the_lot_is_fair(lab: Lab) -> None:
    """Random masks have exact counts, follow the seed alone, and differ between layers."""
    n, sparsity = 600, 0.45
    ranks = np.arange(n, dtype=float).reshape(20, 30)
    scores = {"a": ranks, "b": ranks.copy(), "c": lab.rng.random((7, 9))}
    seed = int(lab.rng.integers(1_000_000))
    draws = [
        expect.mapping(lab.random_masks(scores, sparsity, s), scores, "random masks")
        for s in (seed, seed, seed + 1)
    ]
    for draw, (name, layer) in itertools.product(draws, scores.items()):
        expect.array(draw[name], f"random mask of layer {name}", layer.shape)
        gone = layer.size - int(np.count_nonzero(draw[name]))
        expect.equal(gone, round(sparsity * layer.size), what="number of weights gone in a layer")
    one, again, other = (
        np.concatenate([np.ravel(draw[name]) for name in scores]).astype(bool) for draw in draws
    )
    expect.that(np.array_equal(one, again), "The same seed gives two different draws.")
    expect.that(not np.array_equal(one, other), "Another seed gives the same draw.")
    expect.that(
        not np.array_equal(draws[0]["a"], draws[0]["b"]),
        "Two layers of one shape get the same mask.",
        mistake="Is the generator made anew, from the same seed, for each layer?",
    )
    # Of 330 kept, 165 are expected in the lower half, with a standard deviation of 6.1: a fair draw
    # is within 49 of that (8 deviations); one by score has 60 or 300 there.
    low = int(np.count_nonzero(np.asarray(draws[0]["a"])[:10]))
    expect.that(abs(low - 165) < 49, "The draw is not independent of the scores.")
