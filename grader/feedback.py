"""What a learner sees after `check("…")`: as HTML in Jupyter, as text anywhere else."""

from __future__ import annotations

import html
from dataclasses import dataclass

from grader.checking import CheckResult
from grader.panel import COLOURS, panel
from grader.rubric import Exercise


@dataclass(frozen=True)
class ExerciseFeedback:
    """The visible checks of one exercise, with as many hints as there were failed attempts."""

    exercise: Exercise
    results: list[CheckResult]
    hints: tuple[str, ...]
    earned: float
    visible_points: float
    total_points: float

    @property
    def passed(self) -> bool:
        """Whether every visible check passes."""
        return all(result.verdict == "passed" for result in self.results)

    def _titles(self) -> dict[str, str]:
        return {check.name: check.title for check in self.exercise.checks}

    def _footer(self) -> str:
        hidden = sum(check.points for check in self.exercise.checks if not check.visible)
        waiting = f" {hidden:g} more here are decided by hidden checks." if hidden else ""
        return (
            f"Points so far: {self.earned:g} of the {self.visible_points:g} that the visible "
            f"checks give (the lab has {self.total_points:g}).{waiting}"
        )

    def __repr__(self) -> str:
        titles = self._titles()
        verdict = "all visible checks pass" if self.passed else "not yet"
        lines = [f"{self.exercise.title}: {verdict}"]
        for result in self.results:
            lines.append(f"  {'✓' if result.verdict == 'passed' else '✗'} {titles[result.name]}")
            for label, text in _details(result):
                lines.append(f"      {label}: " + text.replace("\n", "\n        "))
        lines += [f"  hint: {hint}" for hint in self.hints]
        return "\n".join([*lines, f"  {self._footer()}"])

    def _repr_html_(self) -> str:
        titles = self._titles()
        rows = "".join(_row(result, titles[result.name]) for result in self.results)
        hints = "".join(
            f"<div style='margin-top:.4em'><b>Hint {number}.</b> {html.escape(hint)}</div>"
            for number, hint in enumerate(self.hints, 1)
        )
        verdict = "all visible checks pass" if self.passed else "not yet"
        return panel(self.exercise.title, verdict, self.passed, rows + hints, self._footer())


def _details(result: CheckResult) -> list[tuple[str, str]]:
    parts = [
        ("what happened", result.message),
        ("expected", result.expected),
        ("came", result.got),
        ("likely mistake", result.mistake),
    ]
    return [(label, text) for label, text in parts if text]


def _row(result: CheckResult, title: str) -> str:
    passed = result.verdict == "passed"
    details = "".join(
        f"<div style='margin-left:1.6em'>{label}: {_value(label, text)}</div>"
        for label, text in _details(result)
    )
    return (
        f"<div style='margin-top:.3em'><span style='color:{COLOURS[passed]}'>"
        f"{'✓' if passed else '✗'}</span> {html.escape(title)}</div>{details}"
    )


def _value(label: str, text: str) -> str:
    if label == "likely mistake":
        return f"<b>{html.escape(text)}</b>"
    if label in ("expected", "came"):
        style = "margin:0; display:inline-block; vertical-align:top"
        return f"<pre style='{style}'>{html.escape(text)}</pre>"
    return html.escape(text)
