"""The five exercises' checks in our form: the two questions that each is asked in all forms."""

from __future__ import annotations

import numpy as np

from benchmarks.five_exercises import NAME, NUMBER, TASKS, TITLE
from grader import expect
from grader.lab import Lab
from grader.rubric import Rubric

CLOSE = {"rtol": 1e-5, "atol": 1e-8}  # as numpy.allclose, which the other forms use


def make_rubric(stack: str) -> Rubric:
    """The lab's exercises; `stack` is "numpy" or "torch"."""
    rubric = Rubric(NUMBER, NAME, TITLE, stack=(stack,))
    for task in TASKS:
        exercise = rubric.exercise(task.name, title=task.text, difficulty=1, minutes=5)
        visible, hidden = CHECKS[task.name]
        exercise.check(points=1, visible=True)(visible)
        exercise.check(points=1)(hidden)
    return rubric


def centered_visible(lab: Lab) -> None:
    """Two columns"""
    got = lab.centered(np.array([[1.0, 2.0], [3.0, 6.0]]))
    expect.close(got, np.array([[-1.0, -2.0], [1.0, 2.0]]), **CLOSE, what="numbers")


def centered_hidden(lab: Lab) -> None:
    """Fifty rows"""
    x = lab.rng.normal(size=(50, 4)) * 100
    expect.close(lab.centered(x), x - np.mean(x, axis=0), **CLOSE, what="numbers")


def distances_visible(lab: Lab) -> None:
    """Two points"""
    got = lab.distances(np.zeros((1, 2)), np.array([[3.0, 4.0]]))
    expect.close(got, np.array([[5.0]]), **CLOSE, what="distances")


def distances_hidden(lab: Lab) -> None:
    """Two clouds of points"""
    a, b = lab.rng.normal(size=(30, 3)), lab.rng.normal(size=(20, 3))
    expected = np.array([[np.linalg.norm(p - q) for q in b] for p in a])
    expect.close(lab.distances(a, b), expected, **CLOSE, what="distances")


def moving_average_visible(lab: Lab) -> None:
    """Four numbers"""
    got = lab.moving_average(np.array([1.0, 3.0, 5.0, 9.0]), 2)
    expect.close(got, np.array([2.0, 4.0, 7.0]), **CLOSE, what="averages")


def moving_average_hidden(lab: Lab) -> None:
    """Two hundred numbers"""
    x = lab.rng.normal(size=200)
    expected = np.array([x[i : i + 7].mean() for i in range(194)])
    expect.close(lab.moving_average(x, 7), expected, **CLOSE, what="averages")


def one_hot_visible(lab: Lab) -> None:
    """Two labels"""
    got = lab.one_hot(np.array([2, 0]), 3)
    expect.close(got, np.array([[0.0, 0, 1], [1, 0, 0]]), **CLOSE, what="rows")


def one_hot_hidden(lab: Lab) -> None:
    """More classes than labels"""
    labels = lab.rng.integers(0, 8, size=40)
    expected = (labels[:, None] == np.arange(10)).astype(float)
    expect.close(lab.one_hot(labels, 10), expected, **CLOSE, what="rows")


def softmax_visible(lab: Lab) -> None:
    """Two rows"""
    got = lab.softmax(np.log([[1.0, 3.0], [4.0, 4.0]]))
    expect.close(got, np.array([[0.25, 0.75], [0.5, 0.5]]), **CLOSE, what="probabilities")


def softmax_hidden(lab: Lab) -> None:
    """Large numbers"""
    z = lab.rng.normal(size=(20, 5)) * 1000
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    expected = powers / powers.sum(axis=1, keepdims=True)
    expect.close(lab.softmax(z), expected, **CLOSE, what="probabilities")


CHECKS = {
    "centered": (centered_visible, centered_hidden),
    "distances": (distances_visible, distances_hidden),
    "moving_average": (moving_average_visible, moving_average_hidden),
    "one_hot": (one_hot_visible, one_hot_hidden),
    "softmax": (softmax_visible, softmax_hidden),
}
