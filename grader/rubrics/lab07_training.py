"""Lab 07, exercises 5 and 7: the schedule, the lottery ticket."""

from __future__ import annotations

import numpy as np

from grader import expect
from grader.lab import Lab
from grader.rubric import Exercise
from grader.rubrics import lab07_reference as reference
from grader.rubrics.lab07_reference import FLOAT64

schedule = Exercise(
    "sparsity_at",
    title="The schedule",
    difficulty=1,
    minutes=10,
    hints=(
        "Three cases: before begin 0, from end on final, else final + (initial - final) * (1 - "
        "(step - begin) / (end - begin)) ** 3. The common mistake: to start from 0, not initial.",
        "For `every`, round the steps since begin down: (step - begin) // every * every. The "
        "fraction is counted from begin, not from step 0.",
    ),
)


@schedule.check(points=1, visible=True)
def is_the_cube(lab: Lab) -> None:
    """Between its ends it is the cube from the initial to the final sparsity."""
    begin, end, initial, final = 100, 300, 0.2, 0.9
    steps = np.array([100, 140, 200, 260, 299])
    got = [lab.sparsity_at(int(t), begin, end, initial, final) for t in steps]
    done = (steps - begin) / (end - begin)
    expect.close(
        [expect.number(value, "sparsity") for value in got],
        [reference.sparsity_at(int(t), begin, end, initial, final) for t in steps],
        what="sparsities at five steps",
        mistakes={
            "The initial sparsity is missing: the cube starts from s_i, not from 0.": (
                final - final * (1 - done) ** 3
            ),
            "This is a straight line: the power is 3.": final + (initial - final) * (1 - done),
            "The power is 3, not 2.": final + (initial - final) * (1 - done) ** 2,
            "The power is taken of what is done, not of what is left: it rises too late.": (
                initial + (final - initial) * done**3
            ),
            "The time is counted from step 0, not from begin.": (
                final + (initial - final) * (1 - steps / end) ** 3
            ),
            "The time is divided by end, not by end - begin.": (
                final + (initial - final) * (1 - (steps - begin) / end) ** 3
            ),
            "Initial and final sparsity have changed places.": (
                initial + (final - initial) * (1 - done) ** 3
            ),
        },
        **FLOAT64,
    )


@schedule.check(points=1)
def rests_before_and_after(lab: Lab) -> None:
    """Before its begin it is 0, after its end it is the final sparsity."""
    begin = int(lab.rng.integers(20, 60))
    end = begin + int(lab.rng.integers(50, 99))
    initial, final = lab.rng.uniform(0.1, 0.4), lab.rng.uniform(0.6, 0.95)
    steps = [0, begin - 1, begin, end, end + 7, 5 * end]
    got = [expect.number(lab.sparsity_at(t, begin, end, initial, final), "sparsity") for t in steps]
    expect.close(
        got,
        [0, 0, initial, final, final, final],
        what="sparsities before, at and after the ends",
        **FLOAT64,
    )


@schedule.check(points=1)
def changes_every_so_often(lab: Lab) -> None:
    """With `every`, it keeps its value between two changes."""
    for every in (3, 10, 70):
        begin = int(lab.rng.integers(5, 50))
        end = begin + int(lab.rng.integers(60, 95))
        settings = (begin, end, lab.rng.uniform(0, 0.4), lab.rng.uniform(0.6, 0.95), every)
        steps = [*range(begin, end, 4), end - 1, end]
        got = [expect.number(lab.sparsity_at(t, *settings), "sparsity") for t in steps]
        right = [reference.sparsity_at(t, *settings) for t in steps]
        expect.close(got, right, what="sparsities at many steps", **FLOAT64)


ticket = Exercise(
    "find_ticket",
    title="Find the ticket",
    difficulty=3,
    minutes=20,
    hints=(
        "A round: rewound = {name: initial[name] * masks[name] …}; trained = train_ticket(rewound, "
        "masks); then each mask loses its share. The common mistake: to train on, not rewinding.",
        "left = np.flatnonzero(mask) are the places that are left; argsort the trained magnitudes "
        "of these alone, and take the first round(rate * len(left)) of them.",
    ),
)

SHAPES = {"1.weight": (6, 9), "5.weight": (4, 5)}


def _ticket_task(lab: Lab, rounds: int) -> tuple[dict, list[dict]]:
    """Initial weights, and what "training" adds to them in each round."""
    initial = {name: lab.rng.normal(size=shape) for name, shape in SHAPES.items()}
    drifts = [
        {name: lab.rng.normal(size=shape) for name, shape in SHAPES.items()} for _ in range(rounds)
    ]
    return initial, drifts


