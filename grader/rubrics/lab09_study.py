"""Lab 09, exercises 6 to 8: dark knowledge, the digit left out, the paired comparison."""

from __future__ import annotations

import numpy as np

from grader import expect
from grader.lab import Lab
from grader.rubric import Exercise
from grader.rubrics import lab09_reference as reference
from grader.rubrics.lab09_reference import FLOAT32

dark = Exercise(
    "dark_knowledge",
    title="Dark knowledge",
    difficulty=2,
    minutes=10,
    hints=(
        "Soften; set the place of the label to 0 in each row; divide each row by its sum; only "
        "then take the mean over the images of each class.",
        "probabilities[np.arange(n), labels] = 0 removes the true classes. Start from a table of "
        "zeros, and fill the rows of the classes that occur (np.unique(labels)).",
    ),
)


@dark.check(points=1, visible=True)
def is_the_mean_of_what_is_left(lab: Lab) -> None:
    """The true class removed, the rest rescaled, averaged over each class."""
    k, t = 4, 3.0
    labels = np.concatenate([np.arange(k), lab.rng.integers(k, size=20)])
    logits = 2 * lab.rng.normal(size=(len(labels), k)) + 3 * np.eye(k)[labels]
    logits[5:8] = logits[5:8, ::-1]  # the teacher is wrong about some
    right = reference.dark_knowledge(logits, labels, t)
    p = reference.softmax(logits, t)
    kept = np.stack([p[labels == c].mean(axis=0) for c in range(k)])
    removed = kept * (1 - np.eye(k))
    with np.errstate(invalid="ignore", divide="ignore"):
        guessed = reference.dark_knowledge(logits, logits.argmax(axis=1), t)
    expect.close(
        lab.dark_knowledge(logits, labels, temperature=t),
        right,
        what="entries of the table",
        mistakes={
            "The true class is still in it.": kept,
            "The rest is not rescaled to sum 1.": removed,
            "The mean is taken first: rescale each image's row, then average.": (
                removed / removed.sum(axis=1, keepdims=True)
            ),
            "Rows and columns have changed places: row c belongs to the true class c.": right.T,
            "The temperature is not used.": reference.dark_knowledge(logits, labels, 1.0),
            "The images are grouped by what the teacher says, not by their labels.": guessed,
        },
        **FLOAT32,
    )


@dark.check(points=1, seconds=5)
def knows_classes_without_images(lab: Lab) -> None:
    """A class that does not occur has a row of zeros."""
    k = int(lab.rng.integers(5, 8))
    absent = int(lab.rng.integers(k))
    labels = lab.rng.choice([c for c in range(k) if c != absent], size=30)
    logits = 2 * lab.rng.normal(size=(30, k))
    got = lab.dark_knowledge(logits, labels, temperature=2.0)
    expect.close(
        got, reference.dark_knowledge(logits, labels, 2.0), what="entries of the table", **FLOAT32
    )


@dark.check(points=1)
def works_for_a_sure_teacher(lab: Lab) -> None:
    """What is left is right even if it is next to nothing."""
    k = 5
    labels = np.concatenate([np.arange(k), lab.rng.integers(k, size=15)])
    logits = lab.rng.normal(size=(len(labels), k)) + 60 * np.eye(k)[labels]
    got = lab.dark_knowledge(logits, labels, temperature=2.0)  # leaves about exp(-30) = 1e-13
    expect.close(
        got, reference.dark_knowledge(logits, labels, 2.0), what="entries of the table", **FLOAT32
    )


omitted = Exercise(
    "omitted_class_bias",
    title="The bias of the digit left out",
    difficulty=2,
    minutes=10,
    hints=(
        "For each candidate: copy the logits, add it to column `missing`, count how many rows "
        "have their greatest logit at the label.",
        "Go through the candidates sorted by their absolute value, and take a new one only when "
        "it is strictly better.",
    ),
)


def _biased_logits(lab: Lab, missing: int, k: int = 5, n: int = 80) -> tuple:
    """Logits (n, k) in which class `missing` is about 3 too low, and labels (n,)."""
    labels = lab.rng.integers(k, size=n)
    logits = lab.rng.normal(size=(n, k)) + 2.5 * np.eye(k)[labels]
    logits[:, missing] -= 3
    return logits, labels


