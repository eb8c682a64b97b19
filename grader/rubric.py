"""What a lab asks for: exercises and their checks, as data around plain functions.

A check is a function over a `lab` handle (`grader.lab.Lab`): it calls the student's functions by
name, and compares what comes back with a reference that it computes itself. The first line of its
docstring is its title. Points, visibility, hints and deadlines are data beside the function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from grader.errors import UserError

if TYPE_CHECKING:
    from grader.lab import Lab

CheckFunction = Callable[["Lab"], None]


@dataclass(frozen=True)
class Check:
    """One question to an answer: passes, or ends in an `Outcome`."""

    exercise: str
    name: str
    title: str
    points: float
    visible: bool
    seconds: float
    function: CheckFunction

    @property
    def id(self) -> str:
        """The name that is unique in the lab."""
        return f"{self.exercise}.{self.name}"


@dataclass
class Exercise:
    """One task with its answer cell; `name` is the answer cell's grade_id."""

    name: str
    title: str
    difficulty: int
    minutes: int
    hints: tuple[str, ...] = ()
    checks: list[Check] = field(default_factory=list)
    preparation: CheckFunction | None = None
    preparation_seconds: float = 0.0

    @property
    def points(self) -> float:
        """The sum over all checks, visible and hidden."""
        return sum(check.points for check in self.checks)

    def check(
        self, *, points: float, visible: bool = False, seconds: float = 10.0
    ) -> Callable[[CheckFunction], CheckFunction]:
        """Register a check; `seconds` is the deadline of each call that it makes."""

        def register(function: CheckFunction) -> CheckFunction:
            lines = (function.__doc__ or "").strip().splitlines()
            if not lines:
                raise ValueError(f"check {function.__name__} of {self.name} needs a docstring")
            if any(check.name == function.__name__ for check in self.checks):
                raise ValueError(f"{self.name} has two checks called {function.__name__}")
            self.checks.append(
                Check(
                    exercise=self.name,
                    name=function.__name__,
                    title=lines[0].rstrip("."),
                    points=points,
                    visible=visible,
                    seconds=seconds,
                    function=function,
                )
            )
            return function

        return register

    def prepare(self, *, seconds: float) -> Callable[[CheckFunction], CheckFunction]:
        """Register what has to run once before the checks, in grading only (a training, say)."""

        def register(function: CheckFunction) -> CheckFunction:
            self.preparation, self.preparation_seconds = function, seconds
            return function

        return register


@dataclass
class Rubric:
    """All exercises of a lab, in its order.

    `stack` names the libraries that the lab's setup cells import, out of `grader.zygote.STACKS`:
    they are imported once for a class. It is never wrong to leave one out, only slower.
    `datasets` names what its checks are made for, its own first (`shared.data`).
    """

    lab: str
    notebook: str
    title: str
    exercises: list[Exercise] = field(default_factory=list)
    stack: tuple[str, ...] = ("numpy",)
    datasets: tuple[str, ...] = ("mnist", "digits")

    def dataset(self, asked: str) -> str:
        """The data set that is meant: "auto" is the lab's own. Raises UserError for another's."""
        if asked == "auto":
            return self.datasets[0]
        if asked not in self.datasets:
            known = ", ".join(self.datasets)
            raise UserError(f"Lab {self.lab} has no checks on {asked!r}. There are: {known}, auto.")
        return asked

    def exercise(
        self, name: str, *, title: str, difficulty: int, minutes: int, hints: tuple[str, ...] = ()
    ) -> Exercise:
        """Add an exercise. `difficulty` is 1 to 5."""
        if not 1 <= difficulty <= 5:
            raise ValueError(f"difficulty of {name} is {difficulty}, not 1 to 5")
        exercise = Exercise(name, title, difficulty, minutes, hints)
        self.exercises.append(exercise)
        self.__dict__.pop("by_name", None)
        return exercise

    @cached_property
    def by_name(self) -> dict[str, Exercise]:
        """The exercises by name."""
        return {exercise.name: exercise for exercise in self.exercises}

    @property
    def points(self) -> float:
        """What a perfect submission scores."""
        return sum(exercise.points for exercise in self.exercises)
