"""The files that people read, made from a gradebook: grades.csv, results.json, HTML pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader import cells, notebooks, report
from grader.errors import UserError

SCHEMA = 1  # of results.json
ORIGIN = ("automatic", "marked", "penalty", "comments")  # of a score, the last columns of the CSV


def write(results: dict[str, Any], folder: Path) -> None:
    """Write all files, each in one step. Raises UserError where the folder takes no more."""
    try:
        links = {}
        with notebooks.replaced(folder / "results.json") as file:
            for text in _json_texts(results):
                file.write(text.encode("utf-8", "backslashreplace"))
        notebooks.write_text(csv_text(results), folder / "grades.csv")
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


def _json_texts(results: dict[str, Any]) -> Iterator[str]:
    """The results as JSON, piece by piece: a class of thousands is never held as one text."""
    head = json.dumps({**results, "submissions": []}, indent=1, ensure_ascii=False)
    yield head.removesuffix("[]\n}") + "["
    comma = ""
    for submission in results["submissions"]:
        text = json.dumps(submission, indent=1, ensure_ascii=False)
        yield f"{comma}\n  " + text.replace("\n", "\n  ")
        comma = ","
    yield "\n ]\n}"


def csv_text(results: dict[str, Any]) -> str:
    """student, lab, score, max_score, one column per exercise, status; then where it comes from.

    `score` is what counts: automatic points, marks that people gave, less the late penalty.
    """
    return cells.csv_text(_csv_rows(results))


def _csv_rows(results: dict[str, Any]) -> Iterator[list[str]]:
    names = [exercise["name"] for exercise in results["exercises"]]
    yield ["student", "lab", "score", "max_score", *names, "status", *ORIGIN]
    for submission in results["submissions"]:
        parts = submission["exercises"]
        yield [
            submission["student"],
            results["lab"],
            cells.points(submission["score"]),
            cells.points(submission["max_score"]),
            *(cells.points(exercise["score"]) for exercise in parts),
            submission["status"],
            cells.points(submission["automatic"]),
            " ".join(exercise["name"] for exercise in parts if exercise["marked"]),
            cells.points(submission["penalty"]),
            "; ".join(f"{e['name']}: {e['comment']}" for e in parts if e["comment"]),
        ]


def summarize(results: dict[str, Any], folder: Path) -> int:
    """Print the table of the class, what could not be read, and where the report lies.

    Returns how many submissions got no verdict.
    """
    from rich.console import Console

    console = Console()
    console.print(report.summary_table(results))
    unreadable = 0
    for submission in results["submissions"]:
        if submission["status"] != "graded":
            unreadable += 1
            console.print(
                f"not graded: {submission['file']}: {submission['reason']}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
    for name, file in (("Grades", "grades.csv"), ("Report", "index.html")):
        console.print(f"{name}:  {folder / file}", markup=False, highlight=False, soft_wrap=True)
    return unreadable
