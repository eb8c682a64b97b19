"""Does the reader answer every input, with cells to run or with one sentence?

`python -m tests.broken.fuzz` goes on where these few thousand inputs end.
"""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import grade, outputs, totals, wire
from grader.assemble import assemble
from grader.errors import Raised
from grader.gradebook import Gradebook
from grader.recovery import recover
from grader.submissions import Submission
from tests.broken import fuzz, reader
from tests.broken.corpus import HONEST
from tests.unit import toy_lab

quick = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None)

names = st.sampled_from(["double", "total", "imports", "double_check", "", "x"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | names,
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(), parts, max_size=4),
    max_leaves=8,
)
lines = st.sampled_from(
    [
        *("def double(x):", "    return x + x", "def total(x):", "async def save_total(p):"),
        *(
            "class total:",
            "double = total = 3",
            "'''",
            '"""',
            "# def total(x): \\",
            "%%time",
            "!ls",
        ),
        *("\ttotal", "", "\x00", "\x0c", "\r", "λ = '\\'", "def double\u2028(x): 1", "if 1: '''#"),
    ]
)
python = st.lists(lines, max_size=8).map("\n".join)
junk = st.sampled_from(fuzz.VALUES)
metadata = st.builds(lambda name: {"nbgrader": {"grade_id": name}, "tags": name}, names | junk)
cells = st.fixed_dictionaries(
    {"source": python | python.map(str.splitlines) | junk},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw"]) | junk,
        "id": names | junk,
        "input": python | junk,
        "metadata": metadata | junk,
        "outputs": junk,
    },
)
notebooks = st.fixed_dictionaries(
    {"cells": st.lists(cells | junk, max_size=6)},
    optional={
        "metadata": junk,
        "nbformat": st.integers(0, 6) | junk,
        "worksheets": st.lists(st.builds(lambda cells: {"cells": cells}, st.lists(cells) | junk)),
    },
)


@quick
@given(st.binary(max_size=300))
def test_are_bytes_of_any_kind_read_or_refused(content):
    reader.read_notebook(content)


@quick
@given(anything, st.sampled_from(["utf-8", "utf-16", "utf-32-be", "utf-8-sig"]))
def test_is_json_of_any_kind_read_or_refused(document, encoding):
    reader.read_notebook(json.dumps(document).encode(encoding))


@settings(quick, max_examples=400)
@given(notebooks)
def test_is_a_notebook_of_any_cells_read_or_refused(notebook):
    reader.read_notebook(json.dumps(notebook).encode())


@settings(quick, max_examples=200)
@given(st.lists(cells, max_size=4), st.lists(cells, max_size=4))
def test_do_answers_survive_any_cells_of_the_students_around_them(before, after):
    """Unless those claim to be the lab's cells, or go on with a function that an answer begins."""
    honest = json.loads(HONEST)
    added = [{**cell, "id": "new", "metadata": {}, "cell_type": "code"} for cell in before + after]
    for cell in added:
        cell["source"] = f"note = 1\n{cell['source']}"
    honest["cells"] = added[: len(before)] + honest["cells"] + added[len(before) :]
    notebook, _ = recover(json.dumps(honest).encode())
    assembly = assemble(reader.LAB, notebook)
    assert assembly.answer("double") == toy_lab.DOUBLE
    assert assembly.answer("total") == toy_lab.TOTAL


@pytest.mark.parametrize("seed", range(4))
def test_are_damaged_files_and_archives_read_or_refused(seed, tmp_path):
    fuzzer, pool, rng = fuzz.Fuzzer(tmp_path), fuzz.seeds(), random.Random(seed)
    for _ in range(600):
        fuzzer.feed(fuzz.mutate(rng.choice(pool), rng, pool))
    # Mutations that were refused throughout would test nothing.
    assert fuzzer.counts["read"] > 300 and fuzzer.counts["refused"] > 50
    assert fuzzer.counts["zips"] > 30
    assert fuzzer.slowest < 5


class NoProcess:
    """In place of `Supervisor`: takes the cells as it does, and has no function."""

    def __init__(self, cells, isolation, limits=None, engine=None):
        self.cell_errors, self.cell_outputs = {}, {}
        for cell in cells:
            wire.encode({"op": "cell", "source": cell.source})

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def start(self):
        pass

    def call(self, name, args, kwargs, **options):
        raise Raised("NameError", "name 'x' is not defined", 1, builtin=True)


def test_does_a_class_of_damaged_files_get_its_gradebook_and_pages(tmp_path, monkeypatch):
    monkeypatch.setattr(grade, "Supervisor", NoProcess)
    pool, rng = [seed for seed in fuzz.seeds() if not seed.startswith(fuzz.ZIP)], random.Random(9)
    found = [
        Submission(f"s{i}", f"s{i}.ipynb", fuzz.mutate(rng.choice(pool), rng, pool))
        for i in range(150)
    ]
    with Gradebook(tmp_path) as book:
        grade.grade_class(found, toy_lab.job(), book)
        results = totals.of_class(book)
        outputs.write(results, tmp_path)
        submissions = list(results["submissions"])
    by_status = Counter(one["status"] for one in submissions)
    assert by_status["graded"] > 50 and by_status["unreadable"] > 5
    assert by_status.total() == 150
    assert all(bool(one["reason"]) == (one["status"] != "graded") for one in submissions)
