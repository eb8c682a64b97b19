"""Are two models' outputs compared in full, and is what cannot be compared refused?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from shared.parity import parity


def test_are_all_four_figures_right():
    reference = np.array([[3.0, 4.0], [0.0, -5.0]])
    other = reference + np.array([[0.0, -2.0], [0.0, 0.0]])
    found = parity(reference, other)
    assert (found.largest, found.relative, found.images) == (2.0, 0.4, 2)
    assert found.changed == 1  # 3 against 2, where it was 3 against 4
    assert found.decibels == pytest.approx(10 * np.log10(50 / 4))


def test_are_equal_outputs_infinitely_near():
    found = parity(torch.ones(3, 2), np.ones((3, 2), np.float32))
    assert found.largest == 0 and found.decibels == float("inf") and found.changed == 0


def test_is_the_difference_taken_in_float64():
    """In float32, 1e8 + 1 is 1e8."""
    found = parity(np.array([[1e8, 0.0]]), np.array([[1e8 + 1, 0.0]]))
    assert found.largest == 1.0


@pytest.mark.parametrize(
    "other", [np.ones((3, 1)), np.ones(6), np.full((3, 2), np.nan), np.full((3, 2), np.inf)]
)
def test_is_refused_what_a_difference_would_not_show(other):
    """A broadcast would compare (3, 2) with (3, 1) without a word, and nan > 1 is false."""
    with pytest.raises(ValueError):
        parity(np.ones((3, 2)), other)
