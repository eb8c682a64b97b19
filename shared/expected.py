"""The figures that a run must come to again, each with the tolerance of its kind.

{"schema": 1, "profile": "quick",
 "figures": {"teacher.accuracy": {
     "kind": "statistical", "value": 0.97, "abs": 0.02,
     "seeds": {"0": 0.975, "1": 0.962}, "source": "…", "dataset": "digits"}}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from shared.figures import KINDS, ResultsError, load_results, plain

ALGEBRAIC_REL = (
    1e-6  # rounding of float32 sums, where an algebraic figure sets no tolerance of its own
)


@dataclass(frozen=True)
class Expectation:
    """What one figure must be.

    kind: "exact": equal, where `seeds` holds the run's seed to that value, else to `value`.
    "algebraic", "statistical", "timing": within `abs`, or within `rel` times the size of `value`.
    seeds: the value that each seed gave when the tolerance was set. source: where the tolerance
    comes from. dataset: the only one it is meant for, "" for any.
    """

    kind: str
    value: Any
    abs: float | None = None
    rel: float | None = None
    seeds: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    dataset: str = ""

    @property
    def tolerance(self) -> float | np.ndarray:
        """The greatest distance from `value` that passes, in its unit."""
        if self.kind == "exact":
            return 0.0
        if self.abs is not None:
            return self.abs
        return self.rel * np.abs(np.asarray(self.value, np.float64))

    def admits(self, got: Any, value: Any = None) -> bool:
        """Whether `got` is within the tolerance of `value`, by default the expectation's own."""
        value = self.value if value is None else value
        if self.kind == "exact":
            return type(got) is type(value) and got == value
        if isinstance(got, str) or np.shape(got) != np.shape(value):
            return False
        distance = np.abs(np.asarray(got, np.float64) - np.asarray(value, np.float64))
        return bool(np.all(distance <= self.tolerance))


@dataclass(frozen=True)
class Expected:
    """The content of an `expected.json`."""

    profile: str
    figures: Mapping[str, Expectation]


@dataclass(frozen=True)
class Deviation:
    """One figure that is not what was expected. got: None where the run did not record it."""

    figure: str
    kind: str
    expected: Any
    got: Any
    message: str


def load_expected(path: Path) -> Expected:
    """Reads an `expected.json`.

    Raises ResultsError for an unknown kind or field, a tolerance that is missing or out of place,
    and a value of `seeds` that its own tolerance would not pass.
    """
    content = load_results(path)
    if not isinstance(content.get("profile"), str):
        raise ResultsError(f"{path} names no profile")
    return Expected(
        content["profile"],
        {key: _expectation(path, key, row) for key, row in content["figures"].items()},
    )


def compare(results: Mapping[str, Any], expected: Expected) -> list[Deviation]:
    """The expected figures that `results`, a `results.json` as a dict, lacks or misses.

    A figure expected for one data set is compared only in a run that recorded this name as its
    figure "dataset". Figures that nothing is expected of are passed over. Raises ResultsError where
    the run is of another profile, or did not record the "dataset" that is asked for.
    """
    if results["profile"] != expected.profile:
        raise ResultsError(
            f"a run of profile {results['profile']!r} cannot be held against {expected.profile!r}"
        )
    figures = results["figures"]
    deviations = []
    for key, wanted in expected.figures.items():
        if wanted.dataset:
            if "dataset" not in figures:
                raise ResultsError(
                    f"{key} is expected for {wanted.dataset}: record 'dataset' in the run"
                )
            if figures["dataset"]["value"] != wanted.dataset:
                continue
        value = (
            wanted.seeds.get(str(results["seed"]), wanted.value)
            if wanted.kind == "exact"
            else wanted.value
        )
        if key not in figures:
            deviations.append(Deviation(key, wanted.kind, value, None, f"{key} was not recorded"))
            continue
        got = figures[key]["value"]
        if not wanted.admits(got, value):
            limit = "" if wanted.kind == "exact" else f" within {np.max(wanted.tolerance):.4g}"
            message = f"{key} is {got}, expected {value}{limit} ({wanted.kind})"
            deviations.append(Deviation(key, wanted.kind, value, got, message))
    return deviations


def _expectation(path: Path, key: str, row: dict[str, Any]) -> Expectation:
    unknown = row.keys() - Expectation.__dataclass_fields__.keys()
    if unknown:
        raise ResultsError(f"{path}: {key} has unknown fields: {', '.join(sorted(unknown))}")
    if row.get("kind") not in KINDS or "value" not in row:
        raise ResultsError(f"{path}: {key} needs a value, and a kind among {', '.join(KINDS)}")
    plain(key, row["value"])
    given = [name for name in ("abs", "rel") if name in row]
    if row["kind"] == "exact" and given:
        raise ResultsError(f"{path}: {key} is exact and takes no tolerance")
    if row["kind"] == "algebraic" and not given:
        row = {**row, "rel": ALGEBRAIC_REL}
    elif row["kind"] != "exact" and len(given) != 1:
        raise ResultsError(f"{path}: {key} is {row['kind']} and needs either abs or rel")
    wanted = Expectation(**row)
    for seed, value in wanted.seeds.items():
        if wanted.kind != "exact" and not wanted.admits(value):
            raise ResultsError(f"{path}: {key} would fail at its own seed {seed} ({value})")
    return wanted
