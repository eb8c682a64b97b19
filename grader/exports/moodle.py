"""Moodle: a CSV file for Grades → Import → CSV file.

When importing, map `Username`, `Email address` or `ID number` to the user field of that name, the
column `… (Real)` to the grade item, and `… (Feedback)` to its feedback: Moodle drops the grades of
an item whose feedback is imported alone. A user whom Moodle does not know stops its whole import,
so students without a row in the roster are left out.
"""

from __future__ import annotations

from typing import Any

from grader.cells import csv_text, points
from grader.exports import roster as rosters
from grader.exports.roster import Roster

IDS = ("Username", "Email address", "ID number")
WITHOUT_ROSTER = "Username"  # what a student's name in the gradebook is taken for


def export(results: dict[str, Any], roster: Roster | None, column: str) -> str:
    """The file's text; students that the roster does not know are left out."""
    rows = [[*IDS, f"{column} (Real)", f"{column} (Feedback)"]]
    for submission in results["submissions"]:
        student = submission["student"]
        if not rosters.known(roster, student, IDS):
            continue
        if roster is None:
            ids = [student if name == WITHOUT_ROSTER else "" for name in IDS]
        else:
            ids = [rosters.value(roster, student, name) for name in IDS]
        rows.append([*ids, points(submission["score"]), _feedback(submission)])
    return csv_text(rows)


def _feedback(submission: dict[str, Any]) -> str:
    """Points of each exercise, what people wrote, and what was taken off: nothing that ran."""
    parts = [submission["reason"]] if submission["reason"] else []
    for exercise in submission["exercises"]:
        got = f"{points(exercise['score'])} of {points(exercise['max_score'])}"
        comment = f" ({exercise['comment']})" if exercise["comment"] else ""
        parts.append(f"{exercise['name']}: {got}{comment}")
    if submission["penalty"]:
        parts.append(f"late: -{points(submission['penalty'])}")
    return "; ".join(parts)
