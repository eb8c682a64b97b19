"""Lab 07, exercise 6: the Pruner, whose zeros stay zero."""

from __future__ import annotations

import numpy as np

from grader import expect
from grader.lab import Lab
from grader.rubric import Exercise
from grader.rubrics import lab07_reference as reference
from grader.rubrics.lab07_reference import FLOAT64

pruner = Exercise(
    "pruner",
    title="The Pruner",
    difficulty=4,
    minutes=25,
    hints=(
        "apply: with torch.no_grad(): weights.masked_fill_(~self.masks[name], 0.0). The common "
        "mistake: weights = weights * mask makes a new tensor, and the model keeps the old one.",
        "prune: scores = torch.where(mask, weights.detach().abs(), -1.0).numpy() for each matrix; "
        "then self.masks[name] &= torch.from_numpy(new mask), and self.apply().",
        "after_step: asked = self.schedule(step) if there is one; if asked > self.sparsity, "
        "keep it there and prune to it; and call self.apply() in every case.",
    ),
)


def _task(lab: Lab, n: int = 12, d: int = 6, h: int = 5, k: int = 3) -> tuple[np.ndarray, ...]:
    """Matrices (h, d) and (k, h) of two linear layers, images (n, d) and targets (n, k).

    The entries keep the steps of rate 0.1 stable: over 200 draws no weight grew beyond 5.
    """
    draw = lab.rng.normal
    first, second = 0.5 * draw(size=(h, d)), 0.5 * draw(size=(k, h))
    return first, second, 0.5 * draw(size=(n, d)), 0.5 * draw(size=(n, k))


def _telling_task(lab: Lab, sparsity: float) -> tuple[np.ndarray, ...]:
    """A task in which the lowest of both layers together are not the lowest of each."""
    while True:
        task = _task(lab)
        layers = dict(zip("ab", map(np.abs, task[:2]), strict=True))
        together = reference.global_masks(layers, sparsity)
        apart = {name: reference.keep_highest(layers[name], sparsity) for name in layers}
        if any(not np.array_equal(together[name], apart[name]) for name in layers):
            return task


def _drive(lab: Lab, task: tuple[np.ndarray, ...], **options: object) -> list[dict]:
    """The record of the driver: as many entries as there were prunings and steps."""
    got = lab.drive_pruner(*task, **options)
    for entry in got:
        for kind in ("masks", "weights"):
            for matrix, right in zip(entry[kind], task, strict=False):
                expect.array(matrix, kind, right.shape)
    return got


def _gone(entry: dict) -> np.ndarray:
    """All places of a record's masks, flat: True where the weight is gone."""
    return ~np.concatenate([np.ravel(mask).astype(bool) for mask in entry["masks"]])


def _flat(entry: dict) -> np.ndarray:
    return np.concatenate([np.ravel(weights) for weights in entry["weights"]])


@pruner.check(points=1, visible=True, seconds=30)
def prune_takes_the_smallest(lab: Lab) -> None:
    """prune(0.5) masks the smaller half of all weights, and sets them to zero."""
    task = _telling_task(lab, 0.5)
    (entry,) = _drive(lab, task, before=[0.5])
    ((masks, weights),) = reference.pruned_path(*task, before=[0.5])
    gone, dense = _gone(entry), np.concatenate([task[0].ravel(), task[1].ravel()])
    by_layer = np.concatenate(
        [~reference.keep_highest(np.abs(matrix), 0.5).ravel() for matrix in task[:2]]
    )
    expect.equal(
        gone,
        ~np.concatenate([mask.ravel() for mask in masks]),
        what="mask of both layers together",
        mistakes={
            "Nothing is masked: are the new masks kept in self.masks?": np.zeros(gone.size, bool),
            "The masks are the wrong way round: True is for weights that stay.": ~(
                np.abs(dense) <= np.sort(np.abs(dense))[round(0.5 * gone.size) - 1]
            ),
            "Each layer is pruned by itself: masks_of gets the scores of all layers at once.": (
                by_layer
            ),
            "The signs count: the scores are magnitudes.": (
                ~reference.keep_highest(dense, 0.5).ravel()
            ),
        },
    )
    expect.close(
        _flat(entry),
        np.concatenate([matrix.ravel() for matrix in weights]),
        what="weights after the pruning",
        mistakes={
            "The weights of the model did not change: set them in place, with masked_fill_.": dense,
        },
        **FLOAT64,
    )


