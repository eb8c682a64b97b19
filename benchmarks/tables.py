"""RESULTS.md from the runs: medians, ratios, and what was aimed at."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from benchmarks import machine, stages
from benchmarks.latency import ANSWER, CHECK, COMMANDS, NOTHING
from benchmarks.routes import ROUTES
from benchmarks.runs import Run, Runs, loads, median, ratio, values

MB = 1e6
HEAD = """\
# How fast the grader is, and where the time goes

Made by {commands}. The figures are medians; n says of how many runs. A ratio is the median over
rounds of the ratio within a round, in which each way ran once, one after the other. Seconds are
those of a whole command, its start included. CPU seconds are user and system, of all processes;
where a machine has other work to do they say more than seconds. Memory is the peak of all processes
together, a page that several share counted once.
"""
GRADERS = """\
The same answers, the same two tests to each exercise, and the same scores by every way: a run that
gives others ends the benchmark. Of twenty students eight are right, eight partly, and four raise.
"×" is how many times longer (in CPU seconds: how many times more) a way takes than ours with the
warm engine, all isolation on. Ours include the gradebook, a feedback page for each student and the
report of the class; `nbgrader autograde` has its gradebook and executed notebooks, `otter run` a
results.json, the unsafe floor nothing. What *ours without any isolation* takes is the start, the
checks, the gradebook and the report; what *ours, warm engine* takes besides is the students'
processes.
"""
GRADERS_HEAD = ("", "n", "seconds", "a minute", "CPU s", "CPU ms each", "peak MB", "×", "× in CPU")
STAGES = (
    "assemble",
    "fork",
    "lock down",
    "cells",
    "calls",
    "references",
    "artifacts",
    "end",
    "rest",
    "record",
    "report",
)
WHOSE = ("**student's own**", "**lab's own**", "**overhead**")
STAGES_TEXT = """\
The reference solution, graded by the warm engine that runs already. *Cells* and *calls* are the
student's own time (with the way to the process and back); *references* is what the checks compute
themselves, *artifacts* the judge of model files. The rest is overhead: reading and assembling the
notebook, the fork, the lock-down with the shell's settling, the end of the process and its folder,
the gradebook, and the report, of which a twentieth of a class of twenty is counted. The next
process is forked ahead of need, beside all this: *fork* counts it only as far as it is waited for.
*CPU here* is that of the grader's own process, without the student's; what the next fork takes of
it falls on the stages beside it.
"""
LATENCY_TEXT = """\
Commands from their start to their end. Cells in a Jupyter kernel, from the request until the kernel
is idle again, the feedback with its HTML shown.
"""


def document(runs: Runs, commands: Sequence[str]) -> str:
    """The whole text; `commands` made the runs, one after another."""
    parts = [
        HEAD.format(commands=", ".join(f"`{one}`" for one in dict.fromkeys(commands))),
        "## Measured on\n",
        table(["", ""], machine.description()),
        f"Load average of the machine during the runs: {loads(list(runs))}. One benchmark makes "
        "1 to 2; with more, seconds are not this machine's, and CPU seconds are too many.\n",
        _aims(runs),
        _graders(runs),
        _stages(runs),
        _growth(runs),
        _latency(runs),
    ]
    return "\n".join(part for part in parts if part)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Markdown; columns of numbers to the right."""
    rows = [list(row) for row in rows]
    numbers = [all(_is_number(row[i]) for row in rows) for i in range(len(head))]
    rule = ["---:" if number and i else "---" for i, number in enumerate(numbers)]
    return "".join(f"| {' | '.join(line)} |\n" for line in [head, rule, *rows])


def _is_number(text: str) -> bool:
    return text.rstrip("×").replace(",", "").replace(".", "", 1).isdigit() or text in ("", "–")


def figure(value: float | None) -> str:
    """Two or three digits that mean something; – for what was not measured."""
    if value is None:
        return "–"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def times(value: float | None) -> str:
    """A ratio."""
    return "–" if value is None else f"{figure(value)}×"


def _aims(runs: Runs) -> str:
    rows = [[aim, here] for aim, here in aims(runs) if here != "–"]
    return "\n".join(["## Aims, and what was reached\n", table(["aim", "here"], rows)])


def aims(runs: Runs) -> list[tuple[str, str]]:
    """Each aim with what was measured; – where it was not."""
    found = []
    for size, nbgrader, otter in ((20, 25, 60), (200, 60, 150)):
        for name, least in (("nbgrader", nbgrader), ("otter", otter)):
            for stack in ("numpy", "torch"):
                aim = f"{size} submissions with {stack}: {least} times {ROUTES[name].label}"
                found.append((aim, _faster(runs.of("graders", f"{stack}, {size}"), "warm", name)))
    for stack in ("numpy", "torch"):
        for floor in ("exec", "in-process"):
            aim = f"200 with {stack}: at most 1.5 times {ROUTES[floor].label}"
            found.append((aim, _faster(runs.of("graders", f"{stack}, 200"), floor, "warm")))
    for case in runs.cases("stages"):
        of = runs.of("stages", case)
        wall, cpu = (
            figure(statistics.median(1000 * stages.sums(r.values, kind)["overhead"] for r in of))
            for kind in ("", stages.CPU)
        )
        text = f"{wall} ms ({cpu} ms of CPU in the grader's process)"
        found.append((f"overhead at most 30 ms a submission ({_lab(case)})", text))
    of = runs.of("latency")
    for name, aim in (("`grader --help`", "under 200 ms"), (CHECK, "under 50 ms")):
        seconds = values(of, name, "seconds")
        text = f"{figure(1000 * median(seconds))} ms" if seconds else "–"
        if seconds and name in COMMANDS:
            text += f" ({figure(1000 * median(values(of, name, 'cpu_seconds')))} ms of CPU)"
        found.append((f"{name} {aim}", text))
    for case in runs.cases("graders"):
        of = runs.of("graders", case)
        ours, theirs = (values(of, name, "memory") for name in ("warm", "nbgrader"))
        text = "–"
        if ours and theirs:
            text = f"{figure(median(ours) / MB)} MB, nbgrader {figure(median(theirs) / MB)} MB"
        found.append((f"peak memory below nbgrader's ({case})", text))
    return found


