"""The files that people read, made from a gradebook: grades.csv, results.json, HTML pages."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from grader import notebooks, report
from grader.errors import UserError

SCHEMA = 1  # of results.json


def write(results: dict[str, Any], folder: Path) -> None:
    """Write all files, each in one step. Raises UserError where the folder takes no more."""
    try:
        notebooks.write_text(
            json.dumps(results, indent=1, ensure_ascii=False), folder / "results.json"
        )
        notebooks.write_text(csv_text(results), folder / "grades.csv")
        links = {}
        for submission in results["submissions"]:
            name = f"{report.safe_name(submission['student'])}.html"
            report.write_feedback(results, submission, folder / "feedback" / name)
            links[submission["student"]] = f"feedback/{name}"
        report.write_index(results, folder / "index.html", links)
    except OSError as error:
        raise UserError(
            f"{error.filename or folder} cannot be written ({error.strerror}). The grades are safe "
            "in the gradebook: make room, then run the same command."
        ) from error


def csv_text(results: dict[str, Any]) -> str:
    """student, lab, score, max_score, one column per exercise, status; then where it comes from.

    `score` is what counts: automatic points, marks that people gave, less the late penalty.
    """
    exercises = [exercise["name"] for exercise in results["exercises"]]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["student", "lab", "score", "max_score", *exercises, "status"]
        + ["automatic", "marked", "penalty", "comments"]
    )
    for submission in results["submissions"]:
        parts = submission["exercises"]
        comments = [f"{e['name']}: {e['comment']}" for e in parts if e.get("comment")]
        writer.writerow(
            [
                spreadsheet_safe(submission["student"]),
                results["lab"],
                f"{submission['score']:g}",
                f"{submission['max_score']:g}",
                *(f"{exercise['score']:g}" for exercise in parts),
                submission["status"],
                f"{submission['automatic']:g}",
                " ".join(e["name"] for e in parts if e.get("marked")),
                f"{submission['penalty']:g}",
                spreadsheet_safe("; ".join(comments)),
            ]
        )
    return text.getvalue()


def spreadsheet_safe(text: str) -> str:
    """A text that starts like a formula is not to run in the instructor's spreadsheet."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def summarize(results: dict[str, Any], folder: Path) -> None:
    """Print the table of the class, what could not be read, and where the report lies."""
    from rich.console import Console

    console = Console()
    console.print(report.summary_table(results))
    for submission in results["submissions"]:
        if submission["status"] != "graded":
            console.print(
                f"not graded: {submission['file']}: {submission['reason']}",
                markup=False,
                highlight=False,
            )
    for name, file in (("Grades", "grades.csv"), ("Report", "index.html")):
        console.print(f"{name}:  {folder / file}", markup=False, highlight=False, soft_wrap=True)
