"""What was measured, run by run, kept at once: a benchmark that is cut off loses nothing."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """One run of one variant. Variants of the same `table`, `case` and `round` ran in turn.

    `case` is what they have in common ("numpy, 20"), `values` what was measured (seconds, bytes).
    """

    table: str
    case: str
    variant: str
    round: int
    values: dict[str, float]
    load: float = 0.0  # the machine's load average over a minute, when the run was over


class Runs:
    """All runs in a file of JSON lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._runs: list[Run] = []
        if path.exists():
            lines = path.read_text(encoding="utf-8").splitlines()
            self._runs = [Run(**json.loads(line)) for line in lines]

    def __iter__(self) -> Iterator[Run]:
        return iter(self._runs)

    def add(
        self, table: str, case: str, variant: str, number: int, values: dict[str, float]
    ) -> None:
        """Keep a run at once."""
        run = Run(table, case, variant, number, values, round(os.getloadavg()[0], 1))
        self._runs.append(run)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(run)) + "\n")

    def has(self, table: str, case: str, variant: str, number: int) -> bool:
        """Whether that run was made already."""
        return any(
            (run.table, run.case, run.variant, run.round) == (table, case, variant, number)
            for run in self._runs
        )

    def of(self, table: str, case: str | None = None) -> list[Run]:
        """The runs of a table, or of one case in it."""
        return [run for run in self._runs if run.table == table and case in (None, run.case)]

    def cases(self, table: str) -> list[str]:
        """The cases of a table, in the order in which they came."""
        return list(dict.fromkeys(run.case for run in self._runs if run.table == table))


def values(runs: Sequence[Run], variant: str, name: str) -> dict[int, float]:
    """One value of one variant, by round."""
    return {run.round: run.values[name] for run in runs if run.variant == variant}


def median(found: dict[int, float]) -> float:
    """The median over rounds."""
    return statistics.median(found.values())


def ratio(numerator: dict[int, float], denominator: dict[int, float]) -> float | None:
    """The median of the rounds' ratios: both were measured in turn, under the same load.

    None where no round has both.
    """
    both = [
        numerator[number] / denominator[number]
        for number in numerator.keys() & denominator.keys()
        if denominator[number]
    ]
    return statistics.median(both) if both else None


def loads(runs: Sequence[Run]) -> str:
    """The load averages in which runs were made, in words."""
    found = sorted(run.load for run in runs)
    if not found:
        return "–"
    return f"{found[0]:.1f} to {found[-1]:.1f} (median {statistics.median(found):.1f})"
