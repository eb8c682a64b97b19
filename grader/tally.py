"""How a class did, in numbers: added up from one submission after the other, none of them kept."""

from __future__ import annotations

import statistics
from array import array
from collections import Counter
from dataclasses import dataclass
from typing import Any

MAX_BINS = 16
MAX_NOTES = 3  # of a submission, shown on the class page
TROUBLE = ("timed_out", "out_of_memory", "died", "too_much_output")


@dataclass(frozen=True)
class Bin:
    """A bar of the histogram: `count` students with low <= score < high."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class CheckFigures:
    """How a class did in one check; `otherwise` counts the verdicts other than passed."""

    exercise: int  # its number in the lab, from 1
    title: str
    points: float
    visible: bool
    passed: int
    students: int
    otherwise: tuple[tuple[str, int], ...]

    @property
    def rate(self) -> float:
        """The share that passed, 0 to 1."""
        return self.passed / self.students if self.students else 0.0


@dataclass(frozen=True)
class ExerciseFigures:
    """How a class did in one exercise; `passed` counts full marks, `mean` is in points."""

    number: int
    title: str
    difficulty: int
    minutes: float
    max_score: float
    passed: int
    students: int
    mean: float

    @property
    def rate(self) -> float:
        """The share with full marks, 0 to 1."""
        return self.passed / self.students if self.students else 0.0


@dataclass(frozen=True)
class ClassFigures:
    """What the class page shows, computed from the graded submissions alone."""

    graded: int
    unreadable: int
    full_marks: int
    mean: float  # points; 0 where nothing was graded, as is the median
    median: float
    bins: list[Bin]
    exercises: list[ExerciseFigures]
    checks: list[CheckFigures]  # hardest first
    mistakes: list[tuple[int, str, int]]  # exercise number, sentence, students; frequent first


def class_figures(results: dict[str, Any]) -> ClassFigures:
    """The numbers of the class page, of results in the form of results.json."""
    return tally(results).figures()


def tally(results: dict[str, Any]) -> Tally:
    """All of `results["submissions"]`, counted."""
    counted = Tally(results)
    for submission in results["submissions"]:
        counted.add(submission)
    return counted


class Tally:
    """What the class page shows, of the lab that `definition` (results.json) describes.

    `unreadable` holds student, file, reason and seconds of what got no verdict. `incidents` holds
    graded submissions that a person should look at (student and notes), and why: how many checks
    ended in which trouble.
    """

    def __init__(self, definition: dict[str, Any]) -> None:
        self.max_score = definition["max_score"]
        self.unreadable: list[dict[str, Any]] = []
        self.incidents: list[tuple[dict[str, Any], list[tuple[str, int]]]] = []
        self._scores = array("d")
        self._exercises = {
            exercise["name"]: _ExerciseTally(number, exercise)
            for number, exercise in enumerate(definition["exercises"], 1)
        }

    def add(self, submission: dict[str, Any]) -> None:
        """Count one of `results["submissions"]`."""
        if submission["status"] != "graded":
            kept = ("student", "file", "reason", "seconds", "status")
            self.unreadable.append({name: submission[name] for name in kept})
            return
        self._scores.append(submission["score"])
        troubles = Counter()
        for exercise in submission["exercises"]:
            troubles.update(c["verdict"] for c in exercise["checks"] if c["verdict"] in TROUBLE)
            if exercise["name"] in self._exercises:
                self._exercises[exercise["name"]].add(exercise)
        if submission["notes"] or troubles:
            some = {"student": submission["student"], "notes": submission["notes"][:MAX_NOTES]}
            self.incidents.append((some, list(troubles.items())))

    def figures(self) -> ClassFigures:
        """The numbers so far."""
        scores, exercises = self._scores, self._exercises.values()
        mistakes = [
            (one.number, sentence, count)
            for one in exercises
            for sentence, count in one.mistakes.items()
        ]
        checks = [check for one in exercises for check in one.check_figures()]
        return ClassFigures(
            graded=len(scores),
            unreadable=len(self.unreadable),
            full_marks=sum(score >= self.max_score for score in scores),
            mean=statistics.fmean(scores) if scores else 0.0,
            median=statistics.median(scores) if scores else 0.0,
            bins=_bins(scores, self.max_score),
            exercises=[one.figures() for one in exercises],
            checks=sorted(checks, key=lambda check: check.rate),
            mistakes=sorted(mistakes, key=lambda item: (-item[2], item[:2])),
        )


class _ExerciseTally:
    def __init__(self, number: int, definition: dict[str, Any]) -> None:
        self.number, self.definition = number, definition
        self.mistakes: Counter[str] = Counter()
        self._scores = array("d")
        self._verdicts = {check["name"]: Counter() for check in definition["checks"]}

    def add(self, exercise: dict[str, Any]) -> None:
        self._scores.append(exercise["score"])
        for check in exercise["checks"]:
            if check["name"] in self._verdicts:
                self._verdicts[check["name"]][check["verdict"]] += 1
        # A student who makes a mistake twice makes it once here.
        self.mistakes.update({check["mistake"] for check in exercise["checks"]} - {""})

    def figures(self) -> ExerciseFigures:
        return ExerciseFigures(
            number=self.number,
            title=self.definition["title"],
            difficulty=self.definition["difficulty"],
            minutes=self.definition["minutes"],
            max_score=self.definition["max_score"],
            passed=sum(score >= self.definition["max_score"] for score in self._scores),
            students=len(self._scores),
            mean=statistics.fmean(self._scores) if self._scores else 0.0,
        )

    def check_figures(self) -> list[CheckFigures]:
        return [
            CheckFigures(
                exercise=self.number,
                title=check["title"],
                points=check["points"],
                visible=check["visible"],
                passed=verdicts["passed"],
                students=verdicts.total(),
                otherwise=tuple((v, n) for v, n in verdicts.most_common() if v != "passed"),
            )
            for check in self.definition["checks"]
            for verdicts in [self._verdicts[check["name"]]]
        ]


def _bins(scores: array[float], max_score: float) -> list[Bin]:
    """Bars of equal width from 0 on, at most `MAX_BINS`; the last one holds full marks."""
    steps = (step * 10**power for power in range(9) for step in (1, 2, 5))
    width = next(step for step in steps if max_score // step < MAX_BINS)
    last = int(max_score // width)
    counts = Counter(min(max(int(score // width), 0), last) for score in scores)
    return [Bin(i * width, (i + 1) * width, counts[i]) for i in range(last + 1)]
