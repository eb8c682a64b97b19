"""The pictures: what they show and what they refuse."""

from __future__ import annotations

import io
from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from shared.plots import bars_with_spread, curves, grouped_bars, image_row, use_style


@pytest.fixture(autouse=True)
def style():
    mpl.use("agg")
    with mpl.rc_context():
        use_style()
        yield


def drawn(figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png")
    return stream.getvalue()


def test_is_a_picture_small_and_shown_only_once() -> None:
    """Can it be drawn, is it a small png, and is no figure left open for a second showing?"""
    for figure in (
        image_row(np.zeros((3, 8, 8, 1)), ["a", "b", "c"]),
        curves({"loss": [3, 2, 1]}, xlabel="epoch", ylabel="loss"),
        bars_with_spread({"a": [0.9, 0.8]}, ylabel="accuracy"),
        grouped_bars({"T = 1": [0.9, 0.1]}, ["0", "1"], xlabel="class", ylabel="probability"),
    ):
        png = drawn(figure)
        assert png[:4] == b"\x89PNG"
        assert len(png) < 40_000
    assert plt.get_fignums() == []


def test_does_a_row_show_each_image_under_its_title() -> None:
    """Pixels, titles and one scale for all, for grey and coloured images?"""
    images = np.random.default_rng(0).random((3, 4, 5))
    for given in (images, images[..., np.newaxis]):
        axes = image_row(given, ["one", "two", "three"]).axes
        assert [axis.get_title() for axis in axes] == ["one", "two", "three"]
        for axis, image in zip(axes, images, strict=True):
            shown = axis.images[0]
            assert np.array_equal(np.asarray(shown.get_array()), image)
            assert shown.get_clim() == (0, 1)
    colour = np.random.default_rng(0).random((2, 4, 5, 3))
    assert np.array_equal(image_row(colour).axes[1].images[0].get_array(), colour[1])


@pytest.mark.parametrize(
    ("images", "titles"),
    [(np.zeros((2, 4, 4)), ["one"]), (np.zeros((4, 4)), []), (np.zeros((0, 4, 4)), [])],
)
def test_is_a_row_that_does_not_add_up_refused(images: np.ndarray, titles: list) -> None:
    """Too few titles, one image without its axis, no image: ValueError?"""
    with pytest.raises(ValueError, match="images"):
        image_row(images, titles)


def test_do_curves_carry_their_names_and_axes() -> None:
    """Places given or counted from 1, labels, a legend where there is a choice?"""
    figure = curves(
        {"teacher": [3.0, 2.0], "student": ([1, 10], [4.0, 1.0])},
        xlabel="temperature",
        ylabel="loss",
        title="both",
        logx=True,
    )
    (axis,) = figure.axes
    assert (axis.get_xlabel(), axis.get_ylabel(), axis.get_title()) == (
        "temperature",
        "loss",
        "both",
    )
    assert [line.get_xdata().tolist() for line in axis.lines] == [[1, 2], [1, 10]]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["teacher", "student"]
    assert axis.get_xscale() == "log"
    (counted,) = curves({"one": [3, 2, 1]}, xlabel="epoch", ylabel="y").axes
    assert counted.get_legend() is None
    assert all(tick == round(tick) for tick in counted.get_xticks())
    with pytest.raises(ValueError, match="2 places and 1 values"):
        curves({"one": ([1, 2], [3])}, xlabel="x", ylabel="y")


def test_do_bars_show_mean_and_range() -> None:
    """Height = mean, whisker = least to greatest, dots = the values; no bar off zero?"""
    values = {"distilled": [0.9, 0.8, 1.0], "scratch": [0.5]}
    (axis,) = bars_with_spread(values, ylabel="accuracy").axes
    assert [bar.get_height() for bar in axis.patches] == pytest.approx([0.9, 0.5])
    whisker = axis.collections[0].get_segments()[0]
    assert whisker[:, 1].tolist() == [0.8, 1.0]
    assert axis.lines[0].get_ydata().tolist() == [0.9, 0.8, 1.0]
    assert [tick.get_text() for tick in axis.get_xticklabels()] == ["distilled", "scratch"]
    (cut,) = bars_with_spread(values, ylabel="accuracy", ylim=(0.4, 1.0)).axes
    assert len(cut.patches) == 0
    assert cut.get_ylim() == (0.4, 1.0)
    with pytest.raises(ValueError, match="scratch has no values"):
        bars_with_spread({"scratch": []}, ylabel="accuracy")


def test_are_grouped_bars_side_by_side() -> None:
    """Two temperatures over three classes: six bars, none over another, heights in order?"""
    values = {"T = 1": [0.8, 0.1, 0.1], "T = 4": [0.4, 0.3, 0.3]}
    (axis,) = grouped_bars(values, "012", xlabel="class", ylabel="probability").axes
    assert [bar.get_height() for bar in axis.patches] == pytest.approx(
        [0.8, 0.1, 0.1, 0.4, 0.3, 0.3]
    )
    edges = sorted((bar.get_x(), bar.get_x() + bar.get_width()) for bar in axis.patches)
    assert all(left[1] <= right[0] + 1e-9 for left, right in pairwise(edges))
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["T = 1", "T = 4"]
    with pytest.raises(ValueError, match="2 values for 3 categories"):
        grouped_bars({"a": [1, 2]}, "012", xlabel="x", ylabel="y")
