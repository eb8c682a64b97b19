"""Lab 07, exercise 4: the sensitivity scan and its budget."""

from __future__ import annotations

import numpy as np

from grader import expect
from grader.lab import Lab
from grader.rubric import Exercise
from grader.rubrics import lab07_reference as reference
from grader.rubrics.lab07_reference import FLOAT64

sensitivity = Exercise(
    "sensitivity_scan",
    title="The scan and the budget",
    difficulty=2,
    minutes=15,
    hints=(
        "For each layer and each sparsity: accuracy({**weights, name: matrix * mask_of(matrix, "
        "sparsity)}). The common mistake: the layer before is still pruned.",
        "within_budget goes up the list and stops (break) at the first value below full - budget; "
        "what was reached before that is the answer, 0.0 if nothing was.",
    ),
)

SPARSITIES = [0.2, 0.4, 0.6, 0.8]


def _scan_weights(lab: Lab) -> dict[str, np.ndarray]:
    return {name: lab.rng.normal(size=(5, 4)) for name in ("first", "second", "third")}


def _scanned(lab: Lab, weights: dict[str, np.ndarray]) -> dict:
    """What the driver saw; the curves have the right form."""
    seen = lab.drive_scan(weights, SPARSITIES)
    expect.mapping(seen["curves"], weights, "curves")
    for name in weights:
        expect.array(seen["curves"][name], f"curve of layer {name}", (len(SPARSITIES),))
    return seen


def _wrong_scans(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Sentence → curves (layers, sparsities) of a common mistake."""
    sums, pruned = [], dict(weights)
    for name, matrix in weights.items():
        row = []
        for sparsity in SPARSITIES:
            pruned[name] = matrix * reference.first_dropped(matrix, sparsity)
            row.append(reference.known_sum(pruned))
        sums.append(row)
    together = [
        reference.known_sum({n: w * reference.first_dropped(w, s) for n, w in weights.items()})
        for s in SPARSITIES
    ]
    gone = [
        [
            reference.known_sum({**weights, n: w * ~reference.first_dropped(w, s)})
            for s in SPARSITIES
        ]
        for n, w in weights.items()
    ]
    return {
        "The layers before are still pruned: the others should be whole.": np.array(sums),
        "All layers are pruned together: it should be one at a time.": (
            np.tile(together, (len(weights), 1))
        ),
        "What the mask drops is kept, and the rest is dropped.": np.array(gone),
    }


@sensitivity.check(points=1, visible=True)
def one_layer_at_a_time(lab: Lab) -> None:
    """Each curve has one layer pruned and the others whole."""
    weights = _scan_weights(lab)
    curves = _scanned(lab, weights)["curves"]
    expect.close(
        [curves[name] for name in weights],
        list(reference.scan(weights, SPARSITIES).values()),
        what="accuracies of the scan",
        mistakes=_wrong_scans(weights),
        **FLOAT64,
    )


@sensitivity.check(points=1, visible=True)
def stops_at_the_budget(lab: Lab) -> None:
    """The highest sparsity whose accuracy is within the budget."""
    curves = {"first": [97.5, 97.0, 95.0, 60.0], "second": [97.0, 92.0, 80.0, 30.0]}
    got = expect.mapping(lab.within_budget(curves, SPARSITIES, 98.0, 4.0), curves, "choice")
    right = reference.within_budget(curves, SPARSITIES, 98.0, 4.0)
    expect.close(
        [got[name] for name in curves],
        list(right.values()),
        what="chosen sparsities",
        rtol=0,
        atol=1e-9,  # one of the sparsities, so equal to it
        mistakes={
            "These are the first sparsities that are too much: one step too far.": [0.8, 0.4],
            "These are the lowest sparsities, not the highest within the budget.": [0.2, 0.2],
            "The budget is not counted from the full accuracy.": [0.8, 0.8],
        },
    )


@sensitivity.check(points=1)
def leaves_the_network_whole(lab: Lab) -> None:
    """After the scan every weight is what it was, and each candidate was judged once."""
    weights = _scan_weights(lab)
    seen = _scanned(lab, weights)
    for name, matrix in weights.items():
        expect.that(
            np.array_equal(seen["weights"][name], matrix),
            "The scan has changed the weights that it was given.",
            mistake="Make a new dict with the pruned layer: {**weights, name: …}.",
        )
    wanted = sorted((name, sparsity) for name in weights for sparsity in SPARSITIES)
    found = sorted(
        (name, round(zeros, 6)) for one in seen["shown"] for name, zeros in one.items() if zeros
    )
    expect.equal(found, wanted, what="list of layers and sparsities that were judged")


@sensitivity.check(points=1)
def luck_does_not_count(lab: Lab) -> None:
    """Curves that recover, that never hold, that always hold, and that touch the line."""
    full, budget = 90.0, 1.5
    curves = {
        "recovers": [89.5, 86.0, 89.75, 50.0],
        "never": [88.25, 89.5, 90.0, 70.0],
        "always": [90.0, 90.25, 89.0, 88.75],
        "touches": [89.0, 88.5, 88.5, 88.25],
    }
    names = lab.rng.permutation(list(curves)).tolist()
    shuffled = {name: curves[name] for name in names}
    got = expect.mapping(lab.within_budget(shuffled, SPARSITIES, full, budget), curves, "choice")
    right = reference.within_budget(shuffled, SPARSITIES, full, budget)
    expect.close(
        [got[name] for name in names],
        [right[name] for name in names],
        what="chosen sparsities",
        rtol=0,
        atol=1e-9,
    )