@pruner.check(points=1, visible=True, seconds=30)
def zeros_stay_zero(lab: Lab) -> None:
    """Masked weights are exactly zero after every step, whatever momentum and decay do."""
    record = _drive(lab, _task(lab), before=[0.5], steps=4)
    first = _gone(record[0])
    expect.that(bool(first.any()), "prune(0.5) masks nothing.")
    for step, entry in enumerate(record[1:], start=1):
        expect.that(
            not np.any(_flat(entry)[first]),
            f"After step {step} some pruned weights are no longer zero.",
            mistake="The optimizer moves them, by their gradients or by its momentum: put the "
            "zeros back after every step, in place.",
            expected="0.0 where masked",
            got=_flat(entry)[first],
        )


@pruner.check(points=1, seconds=30)
def the_rest_learns_on(lab: Lab) -> None:
    """The weights that stay move as they should."""
    task = _telling_task(lab, 0.6)
    record = _drive(lab, task, before=[0.6], steps=5)
    right = reference.pruned_path(*task, before=[0.6], steps=5)
    expect.close(
        _flat(record[-1]),
        np.concatenate([matrix.ravel() for matrix in right[-1][1]]),
        what="weights after several steps",
        mistakes={"No weight has moved since the pruning.": _flat(record[0])},
        **FLOAT64,
    )


@pruner.check(points=1, seconds=30)
def follows_its_schedule(lab: Lab) -> None:
    """After each step as many weights are gone as the schedule asks for, the smallest ones."""
    task = _task(lab)
    asked = [0.0, 0.2, 0.2, 0.4, 0.5, 0.7]
    record = _drive(lab, task, schedule=asked, steps=len(asked))
    right = reference.pruned_path(*task, schedule=asked, steps=len(asked))
    counts = [int(_gone(entry).sum()) for entry in record]
    n = task[0].size + task[1].size
    expect.equal(
        counts,
        [round(x * n) for x in asked],
        what="number of weights gone after each step",
        mistakes={"The schedule has no effect.": [0] * len(asked)},
    )
    for entry, (masks, weights) in zip(record, right, strict=True):
        expect.equal(
            _gone(entry), ~np.concatenate([m.ravel() for m in masks]), what="mask after a step"
        )
        expect.close(
            _flat(entry),
            np.concatenate([matrix.ravel() for matrix in weights]),
            what="weights after a step",
            **FLOAT64,
        )


@pruner.check(points=1, seconds=30)
def gone_is_gone(lab: Lab) -> None:
    """Nothing comes back, where kept weights are zero too, and at a lower sparsity."""
    task = _task(lab, d=8, h=8)
    zeros = lab.rng.random(task[0].shape) < 0.5
    task[0][zeros] = 0.0  # more than are pruned at first, and equal to those
    asked = [0.1, 0.2, 0.3, 0.45, 0.25]
    record = _drive(lab, task, before=asked)
    n = task[0].size + task[1].size
    for entry, later in zip(record, record[1:], strict=False):
        expect.that(
            bool(np.all(_gone(later)[_gone(entry)])),
            "A weight that was pruned is kept again later.",
            mistake="Score what is masked below all magnitudes, and combine the old and the new "
            "mask with `&`.",
        )
    counts = [int(_gone(entry).sum()) for entry in record]
    wanted = [round(x * n) for x in asked[:-1]]
    expect.equal(counts, [*wanted, wanted[-1]], what="number of weights gone")
