"""`python -m benchmarks.in_process …`: as `benchmarks.ours`, without a process for each student.

The cells run in the grader's own process, with no isolation at all: the checks, gradebook and
report are the same, so that the difference is what a process for each student costs.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from benchmarks import ours
from grader import supervisor
from grader.assemble import Cell
from grader.errors import Missing, Outcome, Raised
from grader.lab import KernelTarget


class InProcess:
    """Stands in for `Supervisor`, and runs a student's cells right here: the unsafe floor."""

    def __init__(self, cells: Sequence[Cell], *rest: Any, **options: Any) -> None:
        self._cells = cells
        self._namespace: dict[str, Any] = {"__name__": "__main__"}
        self._target = KernelTarget(self._namespace)
        self.cell_errors: dict[str, Outcome] = {}
        self.cell_outputs: dict[str, list[dict[str, Any]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._namespace.clear()

    def start(self) -> None:
        """Run all cells."""
        for cell in self._cells:
            try:
                exec(compile(cell.source, cell.name, "exec"), self._namespace)
            except Exception as error:  # noqa: BLE001 - whatever a student's cell does
                last = traceback.extract_tb(error.__traceback__)[-1].lineno
                self.cell_errors[cell.name] = Raised(
                    type(error).__name__, str(error), last, builtin=True
                )

    def call(
        self,
        name: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        *,
        seconds: float,
        inputs: bool = False,
    ) -> Any:
        """As `Supervisor.call`, without a deadline."""
        return self._target.call(name, args, kwargs, inputs)

    def read_file(self, name: str) -> bytes:
        """There are no files."""
        raise Missing(f"The file {name} was not written.")


if __name__ == "__main__":
    supervisor.Supervisor = InProcess  # before `grader.grade` takes it from there
    ours.main(sys.argv[1:])
