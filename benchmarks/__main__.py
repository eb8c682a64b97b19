"""`python -m benchmarks`: measure, and write the tables."""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
from pathlib import Path

from benchmarks import graders, latency, stages, tables
from benchmarks.five_exercises import NUMBER
from benchmarks.routes import ROUTES
from benchmarks.runs import Runs
from grader.labs import ROOT

TABLES = ("latency", "stages", "growth", "graders")
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
WORK = ROOT / "build" / "benchmarks"
DESCRIPTION = """\
Measures the grader next to nbgrader, otter-grader and nbclient (graders), by stage (stages), by
size of the class (growth), and what a person waits for (latency); writes benchmarks/RESULTS.md.
The first time it builds the peers' environment (.venv-peers, minutes). Runs are kept in
build/benchmarks: what was measured is not measured again, unless --again. All of it takes some
hours on two cores; leave the machine alone meanwhile.
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    words = argparse.ArgumentParser("python -m benchmarks", description=DESCRIPTION)
    words.add_argument("tables", nargs="*", metavar="TABLE", help=f"{', '.join(TABLES)} [all]")
    words.add_argument("--quick", action="store_true", help="does it run? minutes, prints only")
    words.add_argument("--rounds", type=int, default=5, help="[5]")
    words.add_argument(
        "--costly-rounds",
        type=int,
        default=5,
        help="of the slow ways with 100 submissions or more [5]",
    )
    words.add_argument("--sizes", type=int, nargs="+", default=[20, 200], help="[20 200]")
    words.add_argument("--stacks", nargs="+", default=["numpy", "torch"], help="[numpy torch]")
    words.add_argument("--routes", nargs="+", default=[], choices=list(ROUTES), help="[all]")
    words.add_argument("--labs", nargs="+", default=None, help="by stage; 90: five exercises [all]")
    words.add_argument("--again", action="store_true", help="forget the runs made so far")
    words.add_argument("--render", action="store_true", help="measure nothing, write RESULTS.md")
    return words


def main(arguments: list[str]) -> None:
    """Measure what is asked for."""
    words = parser()
    options = words.parse_args(arguments)
    if unknown := set(options.tables) - set(TABLES):
        words.error(f"there is no table {', '.join(sorted(unknown))}")
    work = WORK / ("quick" if options.quick else "full")
    if options.again or options.quick:
        shutil.rmtree(work, ignore_errors=True)
    if options.quick:
        options.sizes, options.stacks, options.labs = [5], ["numpy"], [NUMBER]
        options.rounds = options.costly_rounds = 1
    runs = Runs(work / "runs.jsonl")
    commands = work / "commands.txt"
    if not options.render:
        work.mkdir(parents=True, exist_ok=True)
        with commands.open("a", encoding="utf-8") as lines:
            lines.write(shlex.join(["python", "-m", "benchmarks", *arguments]) + "\n")
        _measure(options, runs, work)
    text = tables.document(runs, commands.read_text(encoding="utf-8").splitlines())
    if options.quick:
        print(text)
    else:
        RESULTS.write_text(text, encoding="utf-8")
        print(f"Tables: {RESULTS}")


def _measure(options: argparse.Namespace, runs: Runs, work: Path) -> None:
    chosen = options.tables or TABLES
    if "latency" in chosen:
        latency.commands(runs, work, rounds=3 * options.rounds)
        latency.checks(runs, rounds=6 * options.rounds)
    if "stages" in chosen:
        stages.measure(runs, work / "stages", rounds=options.rounds, numbers=options.labs)
    if "growth" in chosen:
        sizes = (5, 10) if options.quick else (10, 100, 1000)
        graders.grow(runs, work, sizes=sizes, jobs=(1, 2), rounds=options.rounds)
    if "graders" in chosen:
        graders.compare(
            runs,
            work,
            stacks=options.stacks,
            sizes=options.sizes,
            rounds=options.rounds,
            costly_rounds=options.costly_rounds,
            routes=options.routes,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
