"""How far the grading of a class is, for the terminal: a bar, and a guess at the time left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text


def time_left(begun: float, now: float, done: int, total: int) -> float | None:
    """Seconds until all are done, None while nothing can be said.

    begun: when the first of the `done` ones was, so that imports before it are not counted. The
    mean is that of all so far, not of the last few, as submissions differ much; and while none
    ends, the guess grows.
    """
    if done >= total:
        return 0.0
    return (now - begun) / (done - 1) * (total - done) if done > 1 else None


class Left(ProgressColumn):
    """`time_left` in words."""

    def render(self, task: Task) -> Text:
        """As rich asks for it, several times a second."""
        seconds = time_left(
            task.fields["begun"], time.monotonic(), int(task.completed), int(task.total or 0)
        )
        return Text("" if seconds is None else f"about {said(seconds)} left")


def said(seconds: float) -> str:
    """A duration as one would say it: to the second, the minute, the hour."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def shown(results: Iterator[dict[str, Any]], total: int) -> Iterator[dict[str, Any]]:
    """The results as they come, with a bar on the terminal meanwhile."""
    columns = (
        TextColumn("Grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("elapsed"),
        TimeElapsedColumn(),
        Left(),
        TextColumn("{task.fields[last]}", markup=False),
    )
    with Progress(*columns) as bar:
        task = bar.add_task("", total=total, last="", begun=time.monotonic())
        for number, result in enumerate(results):
            begun = {"begun": time.monotonic()} if number == 0 else {}
            bar.update(task, advance=1, last=result["student"], **begun)
            yield result
