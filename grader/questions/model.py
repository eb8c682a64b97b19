"""What a question is: a text, the right answer, and an explanation for each wrong one."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from numbers import Number as AnyNumber
from typing import Any, NoReturn

Figures = Mapping[str, Any]
Answer = Callable[[Figures], float]


class FigureMissing(Exception):
    """A figure that the run has not recorded yet; `key` names it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The right answer depends on the figure {key}, not measured yet.")
        self.key = key


class Recorded(Mapping[str, Any]):
    """A run's figures; remembers in `used` which were asked for."""

    def __init__(self, run: Mapping[str, Any]) -> None:
        self._run = run
        self.used: list[str] = []

    def __getitem__(self, key: str) -> Any:
        self.used.append(key)
        try:
            return self._run[key]
        except KeyError:
            raise FigureMissing(key) from None

    def __iter__(self) -> NoReturn:
        raise TypeError("ask for a figure by its key: a run can have any")

    def __len__(self) -> NoReturn:
        raise TypeError("ask for a figure by its key: a run can have any")


@dataclass(frozen=True)
class Verdict:
    """What is to be said about an answer. given: the answer, as understood."""

    right: bool
    given: str
    explanation: str


@dataclass(frozen=True)
class Choice:
    """A question with options, one of them right, and a reason (`why`) for each."""

    name: str
    text: str
    right: str
    options: Mapping[str, str]
    why: Mapping[str, str]

    def __post_init__(self) -> None:
        if len(self.options) < 2 or self.right not in self.options:
            raise ValueError(f"{self.name}: needs two options at least, the right one among them")
        if self.options.keys() != self.why.keys():
            raise ValueError(f"{self.name}: every option needs its reason, and nothing else does")
        if any(key != _letter(key) for key in self.options):
            raise ValueError(f"{self.name}: options are named by one small letter each")

    def judge(self, answer: Any, run: Mapping[str, Any]) -> Verdict:
        """Takes "b", "B" and " b) "; anything else is asked for again."""
        letter = _letter(answer)
        if letter not in self.options:
            letters = ", ".join(f'"{key}"' for key in self.options)
            return Verdict(False, repr(answer), f"Answer with one of {letters}.")
        explanation = _filled(self.why[letter], Recorded(run))
        return Verdict(letter == self.right, letter, explanation)


@dataclass
class Number:
    """A question for a number, which is computed from the figures of the learner's own run.

    unit: of the answer. rtol, atol: an answer is right within atol + rtol · |right answer|. why:
    the reading of the right answer; `{key}` and `{key:.1%}` stand for recorded figures in it.
    Calling it calls the function under the decorator.
    """

    name: str
    text: str
    unit: str
    rtol: float
    atol: float
    why: str
    answer: Answer
    mistakes: list[tuple[str, Answer]] = field(default_factory=list)

    def mistake(self, sentence: str) -> Callable[[Answer], Answer]:
        """Register the number that a usual mistake leads to; `sentence` explains it."""

        def register(function: Answer) -> Answer:
            self.mistakes.append((sentence, function))
            return function

        return register

    def __call__(self, figures: Figures) -> float:
        return self.answer(figures)

    def near(self, given: float, right: float) -> bool:
        """Whether `given` counts as `right`."""
        return abs(given - right) <= self.atol + self.rtol * abs(right)

    def judge(self, answer: Any, run: Mapping[str, Any]) -> Verdict:
        """Takes numbers, of numpy too, and text that is one."""
        given = _number(answer)
        if given is None:
            return Verdict(False, repr(answer), f"Answer with one finite number{self._in_unit}.")
        figures = Recorded(run)
        right = float(self.answer(figures))
        shown = f"{given:.6g}{' ' if self.unit else ''}{self.unit}"
        if self.near(given, right):
            return Verdict(True, shown, _filled(self.why, figures))
        for sentence, function in self.mistakes:
            if self.near(given, float(function(figures))):
                return Verdict(False, shown, _filled(sentence, figures))
        side = "large" if given > right else "small"
        return Verdict(False, shown, f"That is too {side}{self._hint(given, right)}.")

    @property
    def _in_unit(self) -> str:
        return f" ({self.unit})" if self.unit else ""

    def _hint(self, given: float, right: float) -> str:
        percent = {"%": (given * 100, "percent"), "fraction": (given / 100, "a fraction")}
        scaled, name = percent.get(self.unit, (given, ""))
        return f": the question asks for {name}" if name and self.near(scaled, right) else ""


Question = Choice | Number


class Lesson:
    """The questions of one lesson, in its order. id: its number ("01"); notebook: its stem."""

    def __init__(self, id: str, *, notebook: str) -> None:
        self.id = id
        self.notebook = notebook
        self.questions: list[Question] = []

    @cached_property
    def by_name(self) -> dict[str, Question]:
        """The questions by name ("q3")."""
        return {question.name: question for question in self.questions}

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)

    def choice(
        self,
        name: str,
        text: str,
        *,
        right: str,
        options: Mapping[str, str],
        why: Mapping[str, str],
    ) -> Choice:
        """Add a question with options. Raises ValueError where an option or a reason is missing."""
        question = Choice(name, text, right, options, why)
        self._add(question)
        return question

    def number(
        self,
        name: str,
        text: str,
        *,
        unit: str = "",
        rtol: float = 0.0,
        atol: float = 0.0,
        why: str,
    ) -> Callable[[Answer], Number]:
        """Add a question for a number; the decorated function computes it from the figures."""

        def register(function: Answer) -> Number:
            question = Number(name, text, unit, rtol, atol, why, function)
            self._add(question)
            return question

        return register

    def _add(self, question: Question) -> None:
        if any(one.name == question.name for one in self.questions):
            raise ValueError(f"lesson {self.id} has two questions called {question.name}")
        self.questions.append(question)
        self.__dict__.pop("by_name", None)


_FIGURE = re.compile(r"\{([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)(?:\[(\d+)\])?(?::([^{}]+))?\}")


def _filled(text: str, figures: Recorded) -> str:
    """The text with `{a.b}`, `{a.b:.1%}` and `{a.b[0]}` filled in; other braces (of TeX) stay."""

    def value(found: re.Match[str]) -> str:
        key, place, form = found.groups()
        figure = figures[key]
        return format(figure if place is None else figure[int(place)], form or "")

    return _FIGURE.sub(value, text)


def _letter(answer: Any) -> str:
    return answer.strip().rstrip(").").lower()[:2] if isinstance(answer, str) else ""


def _number(answer: Any) -> float | None:
    if isinstance(answer, bool):
        return None
    if hasattr(answer, "item") and getattr(answer, "size", 1) == 1:
        answer = answer.item()  # an array of numpy with one number
    if isinstance(answer, str):
        try:
            answer = float(answer)
        except ValueError:
            return None
    if not isinstance(answer, AnyNumber) or isinstance(answer, bool | complex):
        return None
    return float(answer) if math.isfinite(answer) else None
