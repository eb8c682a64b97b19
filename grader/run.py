"""Run notebooks with papermill: a profile, parameters, progress, and a clear end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.errors import UserError
from grader.labs import ROOT


def main(
    paths: Sequence[Path],
    *,
    profile: str = "quick",
    parameters: Mapping[str, Any] | None = None,
    out: Path = ROOT / "build" / "run",
) -> int:
    """Execute each notebook into `out`. Returns 0 where all ran to the end, 1 otherwise.

    The executed notebook of a failed run is kept too: it shows the cell that raised.
    """
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise UserError(f"No such notebook: {', '.join(missing)}.")
    out.mkdir(parents=True, exist_ok=True)
    results = [_run(path, {"profile": profile, **(parameters or {})}, out) for path in paths]
    return 0 if all(results) else 1


def _run(path: Path, parameters: dict[str, Any], out: Path) -> bool:
    import logging

    import papermill
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.WARNING)
    target = out / path.name
    print(f"Running {path.name} ({', '.join(f'{k}={v}' for k, v in parameters.items())})")
    try:
        papermill.execute_notebook(
            path, target, parameters=parameters, cwd=path.resolve().parent, progress_bar=True
        )
    except PapermillExecutionError as error:
        print(f"Failed in cell {error.exec_count}: {error.ename}: {error.evalue}")
        print("\n".join(f"    {line}" for line in error.source.strip().splitlines()[:12]))
        print(f"The notebook up to that cell: {target}")
        return False
    print(f"Finished: {target}")
    return True
