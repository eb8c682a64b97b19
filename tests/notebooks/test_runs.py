"""Do the labs' solutions run from top to bottom, and do their figures lie where they should?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.labs import ROOT, all_labs
from shared.results import compare, load_expected
from tests.conftest import data_folder
from tests.notebooks.expectations import expected_files

LABS = all_labs()

pytestmark = pytest.mark.notebooks
each_lab = pytest.mark.parametrize(
    "lab", [pytest.param(lab, marks=pytest.mark.xdist_group(f"run-{lab.number}")) for lab in LABS],
    ids=lambda lab: lab.number,
)  # fmt: skip


def run(command: list[str | Path], folder: Path, **environment: str) -> None:
    """Run a command whose notebooks leave their results below `folder`."""
    # Two run side by side on two cores, where threads of one would wait for those of the other.
    one_thread = {"OMP_NUM_THREADS": "1"}
    variables = {**os.environ, **one_thread, "COURSE_BUILD": str(folder), **environment}
    result = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env=variables, capture_output=True, text=True
    )
    # The first cell that fails tells most: those after it often fail for want of it.
    said = result.stdout[:5000] + result.stdout[-500:] + result.stderr[-3000:]
    assert result.returncode == 0, said


def results_in(folder: Path) -> dict:
    """What the only run below `folder` recorded."""
    (found,) = (folder / "runs").glob("*/results.json")
    return json.loads(found.read_text())


@each_lab
def test_does_the_quick_profile_run_on_the_offline_digits(lab, tmp_path):
    command = ["grader", "run", lab.solution, "--out", tmp_path / "run"]
    offline = {"COURSE_OFFLINE": "1", "COURSE_DATA": "", "COURSE_CACHE": str(tmp_path / "c")}
    run(command, tmp_path, **offline)
    results = results_in(tmp_path)
    assert results["profile"] == "quick"
    assert compare(results, load_expected(expected_files(lab.solution)["digits"])) == []


@each_lab
def test_does_the_committed_notebook_come_out_again(lab, tmp_path):
    """nbval runs it on the real data and compares the cells that do not vary from run to run."""
    if data_folder() is None:
        pytest.skip("the real data sets are not here: set COURSE_DATA to their folder")
    command = ["pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    run([*command, lab.solution], tmp_path, COURSE_DATA=str(data_folder()))
    (real,) = (path for name, path in expected_files(lab.solution).items() if name != "digits")
    assert compare(results_in(tmp_path), load_expected(real)) == []
