"""Write a lab's expected figures from runs over several seeds.

    python -m tests.notebooks.expectations OUT.json RESULTS.json [RESULTS.json …]

The results are those of `grader run SOLUTION -p seed N`, one file a seed, on one data set. Exact
figures must agree over the seeds, statistical ones get three times their range as tolerance (five
seeds show about two standard deviations of it, so this is some six), and at least one point.
Figures that are no numbers, and timings, are left out: what is measured here holds elsewhere only
as a ratio. So are statistical ones that were equal on all seeds and have no least tolerance: their
spread is not known.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from grader import notebooks
from shared.results import load_results

LEAST = {"%": 1.0, "points": 1.0, "fraction": 0.01, "nats": 0.01}  # of a tolerance
RANGES = 3.0


def expectations(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The content of expected.json."""
    first = runs[0]["figures"]
    figures = {key: row for key in first if (row := _expect(key, runs)) is not None}
    return {"schema": 1, "profile": runs[0]["profile"], "figures": figures}


def _expect(key: str, runs: list[dict[str, Any]]) -> dict[str, Any] | None:
    values = {str(run["seed"]): run["figures"][key]["value"] for run in runs}
    first = next(iter(values.values()))
    kind = runs[0]["figures"][key]["kind"]
    if kind == "exact" and all(value == first for value in values.values()):
        return {"kind": "exact", "value": first, "source": "equal on all seeds"}
    if kind == "algebraic" and np.allclose(list(values.values()), first, rtol=1e-6, atol=0):
        return {"kind": "algebraic", "value": first, "source": "equal on all seeds"}
    if kind != "statistical" or isinstance(first, list | str):
        return None
    numbers = np.array(list(values.values()), float)
    least = LEAST.get(runs[0]["figures"][key]["unit"], 0.0)
    spread = max(RANGES * float(np.ptp(numbers)), least)
    if spread == 0:  # equal by chance on these seeds, as what depends on a choice may be
        return None
    return {
        "kind": "statistical",
        "value": float(f"{numbers.mean():.6g}"),  # six digits, of 3e-7 as well
        "abs": float(f"{spread:.6g}"),
        "seeds": values,
        "source": f"mean of {len(values)} seeds; tolerance {RANGES:g} times their range",
    }


def expected_files(notebook: Path) -> dict[str, Path]:
    """The files of a notebook's expected figures, by data set."""
    found = notebook.parent.glob(f"{notebook.stem}.expected.*.json")
    return {path.suffixes[-2].lstrip("."): path for path in sorted(found)}


def main(out: Path, paths: list[Path]) -> None:
    """Read the runs and write the file."""
    content = expectations([load_results(path) for path in paths])
    notebooks.write_text(json.dumps(content, indent=1) + "\n", out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(path) for path in sys.argv[2:]])
