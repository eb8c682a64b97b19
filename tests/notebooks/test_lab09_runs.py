"""Does lab 09's solution run from top to bottom, and do its figures lie where they should?"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from grader.labs import ROOT, find_lab
from shared.results import compare, load_expected
from tests.conftest import data_folder

LAB = find_lab("09")

pytestmark = [pytest.mark.notebooks, pytest.mark.xdist_group("lab09_runs")]


def run(folder, **environment):
    """Execute the solution by the command that the README names; the run's results.json."""
    variables = {**os.environ, "COURSE_BUILD": str(folder), **environment}
    command = [sys.executable, "-m", "grader", "run", LAB.solution, "--out", folder / "run"]
    result = subprocess.run(command, env=variables, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    (found,) = (folder / "runs").glob("*/results.json")
    return json.loads(found.read_text())


def deviations(results, dataset):
    expected = load_expected(LAB.solution.with_suffix(f".expected.{dataset}.json"))
    return compare(results, expected)


def test_does_the_quick_profile_run_on_the_offline_digits(tmp_path):
    results = run(tmp_path, COURSE_OFFLINE="1", COURSE_DATA="", COURSE_CACHE=str(tmp_path / "c"))
    assert results["profile"] == "quick"
    assert deviations(results, "digits") == []


def test_does_the_quick_profile_run_on_mnist(tmp_path):
    if data_folder() is None:
        pytest.skip("MNIST is not here: set COURSE_DATA to its folder")
    assert deviations(run(tmp_path, COURSE_DATA=str(data_folder())), "mnist") == []


def test_do_the_exact_cells_give_what_is_committed():
    """nbval re-runs the notebook and compares the cells that are not marked as varying."""
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "no:xdist", LAB.solution]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[-3000:]