@omitted.check(points=1, visible=True)
def finds_the_best_bias(lab: Lab) -> None:
    """The candidate with the highest accuracy over all images."""
    missing = 2
    logits, labels = _biased_logits(lab, missing)
    candidates = np.arange(0, 12.5, 0.5)
    right = reference.omitted_class_bias(logits, labels, missing, candidates)
    expect.close(
        lab.omitted_class_bias(logits, labels, missing, candidates),
        right,
        what="bias",
        rtol=0,
        atol=1e-9,  # one of the candidates, so equal to it
        mistakes={
            "This is the accuracy, or the place in the list: the bias itself is asked for.": (
                float(np.flatnonzero(candidates == right)[0])
            ),
            "This maximises the accuracy on the missing class alone.": (
                _best_for_missing(logits, labels, missing, candidates)
            ),
        },
    )


def _best_for_missing(
    logits: np.ndarray, labels: np.ndarray, missing: int, candidates: np.ndarray
) -> float:
    mine = labels == missing
    return reference.omitted_class_bias(logits[mine], labels[mine], missing, candidates)


@omitted.check(points=1)
def takes_the_smallest_of_equals(lab: Lab) -> None:
    """Of equally good candidates it is the one nearest to 0, in whatever order they come."""
    missing = 1
    # Class 1 is 4 below the truth in every row of its own: from 4.5 to 7.5 all is right.
    labels = np.array([0, 1, 2, 1, 0, 1])
    logits = np.where(np.eye(3)[labels] > 0, 8.0, 0.0) + lab.rng.uniform(0, 0.2, size=(6, 3))
    logits[labels == missing] = np.array([4.0, 0.0, 1.0])
    candidates = lab.rng.permutation(np.array([-5.0, 0.0, 1.0, 4.5, 5.5, 6.5, 7.5, 12.0]))
    got = lab.omitted_class_bias(logits, labels, missing, candidates)
    expect.close(got, 4.5, what="bias among equally good ones", rtol=0, atol=1e-9)
    sign = lab.rng.permutation(np.array([-3.0, -2.0, -0.25, 0.5, 2.0]))  # all too small to matter
    got = lab.omitted_class_bias(logits, labels, missing, sign)
    expect.close(got, -0.25, what="bias among equally good ones", rtol=0, atol=1e-9)


@omitted.check(points=1)
def works_in_both_directions(lab: Lab) -> None:
    """Other classes, and candidates below 0 as well."""
    for shift in (-2.0, 2.0):
        missing = int(lab.rng.integers(6))
        candidates = lab.rng.permutation(np.arange(-6, 6.25, 0.25))
        logits, labels = _logits_with_one_best_bias(lab, missing, shift, candidates)
        got = lab.omitted_class_bias(logits, labels, missing, candidates)
        right = reference.omitted_class_bias(logits, labels, missing, candidates)
        expect.close(got, right, what="bias", rtol=0, atol=1e-9)