def _faster(runs: list[Run], one: str, other: str) -> str:
    """How many times longer than `one` the `other` takes."""
    wall, cpu = (
        ratio(values(runs, other, name), values(runs, one, name))
        for name in ("seconds", "cpu_seconds")
    )
    return "–" if wall is None else f"{times(wall)} ({times(cpu)} in CPU)"


def _graders(runs: Runs) -> str:
    parts = ["## 1. A class of five small exercises, in each grader's form\n", GRADERS]
    for case in runs.cases("graders"):
        stack, size = case.split(", ")
        of = runs.of("graders", case)
        title = f"### {size} submissions that import {stack}\n"
        parts += [title, table(GRADERS_HEAD, _grader_rows(of)), f"Load: {loads(of)}.\n"]
    return "\n".join(parts) if runs.cases("graders") else ""


def _grader_rows(runs: list[Run]) -> Iterable[list[str]]:
    seconds, cpu = (values(runs, "warm", name) for name in ("seconds", "cpu_seconds"))
    for name, route in ROUTES.items():
        found = values(runs, name, "seconds")
        if not found:
            continue
        size = median(values(runs, name, "submissions"))
        used = values(runs, name, "cpu_seconds")
        numbers = (
            median(found),
            60 * size / median(found),
            median(used),
            1000 * median(used) / size,
            median(values(runs, name, "memory")) / MB,
        )
        ratios = (ratio(found, seconds), ratio(used, cpu))
        yield [route.label, str(len(found)), *map(figure, numbers), *map(times, ratios)]


def _lab(case: str) -> str:
    return "the five exercises" if case == "90" else f"lab {case}"


def _stages(runs: Runs) -> str:
    columns = []
    for case in runs.cases("stages"):
        of = runs.of("stages", case)
        for kind, suffix in (("time", ""), ("CPU here", stages.CPU)):
            found = [
                [1000 * run.values.get(stage + suffix, 0.0) for stage in STAGES]
                + [1000 * one for one in stages.sums(run.values, suffix).values()]
                for run in of
            ]
            medians = map(statistics.median, zip(*found, strict=True))
            columns.append([f"{_lab(case)}, {kind} (n {len(of)})", *map(figure, medians)])
    names = ["milliseconds", *STAGES, *WHOSE]
    head, *rows = zip(names, *columns, strict=True)
    title = "## 2. One submission, by stage\n"
    load = f"Load: {loads(runs.of('stages'))}.\n"
    return "\n".join([title, STAGES_TEXT, table(head, rows), load]) if columns else ""


def _growth(runs: Runs) -> str:
    rows, slopes = [], []
    for case in runs.cases("growth"):
        of = runs.of("growth", case)
        own = {}
        for size in sorted({run.variant for run in of}, key=int):
            seconds = values(of, size, "seconds")
            own[int(size)] = median(values(of, size, "own_memory"))
            cpu, memory = (median(values(of, size, name)) for name in ("cpu_seconds", "memory"))
            row = [median(seconds), 60 * int(size) / median(seconds), cpu, 1000 * cpu / int(size)]
            row += [memory / MB, own[int(size)] / MB]
            rows.append([size, case.split()[0], str(len(seconds)), *map(figure, row)])
        if len(own) > 1:
            small, large = sorted(own)[-2:]
            bytes_each = (own[large] - own[small]) / (large - small)
            jobs = "1 job" if case == "1 jobs" else case
            slopes.append(
                f"With {jobs} the grader's own process grows by {bytes_each:,.0f} bytes a "
                f"submission from {small} to {large}. Its Python objects are less than 1,024 of "
                "them (tests/unit/test_scale.py).\n"
            )
    head = ["submissions", "jobs", "n", "seconds", "a minute", "CPU s", "CPU ms each"]
    head += ["peak MB", "supervisor MB"]
    title = "## 3. From ten submissions to a thousand, warm engine\n"
    load = f"Load: {loads(runs.of('growth'))}.\n"
    return "\n".join([title, table(head, rows), *slopes, load]) if rows else ""


def _latency(runs: Runs) -> str:
    of = runs.of("latency")
    rows = []
    for name in (*COMMANDS, NOTHING, ANSWER, CHECK):
        found = values(of, name, "seconds")
        if found:
            cpu = ""
            if name in COMMANDS:
                cpu = figure(1000 * median(values(of, name, "cpu_seconds")))
            shown = (min(found.values()), median(found), max(found.values()))
            rows.append([name, str(len(found)), *(figure(1000 * one) for one in shown), cpu])
    head = ["milliseconds", "n", "least", "median", "most", "CPU"]
    title = "## 4. What a person waits for\n"
    load = f"Load: {loads(of)}.\n"
    return "\n".join([title, LATENCY_TEXT, table(head, rows), load]) if rows else ""
