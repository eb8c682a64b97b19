"""Canvas: the CSV file that its gradebook imports (Grades → Import).

Header `Student, ID, SIS User ID, SIS Login ID, Section` and one column an assignment, then a row
`Points Possible`, then the students. Canvas finds a student by ID, SIS User ID or SIS Login ID, and
an existing assignment by a column called `Name (its id)`; another name makes a new assignment.
"""

from __future__ import annotations

from typing import Any

from grader.cells import csv_text, points
from grader.exports import roster as rosters
from grader.exports.roster import Roster

IDS = ("ID", "SIS User ID", "SIS Login ID")
WITHOUT_ROSTER = "SIS Login ID"  # what a student's name in the gradebook is taken for


def export(results: dict[str, Any], roster: Roster | None, column: str) -> str:
    """The file's text; students that the roster does not know are left out."""
    rows = [
        ["Student", *IDS, "Section", column],
        ["    Points Possible", "", "", "", "", points(results["max_score"])],
    ]
    for submission in results["submissions"]:
        student = submission["student"]
        if not rosters.known(roster, student, IDS):
            continue
        if roster is None:
            ids = [student if name == WITHOUT_ROSTER else "" for name in IDS]
        else:
            ids = [rosters.value(roster, student, name) for name in IDS]
        name = rosters.value(roster, student, "Student") or student
        section = rosters.value(roster, student, "Section")
        rows.append([name, *ids, section, points(submission["score"])])
    return csv_text(rows)