def _logits_with_one_best_bias(
    lab: Lab, missing: int, shift: float, candidates: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Logits (150, 6) and labels with one best candidate: ties are another check's matter."""
    while True:
        logits, labels = _biased_logits(lab, missing, k=6, n=150)
        logits[:, missing] += 3 + shift
        moved = logits[None] + candidates[:, None, None] * np.eye(6)[missing]
        right = (moved.argmax(axis=2) == labels).sum(axis=1)
        if np.count_nonzero(right == right.max()) == 1:
            return logits, labels


paired = Exercise(
    "paired_comparison",
    title="A paired comparison",
    difficulty=3,
    minutes=15,
    hints=(
        "Everything is computed from the n differences: their mean, their standard deviation "
        "(ddof=1), and s / √n.",
        "The two-sided quantile at 95 % is stats.t.ppf(0.975, n - 1): (1 + confidence) / 2. The "
        "verdict looks at the ends of the interval: low > 0, high < 0, or neither.",
    ),
)

COMPARISON = ("difference", "low", "high", "verdict")


@paired.check(points=1, visible=True)
def is_the_paired_t_interval(lab: Lab) -> None:
    """Mean, interval and verdict of five pairs."""
    scratch = 90 + 3 * lab.rng.normal(size=5)
    distilled = scratch + 0.8 + 0.5 * lab.rng.normal(size=5)
    got = expect.mapping(
        lab.paired_comparison(distilled.tolist(), scratch.tolist()), COMPARISON, "comparison"
    )
    mean, low, high = reference.paired_interval(distilled, scratch, 0.95)
    differences = distilled - scratch
    error = differences.std(ddof=1) / np.sqrt(5)
    # The quantiles of t with 4 degrees of freedom, and of the normal distribution.
    two_sided, one_sided, normal = (high - mean) / error, 2.131847, 1.959964
    unpaired = np.sqrt((distilled.var(ddof=1) + scratch.var(ddof=1)) / 5)
    expect.close(
        got["difference"],
        mean,
        what="difference",
        mistakes={"The sign is wrong: it is distilled - scratch.": -mean},
        rtol=1e-6,  # double precision from the first line to the last; so below
        atol=1e-9,
    )
    expect.close(
        [got["low"], got["high"]],
        [low, high],
        what="ends of the interval",
        rtol=1e-6,
        atol=1e-9,
        mistakes={
            "The normal quantile 1.96 is too small for so few pairs: take Student's t.": (
                mean + error * normal * np.array([-1, 1])
            ),
            "This is the one-sided quantile: (1 + confidence) / 2 leaves half on each side.": (
                mean + error * one_sided * np.array([-1, 1])
            ),
            "The division by √n is missing: s is the spread of one pair, not of the mean.": (
                mean + error * np.sqrt(5) * two_sided * np.array([-1, 1])
            ),
            "The standard deviation divides by n: use ddof=1.": (
                mean + error * np.sqrt(4 / 5) * two_sided * np.array([-1, 1])
            ),
            "The pairs are not used: take the spread of the differences.": (
                mean + unpaired * two_sided * np.array([-1, 1])
            ),
        },
    )
    expect.equal(got["verdict"], reference.verdict(low, high), what="verdict")


@paired.check(points=1)
def gives_all_three_verdicts(lab: Lab) -> None:
    """Gains, losses and noise, at other confidences and numbers of pairs."""
    for shift in (3.0, -3.0, 0.0):
        n = int(lab.rng.integers(3, 9))
        noise = lab.rng.normal(size=n)
        noise = 0.3 * (noise - noise.mean()) / noise.std()  # of mean 0: the verdict is the shift's
        scratch = 90 + lab.rng.normal(size=n)
        distilled = scratch + shift + noise
        confidence = float(lab.rng.choice([0.8, 0.9, 0.95]))
        got = expect.mapping(
            lab.paired_comparison(distilled.tolist(), scratch.tolist(), confidence=confidence),
            COMPARISON,
            "comparison",
        )
        mean, low, high = reference.paired_interval(distilled, scratch, confidence)
        found = [got["difference"], got["low"], got["high"]]
        expect.close(found, [mean, low, high], what="numbers", rtol=1e-6, atol=1e-9)
        expect.equal(got["verdict"], reference.verdict(low, high), what="verdict")


@paired.check(points=1)
def handles_the_edges(lab: Lab) -> None:
    """Equal differences have an interval of width 0; fewer than two pairs are refused."""
    scratch = lab.rng.integers(80, 90, size=4).astype(float)
    for shift, verdict in ((0.5, "helped"), (-0.25, "hurt"), (0.0, "no significant difference")):
        got = expect.mapping(
            lab.paired_comparison((scratch + shift).tolist(), scratch.tolist()),
            COMPARISON,
            "comparison",
        )
        found = [got["difference"], got["low"], got["high"]]
        expect.close(found, [shift] * 3, what="numbers for equal differences", rtol=0, atol=1e-9)
        expect.equal(got["verdict"], verdict, what="verdict for equal differences")
    refused = lab.raises("paired_comparison", [91.0], [90.0])
    expect.that(
        refused == "ValueError",
        "One pair alone should be refused with a ValueError.",
        expected="ValueError",
        got=refused or "a result",
    )
