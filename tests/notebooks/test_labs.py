"""Are the labs what their solutions say, and does nbgrader read both?"""

from __future__ import annotations

import json
import subprocess

import nbformat
import pytest

from grader import notebooks
from grader.assemble import is_answer
from grader.labs import ROOT, all_labs
from grader.release import main, release

LABS = all_labs()
NBGRADER = ROOT / ".venv-nbgrader" / "bin" / "python"


def test_is_no_lab_out_of_date(capsys):
    assert main(LABS, check=True) == 0, capsys.readouterr().out


def test_does_a_change_in_a_solution_make_the_check_fail(tmp_path, monkeypatch, capsys):
    solution = notebooks.read(LABS[0].solution)
    solution.cells[0].source += "\nOne more sentence."
    changed = tmp_path / "solutions" / LABS[0].solution.name
    notebooks.write(solution, changed)
    notebooks.write(notebooks.read(LABS[0].lab), tmp_path / "labs" / LABS[0].lab.name)
    monkeypatch.setattr("grader.labs.ROOT", tmp_path)
    assert main([LABS[0]], check=True) == 1
    assert "grader release" in capsys.readouterr().out


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.number)
def test_does_nbgraders_own_validation_pass(lab):
    if not NBGRADER.exists():
        pytest.skip("nbgrader's environment is not here: make test builds it")
    script = ROOT / "tests" / "notebooks" / "nbgrader_validate.py"
    result = subprocess.run(
        [NBGRADER, script, lab.solution, lab.lab], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr[-2000:]
    exercises = len(lab.rubric().exercises)
    assert result.stdout.count(f"valid, {exercises} stubs") == 2


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.number)
def test_does_nbgrader_cut_the_same_stubs(lab):
    """Does the lab that nbgrader would make leave the same cells empty?"""
    released = release(notebooks.read(lab.solution), lab.rubric())
    for cell in released.cells:
        assert ("raise NotImplementedError()" in cell.source) == is_answer(cell)


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.number)
def test_is_a_committed_notebook_free_of_what_changes_from_run_to_run(lab):
    text = lab.solution.read_text(encoding="utf-8")
    assert len(text) < 1_500_000
    notebook = nbformat.reads(text, as_version=4)
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"nbgrader", "tags"}
        assert "data:image" not in cell.source
        assert "tqdm" not in json.dumps(cell.get("outputs", []))
    executed = [cell for cell in notebook.cells if cell.get("outputs")]
    assert executed, "committed notebooks are executed"


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.number)
def test_are_cells_short_enough_to_read(lab):
    for cell in notebooks.read(lab.solution).cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 45, cell.source[:200]