def _found(lab: Lab, initial: dict, drifts: list[dict], rates: dict[str, float]) -> dict:
    """What the driver brings back, its masks of the right form."""
    seen = lab.drive_ticket(initial, drifts, rates)
    expect.that(
        seen["masks"] is not None,
        "find_ticket returns nothing.",
        mistake="Is the `return` missing?",
    )
    expect.mapping(seen["masks"], SHAPES, "masks")
    for name, shape in SHAPES.items():
        expect.array(seen["masks"][name], f"mask of layer {name}", shape)
    return seen


@ticket.check(points=1, visible=True, seconds=30)
def prunes_by_trained_magnitude(lab: Lab) -> None:
    """One round: the smallest trained weights of each layer go."""
    initial, drifts = _ticket_task(lab, 1)
    rates = dict.fromkeys(SHAPES, 0.3)
    seen = _found(lab, initial, drifts, rates)
    right, _ = reference.find_ticket(initial, drifts, rates)
    for name in SHAPES:
        trained = initial[name] + drifts[0][name]
        expect.equal(
            np.asarray(seen["masks"][name]).astype(bool),
            right[name],
            what=f"mask of layer {name}",
            mistakes={
                "The mask goes by the initial weights: the trained ones decide.": (
                    reference.keep_highest(np.abs(initial[name]), 0.3)
                ),
                "The mask goes by how far a weight moved: its trained magnitude decides.": (
                    reference.keep_highest(np.abs(drifts[0][name]), 0.3)
                ),
                "The signs count: it is the magnitude that decides.": (
                    reference.keep_highest(trained, 0.3)
                ),
                "Nothing is pruned.": np.ones(SHAPES[name], bool),
                "The mask is the wrong way round: True is for weights that stay.": ~right[name],
            },
        )


@ticket.check(points=1, visible=True, seconds=30)
def rewinds_every_round(lab: Lab) -> None:
    """Each round starts from the initial values, zero where masked."""
    initial, drifts = _ticket_task(lab, 3)
    seen = _found(lab, initial, drifts, dict.fromkeys(SHAPES, 0.3))
    expect.equal(len(seen["given"]), len(drifts), what="number of trainings")
    for number, given in enumerate(seen["given"], start=1):
        for name in SHAPES:
            mask = np.asarray(given["masks"][name]).astype(bool)
            expect.close(
                given["weights"][name],
                initial[name] * mask,
                what=f"weights that round {number} starts with",
                mistakes={
                    "Masked weights are not zero at the start of the round.": initial[name],
                    "It goes on from the trained weights: set them back to the initial ones.": (
                        _went_on(initial, drifts, seen["given"], number, name)
                    ),
                },
                **FLOAT64,
            )


def _went_on(initial: dict, drifts: list, given: list, number: int, name: str) -> np.ndarray:
    """The weights at the start of a round for an answer that never rewinds."""
    weights = initial[name]
    for earlier in range(number - 1):
        weights = (weights + drifts[earlier][name]) * given[earlier]["masks"][name]
    return weights * np.asarray(given[number - 1]["masks"][name])


@ticket.check(points=1, seconds=30)
def counts_what_is_left(lab: Lab) -> None:
    """After several rounds the masks are right: each takes its share of what is left."""
    initial, drifts = _ticket_task(lab, 4)
    rates = dict.fromkeys(SHAPES, 0.4)
    seen = _found(lab, initial, drifts, rates)
    right, _ = reference.find_ticket(initial, drifts, rates)
    for name in SHAPES:
        expect.equal(
            int(np.count_nonzero(seen["masks"][name])),
            int(right[name].sum()),
            what="number of weights left after several rounds",
        )
        mask = np.asarray(seen["masks"][name]).astype(bool)
        expect.equal(mask, right[name], what="mask after several rounds")


@ticket.check(points=1, seconds=30)
def each_layer_has_its_rate(lab: Lab) -> None:
    """Layers lose different shares, and the initial weights stay as they are."""
    initial, drifts = _ticket_task(lab, 2)
    rates = {"1.weight": 0.5, "5.weight": 0.25}
    seen = _found(lab, initial, drifts, rates)
    right, _ = reference.find_ticket(initial, drifts, rates)
    for name in SHAPES:
        mask = np.asarray(seen["masks"][name]).astype(bool)
        expect.equal(int(mask.sum()), int(right[name].sum()), what="number of weights left")
        expect.that(
            np.array_equal(seen["initial"][name], initial[name]),
            "The initial weights were changed.",
            mistake="Multiply into a new array: initial[name] * masks[name].",
        )
