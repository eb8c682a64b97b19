"""A class's final figures: automatic points, the marks that people gave, and late penalties."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from grader import lateness
from grader.gradebook import Gradebook
from grader.outputs import SCHEMA


class Submissions:
    """Final results by student, read from the gradebook anew each time that they are gone through.

    So a class of thousands is never in memory. The gradebook must stay open as long.
    """

    def __init__(self, book: Gradebook) -> None:
        text = book.note("policy")
        self._policy = lateness.parse(text, "the gradebook's policy") if text else None
        self._book = book

    def __len__(self) -> int:
        return self._book.count()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        marks = self._book.marks()
        for result in self._book.results():
            yield _with_marks(result, marks, self._policy)


def of_class(book: Gradebook) -> dict[str, Any]:
    """Everything in the gradebook, in the form of results.json: `submissions` is `Submissions`."""
    return {
        "schema": SCHEMA,
        **book.note("graded_with"),
        "seconds": round(sum(book.seconds().values()), 2),
        "submissions": Submissions(book),
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
