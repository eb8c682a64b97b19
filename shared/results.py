"""A run's figures, recorded in `results.json`: the only source of its tables and sentences.

The file is rewritten, whole and in one step, at every figure, so that a run that breaks off leaves
what it had:

    {"schema": 1, "name": …, "profile": …, "seed": …, "hardware": {…},
     "figures": {"teacher.accuracy": {"value": 0.98, "unit": "fraction", "kind": "statistical"}, …},
     "not_run": {"Tensor Cores": "a GPU of NVIDIA", …}}
"""

from __future__ import annotations

import os
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.expected import Deviation, Expected, compare, load_expected
from shared.figures import KINDS, SCHEMA, ResultsError, load_results, plain, write_whole
from shared.measure import hardware_card

__all__ = [
    "Deviation",
    "Expected",
    "Markdown",
    "PaperRow",
    "ResultsError",
    "Run",
    "compare",
    "load_expected",
    "load_results",
]

_KEY = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_VERDICT = re.compile(r"yes\b|(partly|no),? because\b")


class Markdown:
    """Text that Jupyter shows rendered; elsewhere it is its source."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_markdown_(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class PaperRow:
    """One claim of a paper beside the run's own figure.

    claim: what is compared. source: author and year. paper: the published figure, as text (it is
    not ours). here: a template over the run's figures. verdict: "yes", "partly, because …" or "no,
    because …"; a template too.
    """

    claim: str
    source: str
    paper: str
    here: str
    verdict: str


class Run:
    """The figures of one run of one notebook.

    name: of the notebook. profile: "quick" or "full". seed: of the run. folder: where
    `results.json` and the run's other files go; by default `runs/<name>` below `$COURSE_BUILD`, or
    below `build` of the repository.
    """

    def __init__(self, name: str, profile: str, seed: int, folder: Path | None = None) -> None:
        self.name = name
        self.profile = profile
        self.seed = int(seed)
        self.folder = Path(folder) if folder is not None else _build_folder() / "runs" / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self._hardware = hardware_card()
        self._figures: dict[str, dict[str, Any]] = {}
        self._not_run: dict[str, str] = {}
        self._write()  # the figures of an earlier run must not pass for this one's

    @property
    def path(self) -> Path:
        """The run's `results.json`."""
        return self.folder / "results.json"

    def record(self, key: str, value: Any, unit: str = "", kind: str = "statistical") -> Any:
        """Writes one figure to `results.json` and hands the value back.

        key: words joined by dots, as "teacher.accuracy". value: a number, a string, a truth value,
        or a list or array of numbers; finite. unit: "fraction", "bytes", "ms", … kind: "exact" (the
        same on every machine), "algebraic" (up to rounding), "statistical" (moves with the seed) or
        "timing".

        Raises ResultsError for another kind, key or value.
        """
        if not _KEY.fullmatch(key):
            raise ResultsError(
                f"{key!r} is no key: letters, digits, _ and -, joined by single dots"
            )
        if kind not in KINDS:
            raise ResultsError(f"{key}: kind {kind!r} is none of {', '.join(KINDS)}")
        self._figures[key] = {"value": plain(key, value), "unit": unit, "kind": kind}
        self._write()
        return value

    def __getitem__(self, key: str) -> Any:
        """The value recorded under `key`; an array comes back as a list. Raises KeyError."""
        if key not in self._figures:
            raise KeyError(
                f"no figure {key!r} recorded; there are: {', '.join(self._figures) or 'none'}"
            )
        return self._figures[key]["value"]

    def __contains__(self, key: str) -> bool:
        return key in self._figures

    def as_dict(self) -> dict[str, Any]:
        """What stands in `results.json`."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "profile": self.profile,
            "seed": self.seed,
            "hardware": self._hardware,
            "figures": self._figures,
            "not_run": self._not_run,
        }

    def not_run(self, what: str, needs: str) -> Markdown:
        """Writes down what this machine cannot run, and hands back the sentence that says so.

        what: a noun, as "TensorRT's build"; the same one again replaces the first. needs: a noun
        too, as "a GPU of NVIDIA". `summary` counts them. Raises ResultsError where either is empty.
        """
        if not what.strip() or not needs.strip():
            raise ResultsError("what was not run, and what it needs, must both be named")
        self._not_run[what] = needs
        self._write()
        return Markdown(f"**Not run here: {what}.** It needs {needs}.")

    def summary(self) -> Markdown:
        """What the run came to: how many figures, and everything that was not run, with its needs.

        The last cell of a lesson.
        """
        text = f"{len(self._figures)} figures recorded, profile {self.profile}, seed {self.seed}. "
        if not self._not_run:
            return Markdown(text + "Everything was run.")
        items = "".join(f"\n- {what}: not run: needs {n}" for what, n in self._not_run.items())
        return Markdown(f"{text}Not run: {len(self._not_run)}.\n{items}")

    def sentence(self, template: str) -> Markdown:
        """Markdown with each `{key}` filled in: "The teacher reaches {teacher.accuracy:.1%}."

        `{key[0]:.2f}` takes one place of a list. Raises ResultsError for a key that was not
        recorded.
        """
        return Markdown(self._fill(template))

    def table(self, rows: Sequence[Sequence[str]], columns: Sequence[str]) -> Markdown:
        """A markdown table, each cell a template as in `sentence`.

        The first column is set left, the others right.
            Raises ResultsError for a row of another length, and for a cell that is a bare number:
            record it first.
        """
        return self._table(rows, columns, "r" * (len(columns) - 1))

    def paper_table(self, rows: Sequence[PaperRow]) -> Markdown:
        """The run held against papers: claim, source, paper, here, reproduced.

        Raises ResultsError for a verdict that is not yes / partly, because … / no, because …
        """
        cells = []
        for row in rows:
            verdict = self._fill(row.verdict)
            if not _VERDICT.match(verdict):
                raise ResultsError(
                    f"{row.claim}: {verdict!r} is not 'yes', 'partly, because …' or 'no, because …'"
                )
            cells.append((row.claim, row.source, row.paper, row.here, row.verdict))
        return self._table(cells, ("claim", "source", "paper", "here", "reproduced?"), "lrrl")

    def _table(
        self, rows: Sequence[Sequence[str]], columns: Sequence[str], aligned: str
    ) -> Markdown:
        lines = [tuple(columns), tuple({"l": ":--", "r": "--:"}[side] for side in "l" + aligned)]
        for row in rows:
            if len(row) != len(columns):
                raise ResultsError(f"a row of {len(row)} cells under {len(columns)} columns: {row}")
            for cell in row:
                if not isinstance(cell, str):
                    raise ResultsError(
                        f"the cell {cell!r} is not text: record it, then name its key"
                    )
            lines.append(tuple(self._fill(cell).replace("|", r"\|") for cell in row))
        return Markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))

    def _fill(self, template: str) -> str:
        return _FigureFormatter(self).format(template)

    def _write(self) -> None:
        write_whole(self.path, self.as_dict())


class _FigureFormatter(string.Formatter):
    """str.format that takes `teacher.accuracy` as one key, not as an attribute."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def get_field(self, field_name: str, args: Sequence, kwargs: Mapping) -> tuple[Any, str]:
        key, _, place = field_name.partition("[")
        if key not in self._run:
            raise ResultsError(f"no figure {key!r} has been recorded")
        value = self._run[key]
        if place:
            try:
                value = value[int(place.removesuffix("]"))]
            except (ValueError, TypeError, IndexError) as error:
                raise ResultsError(f"{{{field_name}}} names no place of a list: {error}") from error
        return value, key

    def format_field(self, value: Any, format_spec: str) -> str:
        try:
            return super().format_field(value, format_spec)
        except (ValueError, TypeError) as error:
            raise ResultsError(
                f"{value!r} cannot be written as {format_spec!r}: {error}"
            ) from error


def _build_folder() -> Path:
    value = os.environ.get("COURSE_BUILD", "")
    return Path(value).expanduser() if value else Path(__file__).resolve().parents[1] / "build"
