"""Table 4: what a person waits for: the command's help, an import, a check in the notebook."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.cost import measure
from benchmarks.five_exercises import TASKS, setup_cell
from benchmarks.ours import NoData
from benchmarks.ours_rubric import make_rubric
from benchmarks.routes import environment
from benchmarks.runs import Runs
from grader.check import NotebookChecks
from grader.lab import KernelTarget
from grader.labs import ROOT

if TYPE_CHECKING:
    from jupyter_client.blocking import BlockingKernelClient

COMMANDS = {
    "`python -c pass`": ["-c", "pass"],
    "`import grader`": ["-c", "import grader"],
    "`grader --help`": ["-m", "grader", "--help"],
    "`grader grade --help`": ["-m", "grader", "grade", "--help"],
}
CHECK, NOTHING, ANSWER = "`check(…)` that passes", "an empty cell", "calling the answer itself"
CELLS = {NOTHING: "pass", ANSWER: "centered(np.ones((2, 2)))", CHECK: 'check("centered")'}


def commands(runs: Runs, work: Path, *, rounds: int) -> None:
    """Processes from start to end."""
    work.mkdir(parents=True, exist_ok=True)
    for number in range(rounds):
        for name, words in COMMANDS.items():
            cost = measure(
                [sys.executable, *words],
                folder=ROOT,
                environment=environment(work, peer=False),
                log=work / "log.txt",
            )
            runs.add("latency", "command", name, number, asdict(cost))


def checks(runs: Runs, *, rounds: int) -> None:
    """Round trips to a real kernel, from the request until the kernel is idle again."""
    setup = [
        setup_cell("numpy"),
        TASKS[0].answer,
        "from benchmarks import latency\ncheck = latency.checks_in(globals())",
        *CELLS.values(),  # once each, so that all is imported
    ]
    with _kernel() as client:
        for source in setup:
            _seconds(client, source)
        for number in range(rounds):
            for name, source in CELLS.items():
                runs.add("latency", "notebook", name, number, {"seconds": _seconds(client, source)})


def checks_in(namespace: dict[str, Any]) -> NotebookChecks:
    """The `check` of a learner's notebook, for `globals()`."""
    return NotebookChecks(make_rubric("numpy"), KernelTarget(namespace), NoData())


@contextmanager
def _kernel() -> Iterator[BlockingKernelClient]:
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3", cwd=str(ROOT))
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _seconds(client: BlockingKernelClient, source: str) -> float:
    """Raises RuntimeError where the cell does."""
    shown = []
    began = time.perf_counter()
    reply = client.execute_interactive(source, timeout=120, output_hook=shown.append)
    seconds = time.perf_counter() - began
    if reply["content"]["status"] != "ok":
        raise RuntimeError(reply["content"]["evalue"])
    return seconds
