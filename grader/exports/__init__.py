"""Out to where people keep marks: one module a target.

From a gradebook (`export(results, roster, column) -> str`): Canvas, Moodle, JUnit XML.
For a lab (`export(files, isolation) -> bytes`): Gradescope, GitHub Classroom, nbgrader's source.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from grader.errors import UserError

FROM_GRADEBOOK = ("canvas", "moodle", "junit")
FOR_LAB = ("gradescope", "classroom", "nbgrader")
TARGETS = FROM_GRADEBOOK + FOR_LAB


def main(
    target: str,
    *,
    out: Path,
    grades: Path | None = None,
    lab: str | None = None,
    roster: Path | None = None,
    column: str | None = None,
    isolation: str = "auto",
) -> int:
    """Write one target's file to `out`.

    `grades` is the folder of a gradebook, for what is made from one; `lab` a lab's number or name,
    for the others. Returns 1 where students are left out of the file, who are listed with their
    points, else 0.
    """
    if target in FOR_LAB:
        if lab is None or grades is not None:
            raise UserError(f"{target} is set up for a lab, not from grades: give --lab only.")
        return _of_lab(target, lab, out, isolation)
    if grades is None or lab is not None:
        raise UserError(f"{target} is made from a gradebook: give --from only, its folder.")
    return _of_gradebook(target, grades, out, roster, column)


def _of_lab(target: str, lab: str, out: Path, isolation: str) -> int:
    from grader.labs import find_lab

    content = _module(target).export(find_lab(lab), isolation)
    _write(content, out)
    print(f"{out}: written")
    return 0


def _of_gradebook(
    target: str, grades: Path, out: Path, roster: Path | None, column: str | None
) -> int:
    from grader.exports import roster as rosters

    known = rosters.read(roster) if roster else None
    results = _results(grades)
    module = _module(target)
    text = module.export(results, known, column or f"Lab {results['lab']}")
    _write(text.encode(), out)
    ids = getattr(module, "IDS", None)  # a target without them takes every student
    submissions = results["submissions"]
    left_out = [one for one in submissions if ids and not rosters.known(known, one["student"], ids)]
    print(f"{out}: {len(submissions) - len(left_out)} of {len(submissions)} students")
    for one in left_out:
        print(
            f"left out, not in the roster: {one['student']!r}, "
            f"{one['score']:g} of {one['max_score']:g} points"
        )
    for one in submissions:
        if one["status"] != "graded":
            print(f"not graded: {one['student']!r}: {one['reason']}; {one['score']:g} points")
    if ids:
        here = {one["student"] for one in submissions}
        for student in sorted(set(known or {}) - here):
            print(f"in the roster only: {student!r}")
    return 1 if left_out else 0


def _module(target: str) -> Any:
    return importlib.import_module(f"grader.exports.{target}")


def _results(folder: Path) -> dict[str, Any]:
    from grader import totals
    from grader.gradebook import Gradebook

    if not (folder / "gradebook.sqlite").exists():
        raise UserError(f"There is no gradebook in {folder}: grade a class into it first.")
    with Gradebook(folder) as book:
        if book.note("graded_with") is None:
            raise UserError(f"The gradebook in {folder} is empty: grade a class into it first.")
        results = totals.of_class(book)
        return results | {"submissions": list(results["submissions"])}


def _write(content: bytes, path: Path) -> None:
    from grader import notebooks

    try:
        notebooks.write_bytes(content, path)
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}).") from error
