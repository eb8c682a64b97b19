"""Is the student's notebook complete, locked, and free of answers?"""

from __future__ import annotations

import nbformat
import pytest

from grader.errors import UserError
from grader.release import release, stub
from tests.unit import toy_lab


def cell(notebook, cell_id):
    return next(cell for cell in notebook.cells if cell.id == cell_id)


def test_are_answers_cut_to_stubs_that_raise():
    source = cell(toy_lab.lab(), "total").source
    assert source.count("raise NotImplementedError()") == 2
    assert "np.sum" not in source and "SOLUTION" not in source
    namespace = {}
    exec(source, namespace)
    with pytest.raises(NotImplementedError):
        namespace["total"](1)


def test_is_everything_but_the_answers_locked():
    for one in toy_lab.lab().cells:
        locked = one.metadata.get("editable") is False
        assert locked == (one.id not in toy_lab.ANSWERS)
        assert one.metadata.nbgrader.schema_version == 3


def test_are_outputs_and_volatile_metadata_gone():
    solution = toy_lab.solution()
    solution.metadata["papermill"] = {"duration": 3}
    for one in solution.cells:
        one.metadata["execution"] = {"iopub.status.busy": "now"}
    released = release(solution, toy_lab.rubric)
    assert released == toy_lab.lab()
    assert all(c.execution_count is None for c in released.cells if c.cell_type == "code")


def test_is_the_source_left_alone():
    solution = toy_lab.solution()
    before = nbformat.writes(solution)
    release(solution, toy_lab.rubric)
    assert nbformat.writes(solution) == before


@pytest.mark.parametrize(
    ("cell_id", "change"),
    [
        ("double_check", lambda c: c.metadata.nbgrader.update(points=9)),
        ("double", lambda c: c.metadata.nbgrader.update(grade_id="triple")),
        ("study", lambda c: c.update(source="### BEGIN SOLUTION\n1\n### END SOLUTION")),
        ("double", lambda c: c.update(source="def double(x):\n    return 2 * x")),
    ],
)
def test_does_a_source_that_disagrees_with_its_rubric_stop_the_release(cell_id, change):
    solution = toy_lab.solution()
    change(cell(solution, cell_id))
    with pytest.raises(UserError):
        release(solution, toy_lab.rubric)


@pytest.mark.parametrize(
    "source",
    [
        "### BEGIN SOLUTION\n1",
        "1\n### END SOLUTION",
        "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION",
    ],
)
def test_do_markers_that_do_not_match_stop_the_release(source):
    with pytest.raises(UserError):
        stub(source, "answer")
