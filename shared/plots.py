"""The house style of figures, and the few kinds that the notebooks share.

Every function returns a closed matplotlib Figure: as the last line of a cell it is shown once, and
a script can save it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which people with any kind of colour vision can tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_MARKERS = "osD^vPX"


def use_style() -> None:
    """Sets the house style for every figure that follows in this process."""
    import matplotlib.pyplot as plt
    from cycler import cycler

    plt.rcParams.update(
        {
            "axes.prop_cycle": cycler(color=COLOURS),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": "#dddddd",
            "figure.dpi": 80,  # a notebook carries its pictures: small ones
            "figure.figsize": (6.0, 3.2),
            "figure.constrained_layout.use": True,
            "font.size": 10,
            "legend.frameon": False,
            "image.cmap": "gray_r",
        }
    )


def image_row(images: np.ndarray, titles: Sequence[str] = (), *, height: float = 1.4) -> Figure:
    """Images side by side, each under its title.

    images: (n, h, w), (n, h, w, 1) or (n, h, w, 3), values in [0, 1]. titles: n of them, or none.
    height: of the row, in inches. Raises ValueError for other shapes, no image, or another number
    of titles.
    """
    images = np.asarray(images)
    if images.ndim == 3:
        images = images[..., np.newaxis]
    if images.ndim != 4 or images.shape[3] not in (1, 3) or len(images) == 0:
        raise ValueError(
            f"images of shape {images.shape}: expected (n, h, w), (n, h, w, 1) or (n, h, w, 3)"
        )
    if len(titles) not in (0, len(images)):
        raise ValueError(f"{len(images)} images and {len(titles)} titles")
    figure, axes = _subplots(1, len(images), figsize=(height * len(images), height), squeeze=False)
    for position, (axis, image) in enumerate(zip(axes[0], images, strict=True)):
        axis.imshow(image if image.shape[2] == 3 else image[..., 0], vmin=0, vmax=1)
        axis.set_axis_off()
        if titles:
            axis.set_title(titles[position], fontsize=9)
    return figure


def curves(
    series: Mapping[str, Sequence[float] | tuple[Sequence[float], Sequence[float]]],
    *,
    xlabel: str,
    ylabel: str,
    title: str = "",
    logx: bool = False,
    logy: bool = False,
) -> Figure:
    """Lines with markers, one a name: `{"teacher": y}` over 1, 2, 3, … or `{"teacher": (x, y)}`.

    Raises ValueError where x and y differ in length.
    """
    figure, axis = _subplots()
    for number, (name, line) in enumerate(series.items()):
        x, y = line if isinstance(line, tuple) else (range(1, len(line) + 1), line)
        if len(x) != len(y):
            raise ValueError(f"{name}: {len(x)} places and {len(y)} values")
        marker = _MARKERS[number % len(_MARKERS)]  # tells the lines apart in grey print as well
        axis.plot(x, y, marker=marker, markersize=4, label=name)
    axis.set(xlabel=xlabel, ylabel=ylabel, title=title)
    if logx:
        axis.set_xscale("log")
    elif not any(isinstance(line, tuple) for line in series.values()):
        axis.xaxis.get_major_locator().set_params(integer=True)  # there is no epoch 1.25
    if logy:
        axis.set_yscale("log")
    _legend(axis, series)
    return figure


def bars_with_spread(
    values: Mapping[str, Sequence[float]],
    *,
    ylabel: str,
    xlabel: str = "",
    title: str = "",
    ylim: tuple[float, float] | None = None,
) -> Figure:
    """Mean, range and single values of each name: `{"distilled": [0.97, 0.96], …}`, one a seed.

    The bar is the mean, the whisker runs from the least to the greatest value, a dot is one value.
    With an axis that does not start at 0 (`ylim`) the bar would lie about proportions, and a dash
    marks the mean instead. Raises ValueError for a name without values.
    """
    figure, axis = _subplots()
    for place, (name, points) in enumerate(values.items()):
        points = np.asarray(points, np.float64).ravel()
        if points.size == 0:
            raise ValueError(f"{name} has no values")
        mean = points.mean()
        colour = COLOURS[place % len(COLOURS)]
        if ylim is None or ylim[0] == 0:
            axis.bar(place, mean, width=0.6, color=colour, alpha=0.45)
        else:
            axis.hlines(mean, place - 0.3, place + 0.3, color=colour, linewidth=2)
        axis.vlines(place, points.min(), points.max(), color=colour)
        beside = place + np.linspace(-0.12, 0.12, points.size) if points.size > 1 else [place]
        axis.plot(beside, points, "o", color=colour, markersize=4)
    axis.set_xticks(range(len(values)), list(values))
    axis.grid(visible=False, axis="x")
    axis.set(xlabel=xlabel, ylabel=ylabel, title=title)
    if ylim is not None:
        axis.set_ylim(*ylim)
    return figure


def grouped_bars(
    values: Mapping[str, Sequence[float]],
    categories: Sequence[str],
    *,
    xlabel: str,
    ylabel: str,
    title: str = "",
    logy: bool = False,
) -> Figure:
    """For each category one bar per name, as in "probability of each class at T = 1, 4, 16".

    values: name -> one value per category. Raises ValueError for another number of values.
    """
    figure, axis = _subplots()
    places = np.arange(len(categories))
    width = 0.8 / max(len(values), 1)
    for number, (name, bars) in enumerate(values.items()):
        if len(bars) != len(categories):
            raise ValueError(f"{name}: {len(bars)} values for {len(categories)} categories")
        shift = (number - (len(values) - 1) / 2) * width
        axis.bar(places + shift, bars, width=width, label=name)
    axis.set_xticks(places, categories)
    axis.grid(visible=False, axis="x")
    axis.set(xlabel=xlabel, ylabel=ylabel, title=title)
    if logy:
        axis.set_yscale("log")
    _legend(axis, values)
    return figure


def _subplots(*args: int, **kwargs: object) -> tuple[Figure, Axes]:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(*args, **kwargs)
    plt.close(figure)  # else a notebook shows it a second time, as a figure left open
    return figure, axes


def _legend(axis: Axes, names: Mapping[str, object]) -> None:
    if len(names) > 1:
        axis.legend()
