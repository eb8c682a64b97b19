"""`python -m benchmarks.in_process …`: as `benchmarks.ours`, without a process for each student.

The cells run in the grader's own process, with no isolation at all: the checks, gradebook and
report are the same, so that the difference is what a process for each student costs.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Any

from benchmarks import ours
from grader import supervisor
from grader.errors import Raised
from grader.lab import KernelTarget
from grader.supervisor import Supervisor


class InProcess(Supervisor):
    """Runs a student's cells right here: the unsafe floor. There are no files."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._namespace: dict[str, Any] = {"__name__": "__main__"}

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
        self, name: str, args: Sequence[Any], kwargs: dict[str, Any], *, inputs: bool, **rest: Any
    ) -> Any:
        """As `Supervisor.call`, without a deadline."""
        return KernelTarget(self._namespace).call(name, args, kwargs, inputs)


if __name__ == "__main__":
    supervisor.Supervisor = InProcess  # before `grader.grade` takes it from there
    ours.main(sys.argv[1:])
