"""Is all read from a notebook file that can be, in time and memory that its size bounds?

The files of `tests/broken/` show the single damages.
"""

from __future__ import annotations

import json
import time

import nbformat
import pytest

from grader.answers import definitions, same
from grader.recovery import MAX_TEXT, recover, shrink
from tests.unit import toy_lab

SECONDS = 20  # on a busy machine; quadratic time would be hours


def test_does_nothing_of_a_sound_notebook_get_lost_that_assembling_needs():
    notebook = toy_lab.solution()
    recovered, notes = recover(nbformat.writes(notebook).encode())
    assert notes == []
    for mine, theirs in zip(recovered.cells, notebook.cells, strict=True):
        assert (mine.cell_type, mine.id, mine.source) == (
            theirs.cell_type,
            theirs.id,
            theirs.source,
        )
        name = theirs.metadata.get("nbgrader", {}).get("grade_id")
        assert mine.metadata.get("nbgrader", {}).get("grade_id") == name


def test_is_a_large_file_made_small_and_read_as_before():
    notebook = toy_lab.solution()
    for cell in notebook.cells:
        text = ['"]}\\ outputs": [\n'] * 200_000
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
        cell["attachments"] = {"outputs": {"image/png": '{"attachments": {'}}
    content = json.dumps(notebook).encode()
    assert len(content) > MAX_TEXT > 100 * len(shrink(content))
    assert recover(content) == recover(nbformat.writes(toy_lab.solution()).encode())


@pytest.mark.parametrize("start", [b"", b'{"cells":[', b'{"cell_type":"code","source":"'])
@pytest.mark.parametrize(
    "part",
    [b'"\\', b'"', b"[", b'{"id":', b'"outputs":[', b'"outputs" ', b'"outputs":', b"{ ", b"[],"],
)
def test_does_reading_take_time_in_proportion_to_the_file(part, start):
    began = time.monotonic()
    with pytest.raises(ValueError):
        recover(start + part * (1_000_000 // len(part)))
    with pytest.raises(ValueError):
        recover(start + part * (20_000_000 // len(part)))
    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize(
    "part", ["'''", '"', "\\", "def ", "a :", "async ", " \t\n", " a\n", "'\\"]
)
@pytest.mark.parametrize("start", ["", "'''", " x\n"])
def test_does_looking_into_a_cell_take_time_in_proportion_to_it(part, start):
    source = start + part * (500_000 // len(part))
    began = time.monotonic()
    definitions(source)
    same(source, source)
    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize("error", [MemoryError, OverflowError, RecursionError])
def test_is_a_file_that_is_too_much_for_the_reader_refused(error, monkeypatch):
    def fail(document):
        raise error

    monkeypatch.setattr("grader.recovery._cells", fail)
    with pytest.raises(ValueError, match="too large, or nested too deeply"):
        recover(nbformat.writes(toy_lab.solution()).encode())
