"""From a solution to the lab that students get: a list of notebook → notebook steps."""

from __future__ import annotations

import copy
import re
import textwrap
from collections.abc import Callable

from nbformat import NotebookNode, from_dict

from grader import notebooks
from grader.assemble import grade_id, is_answer
from grader.errors import UserError
from grader.labs import LabFiles
from grader.rubric import Rubric

BEGIN = re.compile(r"^([ \t]*)#+ BEGIN SOLUTION\b.*$")
END = re.compile(r"^[ \t]*#+ END SOLUTION\b.*$")
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"

Step = Callable[[NotebookNode, Rubric], None]


def release(solution: NotebookNode, rubric: Rubric) -> NotebookNode:
    """The student's notebook for a solution. Raises UserError where rubric and source disagree."""
    lab = copy.deepcopy(solution)
    for step in STEPS:
        step(lab, rubric)
    return lab


def check_source(lab: NotebookNode, rubric: Rubric) -> None:
    """Every exercise has one answer cell, and one check cell with the rubric's points."""
    answers = [grade_id(cell) for cell in lab.cells if is_answer(cell)]
    if answers != [exercise.name for exercise in rubric.exercises]:
        raise UserError(
            f"{rubric.notebook}: the answer cells {answers} are not the rubric's exercises "
            f"{[exercise.name for exercise in rubric.exercises]}, in this order."
        )
    points = {
        grade_id(cell): cell.metadata.nbgrader.get("points")
        for cell in lab.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    wanted = {f"{exercise.name}_check": exercise.points for exercise in rubric.exercises}
    if points != wanted:
        wrong = sorted(set(points.items()) ^ set(wanted.items()), key=str)
        raise UserError(
            f"{rubric.notebook}: check cells and rubric disagree on the points: {wrong}."
        )


def cut_solutions(lab: NotebookNode, rubric: Rubric) -> None:
    """Replace what stands between the solution markers by a stub that raises."""
    for cell in lab.cells:
        if is_answer(cell):
            cell.source = stub(cell.source, grade_id(cell))
        elif "### BEGIN SOLUTION" in cell.source:
            raise UserError(f"{rubric.notebook}: a solution stands outside the answer cells.")


def stub(source: str, name: str) -> str:
    """`source` with each solution region cut."""
    kept: list[str] = []
    inside = False
    regions = 0
    for line in source.splitlines():
        if begin := BEGIN.match(line):
            if inside:
                raise UserError(f"{name}: BEGIN SOLUTION inside a solution.")
            inside, regions = True, regions + 1
            kept += textwrap.indent(STUB, begin[1]).splitlines()
        elif END.match(line):
            if not inside:
                raise UserError(f"{name}: END SOLUTION without BEGIN SOLUTION.")
            inside = False
        elif not inside:
            kept.append(line)
    if inside or not regions:
        raise UserError(f"{name}: needs ### BEGIN SOLUTION and ### END SOLUTION.")
    return "\n".join(kept)


def clear_outputs(lab: NotebookNode, rubric: Rubric) -> None:
    """Students run the cells themselves."""
    for cell in lab.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def lock_cells(lab: NotebookNode, rubric: Rubric) -> None:
    """Mark what is not an answer as read-only (schema 3 of nbgrader's metadata)."""
    for cell in lab.cells:
        details = cell.metadata.setdefault(
            "nbgrader",
            {
                "grade": False,
                "grade_id": cell.id,
                "locked": True,
                "schema_version": 3,
                "solution": False,
                "task": False,
            },
        )
        cell.metadata["deletable"] = False
        if details["locked"]:
            cell.metadata["editable"] = False


def keep_lasting_metadata(lab: NotebookNode, rubric: Rubric) -> None:
    """Drop what an editor or a run has left, so that two releases are equal."""
    lab.metadata = {
        "kernelspec": lab.metadata.get("kernelspec", {}),
        "language_info": {"name": "python"},
    }
    for cell in lab.cells:
        kept = {k: v for k, v in cell.metadata.items() if k in LASTING}
        cell.metadata = from_dict(kept)


LASTING = {"nbgrader", "tags", "deletable", "editable"}
STEPS: list[Step] = [check_source, cut_solutions, clear_outputs, lock_cells, keep_lasting_metadata]


def main(labs: list[LabFiles], *, check: bool = False) -> int:
    """Write each lab; with `check`, write nothing and return 1 where a lab is out of date."""
    import nbformat

    stale = 0
    for lab in labs:
        released = release(notebooks.read(lab.solution), lab.rubric())
        nbformat.validate(released)
        text = nbformat.writes(released) + "\n"
        fresh = lab.lab.exists() and lab.lab.read_text(encoding="utf-8") == text
        if check:
            print(f"{lab.lab.name}: {'up to date' if fresh else 'differs from its solution'}")
            stale += not fresh
        else:
            notebooks.write_text(text, lab.lab)
            print(f"{lab.lab.name}: {'unchanged' if fresh else 'written'}")
    if stale:
        print("Remedy: grader release")
    return 1 if stale else 0
