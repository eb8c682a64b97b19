"""Questions in the lessons: `check("01.q3", answer)` says whether an answer is right, and why not.

Nothing here is graded. A question with options has its right one in `grader/questions/lessonNN.py`;
a question for a number has a function there that computes the right answer, and those that come out
of usual mistakes, from the figures that the learner's own run has recorded.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from grader.questions.cells import where_recorded
from grader.questions.feedback import QuestionFeedback
from grader.questions.model import Choice, FigureMissing, Lesson, Number, Question

__all__ = [
    "Choice",
    "FigureMissing",
    "Lesson",
    "LessonQuestions",
    "Number",
    "Question",
    "QuestionFeedback",
    "find_lesson",
    "questions_for",
]

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def questions_for(lesson: str, run: Mapping[str, Any]) -> LessonQuestions:
    """The `check` function of a lesson's notebook.

    lesson: its number, as "01". run: whatever gives a recorded figure for its key, `run[key]`, and
    raises KeyError for one that is not there: a `shared.results.Run`, or a dict.

    Example: `check = questions_for("01", run)`; `check("01.q3")` shows the question, and
    `check("01.q3", 12)` answers it.
    """
    return LessonQuestions(find_lesson(lesson), run)


def find_lesson(number: str) -> Lesson:
    """The questions of a lesson. Raises KeyError, naming those that have some, for another."""
    known = _known()
    if number not in known:
        raise KeyError(f"No questions for a lesson {number!r}. There are: {', '.join(known)}.")
    return importlib.import_module(f"grader.questions.lesson{number}").lesson


def _known() -> Iterable[str]:
    files = sorted(Path(__file__).parent.glob("lesson[0-9][0-9].py"))
    return [file.stem.removeprefix("lesson") for file in files]


class LessonQuestions:
    """Shows the questions of one lesson and answers for one run of its notebook."""

    def __init__(self, lesson: Lesson, run: Mapping[str, Any]) -> None:
        self._lesson = lesson
        self._run = run

    def __call__(self, question: str, answer: Any = None) -> QuestionFeedback:
        """Show a question ("01.q3", or "q3"), or say whether `answer` is right.

        Raises KeyError, listing the names, for an unknown question. An answer of another kind is
        told so in the feedback: it never raises.
        """
        lesson = self._lesson
        asked = lesson.by_name.get(re.sub(f"^{lesson.id}\\.", "", str(question)))
        if asked is None:
            names = ", ".join(f"{lesson.id}.{name}" for name in lesson.by_name)
            raise KeyError(f"There is no question {question!r}. There are: {names}.")
        if answer is None:
            return QuestionFeedback(lesson.id, asked)
        try:
            verdict = asked.judge(answer, self._run)
        except FigureMissing as missing:
            place = where_recorded(NOTEBOOKS / f"{lesson.notebook}.ipynb", missing.key)
            return QuestionFeedback(lesson.id, asked, waiting=f"{missing} {place}")
        return QuestionFeedback(lesson.id, asked, verdict)
