"""A question, or what is said about an answer to it: as HTML in Jupyter, as text anywhere else."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from grader.panel import panel
from grader.questions.model import Choice, Question, Verdict


@dataclass(frozen=True)
class QuestionFeedback:
    """verdict: None where no answer came. waiting: why there is no verdict on the one that came."""

    lesson: str
    question: Question
    verdict: Verdict | None = None
    waiting: str = ""

    @property
    def passed(self) -> bool | None:
        """Whether the answer is right; None without a verdict."""
        return self.verdict.right if self.verdict else None

    @property
    def _id(self) -> str:
        return f"{self.lesson}.{self.question.name}"

    @property
    def _word(self) -> str:
        return {True: "right", False: "not yet", None: ""}[self.passed]

    @property
    def _lines(self) -> list[tuple[str, str]]:
        """(label, text) of all that stands below the title."""
        if self.verdict:
            return [("your answer", self.verdict.given), ("", self.verdict.explanation)]
        if self.waiting:
            return [("", self.waiting)]
        if isinstance(self.question, Choice):
            return [("", self.question.text), *self.question.options.items()]
        return [("", self.question.text)]

    @property
    def _footer(self) -> str:
        if self.verdict or self.waiting:
            return ""
        if isinstance(self.question, Choice):
            letter = next(iter(self.question.options))
            return f'Answer in the cell above: check("{self._id}", "{letter}")'
        unit = f" ({self.question.unit})" if self.question.unit else ""
        return f'Answer in the cell above with a number{unit}: check("{self._id}", 0)'

    def __repr__(self) -> str:
        title = f"Question {self._id}" + (f": {self._word}" if self._word else "")
        lines = [f"  {label}: {text}" if label else f"  {text}" for label, text in self._lines]
        return "\n".join([title, *lines, *([f"  {self._footer}"] if self._footer else [])])

    def _repr_html_(self) -> str:
        body = "".join(
            f"<div style='margin-top:.3em'>{f'<b>{html.escape(label)}</b>: ' if label else ''}"
            f"{_inline(text)}</div>"
            for label, text in self._lines
        )
        return panel(f"Question {self._id}", self._word, self.passed, body, self._footer)


def _inline(text: str) -> str:
    """The text as HTML; what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
