"""Marks that people give: they replace the automatic points of an exercise, and stay."""

from __future__ import annotations

from pathlib import Path

from grader import outputs, totals
from grader.errors import UserError
from grader.gradebook import Gradebook


def main(
    student: str,
    exercise: str,
    points: float | None,
    *,
    out: Path,
    comment: str = "",
) -> int:
    """Give a mark, or take it back with `points` None, and write the gradebook's files anew."""
    if not (out / "gradebook.sqlite").exists():
        raise UserError(f"There is no gradebook in {out}: grade a class into it first.")
    with Gradebook(out) as book:
        _check(totals.of_class(book), student, exercise, points)
        if points is not None:
            book.mark(student, exercise, points, comment)
        elif not book.unmark(student, exercise):
            raise UserError(f"{student} has no mark in {exercise}.")
        results = totals.of_class(book)
        outputs.write(results, out)
        (found,) = (one for one in results["submissions"] if one["student"] == student)
    print(f"{student}: {found['score']:g} of {found['max_score']:g}")
    return 0


def _check(results: dict, student: str, exercise: str, points: float | None) -> None:
    students = [submission["student"] for submission in results["submissions"]]
    if student not in students:
        raise UserError(f"There is no student {student!r} in the gradebook ({len(students)} are).")
    most = {one["name"]: one["max_score"] for one in results["exercises"]}
    if exercise not in most:
        raise UserError(f"There is no exercise {exercise!r}. There are: {', '.join(most)}.")
    if points is not None and not 0 <= points <= most[exercise]:
        raise UserError(f"{exercise} has 0 to {most[exercise]:g} points, not {points:g}.")
