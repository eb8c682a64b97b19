"""Does our source work as nbgrader's, and does nbgrader come to the same scores as we do?

nbgrader runs in its own environment, the notebooks' kernel in the course's. Lab 09 is only made
into an assignment here: to autograde it takes its whole training for each student.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from grader import notebooks
from grader.exports.nbgrader import source
from grader.grade import grade_submission
from grader.labs import ROOT, all_labs
from grader.submissions import Submission
from tests.unit import toy_lab
from tests.unit.toy_lab import DOUBLE, TOTAL

NBGRADER = Path(os.environ.get("NBGRADER_PYTHON", ROOT / ".venv-nbgrader" / "bin" / "python"))
pytestmark = [
    pytest.mark.endtoend,
    pytest.mark.skipif(
        not NBGRADER.exists(),
        reason="nbgrader's environment is not here: make test builds it (or set NBGRADER_PYTHON)",
    ),
]

# What `checks_for("09", globals())` is in a lab of the course.
CHECKS = """\
from grader.check import NotebookChecks
from grader.lab import KernelTarget, Resources
from tests.unit import toy_lab

check = NotebookChecks(toy_lab.rubric, KernelTarget(globals()), Resources("digits"))
"""
NOISY = """\
import logging, os, sys, warnings
handler = logging.StreamHandler()
logging.getLogger("library").addHandler(handler)

def double(x):
    warnings.warn("deprecated")
    print("to stderr", file=sys.stderr)
    os.write(2, b"past Python")
    logging.getLogger("library").warning("through a handler of before")
    return 2 * x
"""
NAME = toy_lab.rubric.notebook
CLASS = {
    "right": {"double": DOUBLE, "total": TOTAL},
    "noisy": {"double": NOISY, "total": TOTAL},
    "partly": {"double": "def double(x):\n    x *= 2\n    return x", "total": TOTAL},
    "stub": {},
}


def with_checks(notebook):
    """The notebook with the cell that makes `check`, after its imports."""
    details = toy_lab.details("make_check")
    notebook.cells.insert(2, new_code_cell(CHECKS, id="make_check", metadata=details))
    return notebook


def nbgrader(course, assignment, *options):
    """What nbgrader prints on the course in a folder; its kernels run in this environment."""
    kernel = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
        "env": {"PYTHONPATH": str(ROOT)},
    }
    notebooks.write_text(json.dumps(kernel), course / "jupyter" / "kernels/python3/kernel.json")
    result = subprocess.run(
        [NBGRADER, ROOT / "tests" / "endtoend" / "nbgrader_course.py", assignment, *options],
        cwd=course,
        env=os.environ
        | {
            "JUPYTER_PATH": str(course / "jupyter"),
            "PATH": f"{NBGRADER.parent}{os.pathsep}{os.environ['PATH']}",  # it calls alembic
        },
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return json.loads(result.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def agreed(tmp_path_factory):
    """The class graded by nbgrader, and by us: points by student and exercise."""
    course = tmp_path_factory.mktemp("course")
    notebooks.write(source(with_checks(toy_lab.solution()), toy_lab.rubric), part(course, "source"))
    job = toy_lab.job()
    ours = {}
    for student, sources in CLASS.items():
        answered = with_checks(toy_lab.answered(**sources))
        notebooks.write(answered, part(course, "submitted", student))
        content = nbformat.writes(answered).encode()
        result = grade_submission(Submission(student, student, content), job)
        ours[student] = {one["name"]: one["score"] for one in result["exercises"]}
    return course, nbgrader(course, NAME, "--autograde")["scores"], ours


def part(course, step, student="."):
    """Where nbgrader keeps the lab's notebook at one of its steps."""
    return course / step / student / NAME / f"{NAME}.ipynb"


def points(double, total):
    return {"double_check": double, "total_check": total}


def test_does_nbgrader_come_to_the_same_scores(agreed):
    """Right, partly right, not answered: exercise by exercise, hidden checks included?"""
    _, theirs, ours = agreed
    assert theirs == {student: points(**scores) for student, scores in ours.items()}
    assert theirs == {
        "right": points(3, 3),
        "noisy": points(3, 3),
        "partly": points(1, 3),
        "stub": points(0, 0),
    }


def test_does_the_graded_notebook_say_which_check_failed(agreed):
    course, _, _ = agreed
    graded = notebooks.read(part(course, "autograded", "partly"))
    (cell,) = [cell for cell in graded.cells if cell.source == 'check("double")']
    (output,) = cell.outputs
    assert output.data["text/plain"] == "1.0"
    assert "Works on a copy: <b>wrong</b>" in "".join(output.data["text/html"])


def test_does_the_solution_as_it_stands_work_for_what_nbgrader_makes_of_it(tmp_path):
    """Source copied, assignment made, answered by a student, graded: by nbgrader alone?"""
    notebooks.write(with_checks(toy_lab.solution()), part(tmp_path, "source"))
    assert nbgrader(tmp_path, NAME)["stubs"] == 3
    answered = notebooks.read(part(tmp_path, "release"))
    for cell in answered.cells:
        cell.source = CLASS["partly"].get(cell.id, cell.source)
    notebooks.write(answered, part(tmp_path, "submitted", "partly"))
    assert nbgrader(tmp_path, NAME, "--autograde")["scores"] == {"partly": points(1, 3)}


@pytest.mark.parametrize("lab", all_labs(), ids=lambda lab: lab.number)
def test_does_nbgrader_make_an_assignment_of_a_solution(lab, tmp_path):
    if not lab.solution.exists():
        pytest.skip("solutions/ is not in this copy")
    named = source(notebooks.read(lab.solution), lab.rubric())
    notebooks.write(named, tmp_path / "source" / lab.name / f"{lab.name}.ipynb")
    report = nbgrader(tmp_path, lab.name)
    assert report["stubs"] >= len(lab.rubric().exercises)
