"""A class's final figures: automatic points, the marks that people gave, and late penalties."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from grader import lateness
from grader.gradebook import Gradebook
from grader.outputs import SCHEMA


def of_class(book: Gradebook) -> dict[str, Any]:
    """Everything in the gradebook, in the form of results.json."""
    text = book.note("policy")
    policy = lateness.parse(text, "the gradebook's policy") if text else None
    marks = book.marks()
    submissions = [_with_marks(result, marks, policy) for result in book.results()]
    return {
        "schema": SCHEMA,
        **book.note("graded_with"),
        "seconds": round(sum(submission["seconds"] for submission in submissions), 2),
        "submissions": submissions,
    }


def _with_marks(
    result: dict[str, Any],
    marks: dict[tuple[str, str], tuple[float, str]],
    policy: lateness.Policy | None,
) -> dict[str, Any]:
    exercises = [
        _exercise(exercise, marks.get((result["student"], exercise["name"])))
        for exercise in result["exercises"]
    ]
    before = sum(exercise["score"] for exercise in exercises)
    submitted = datetime.fromisoformat(result["submitted"]) if result["submitted"] else None
    penalty = round(before * policy.share(submitted), 2) if policy else 0.0
    return {
        **result,
        "exercises": exercises,
        "automatic": result["score"],
        "penalty": penalty,
        "score": before - penalty,
    }


def _exercise(exercise: dict[str, Any], mark: tuple[float, str] | None) -> dict[str, Any]:
    points, comment = mark or (exercise["score"], "")
    return {
        **exercise,
        "automatic": exercise["score"],
        "score": points,
        "marked": mark is not None,
        "comment": comment,
    }
