"""Table 1: a class of five exercises, graded in each way, and table 3: how ours grows."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.five_exercises import students
from benchmarks.routes import PEERS, ROUTES, Class, Route, available, ours_with
from benchmarks.runs import Runs
from grader.labs import ROOT

LOCK = "benchmarks/requirements-peers.lock"
MANY = 100  # submissions from which on the peers' routes run `costly_rounds` times only
COSTLY = ("nbgrader", "nbclient", "kernel", "cold", "otter-api", "otter")


def build_peers() -> None:
    """The peers' environment, from its lock; nothing happens where it is there."""
    command = ["setup/environment.sh", PEERS.parent.name, LOCK]
    subprocess.run(command, cwd=ROOT, check=True)


def compare(
    runs: Runs,
    work: Path,
    *,
    stacks: Sequence[str],
    sizes: Sequence[int],
    rounds: int,
    costly_rounds: int,
    routes: Sequence[str] = (),
) -> None:
    """Table 1: in each round each route once, so that all meet the same load.

    Raises RuntimeError where a route gives other scores than the answers are worth.
    """
    build_peers()
    chosen = [name for name in available() if not routes or name in routes]
    chosen.sort(key=lambda name: COSTLY.index(name) if name in COSTLY else -1)  # quick ones first
    for stack in stacks:
        for size in sizes:
            class_ = Class(work / f"{stack}-{size}", stack, students(size))
            class_.make({ROUTES[name].form for name in chosen})
            for number in range(rounds):
                for name in chosen:
                    if size >= MANY and name in COSTLY and number >= costly_rounds:
                        continue
                    _run(runs, "graders", f"{stack}, {size}", number, ROUTES[name], class_, work)


def grow(runs: Runs, work: Path, *, sizes: Sequence[int], jobs: Sequence[int], rounds: int) -> None:
    """Table 3: our warm engine on classes of several sizes."""
    classes = {size: Class(work / f"grow-{size}", "numpy", students(size)) for size in sizes}
    for class_ in classes.values():
        class_.make({"ours"})
    for number in range(rounds):
        for count in jobs:
            for size, class_ in classes.items():
                route = ours_with(f"{size}", "", "--engine", "warm", "--jobs", str(count))
                _run(runs, "growth", f"{count} jobs", number, route, class_, work)


def _run(
    runs: Runs, table: str, case: str, number: int, route: Route, class_: Class, work: Path
) -> None:
    if runs.has(table, case, route.name, number):
        return
    cost, scores = route.run(class_, work / "run")
    expected = {student.name: student.score for student in class_.students}
    if scores != expected:
        wrong = [name for name in expected if scores.get(name) != expected[name]]
        raise RuntimeError(f"{route.name}: other scores than expected for {wrong[:5]}")
    print(
        f"{table}: {case}: {route.name}: {cost.seconds:.1f} s, {cost.cpu_seconds:.1f} s CPU",
        flush=True,
    )
    measured = asdict(cost) | {"submissions": len(class_.students)}
    runs.add(table, case, route.name, number, measured)
