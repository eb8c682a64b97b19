"""Do the lessons' questions tell right answers from wrong ones, and say why?"""

from __future__ import annotations

import html
import json
import subprocess
import sys

import numpy as np
import pytest

import grader.questions as questions
from grader.questions import Lesson, LessonQuestions
from grader.questions.cells import where_recorded

FIGURES = {"weights.count": 100, "spread.values": [0.25, 0.5], "zero.range": 0.0}


@pytest.fixture
def lesson() -> Lesson:
    made = Lesson("77", notebook="77_example")
    made.choice(
        "q1",
        "Which one has `a < b`?",
        right="b",
        options={"a": "the first", "b": "the second"},
        why={
            "a": "It has <none>.",
            "b": "Of {weights.count}, $2^{8}$ {spread.values[1]:.0%}.",
        },
    )

    @made.number("q2", "How many bytes?", unit="bytes", atol=0.5, why="half of {weights.count:,}")
    def q2(figures):
        return figures["weights.count"] / 2

    @q2.mistake("bits, not bytes")
    def q2_bits(figures):
        return figures["weights.count"] * 4

    @made.number("q3", "Which part?", unit="fraction", rtol=0.01, why="so it is")
    def q3(figures):
        return figures["spread.values"][0]

    @made.number("q4", "How long?", unit="ms", rtol=0.1, why="read off")
    def q4(figures):
        return figures["later.median"]

    return made


@pytest.fixture
def check(lesson):
    return LessonQuestions(lesson, FIGURES)


def texts(feedback) -> tuple[str, str]:
    return repr(feedback), html.unescape(feedback._repr_html_())


def test_does_a_question_without_an_answer_show_its_options_and_not_which_is_right(check):
    feedback = check("77.q1")
    assert feedback.passed is None
    for text in texts(feedback):
        assert "the first" in text and "the second" in text and 'check("77.q1", "a")' in text
        assert "not yet" not in text and "Of 100" not in text


@pytest.mark.parametrize("answer", ["b", "B", " b) ", "b."])
def test_is_the_right_letter_taken_however_it_is_written(check, answer):
    feedback = check("q1", answer)
    assert feedback.passed is True
    for text in texts(feedback):
        assert "right" in text and "Of 100, $2^{8}$ 50%." in text


def test_is_a_wrong_letter_explained(check):
    feedback = check("77.q1", "a")
    assert feedback.passed is False
    for text in texts(feedback):
        assert "It has <none>." in text and "not yet" in text


@pytest.mark.parametrize("answer", ["c", "", "ab", "the second", 2, True, ["b"], np.zeros(2)])
def test_is_what_is_no_option_asked_for_again(check, answer):
    feedback = check("77.q1", answer)
    assert feedback.passed is False and '"a", "b"' in repr(feedback)


@pytest.mark.parametrize("answer", [50, 50.4, "50", np.float32(50), np.array([50]), np.int64(50)])
def test_is_the_right_number_taken_from_any_kind_of_number(check, answer):
    feedback = check("77.q2", answer)
    assert feedback.passed is True and "half of 100" in repr(feedback)


@pytest.mark.parametrize(
    "answer", ["fifty", float("nan"), float("inf"), True, 1j, [50, 50], {}, np.zeros(2), b"50"]
)
def test_is_what_is_no_number_asked_for_again(check, answer):
    feedback = check("77.q2", answer)
    assert feedback.passed is False and "one finite number (bytes)" in repr(feedback)


def test_is_a_usual_mistake_named_and_another_answer_placed(check):
    assert "bits, not bytes" in repr(check("77.q2", 400))
    assert "too large" in repr(check("77.q2", 51))
    assert "too small" in repr(check("77.q2", 49))
    assert not check("77.q2", 51).passed


def test_is_a_percentage_given_for_a_fraction_noticed(check):
    assert check("77.q3", 0.25).passed and check("77.q3", 0.252).passed
    assert not check("77.q3", 0.253).passed
    assert "asks for a fraction" in repr(check("77.q3", 25))
    assert "asks for" not in repr(check("77.q3", 24))


def test_is_an_unknown_question_answered_with_the_names(check):
    with pytest.raises(KeyError, match=r"77\.q1, 77\.q2, 77\.q3"):
        check("77.q9", "a")


def test_does_a_figure_that_is_not_there_name_the_cell_to_run(check, tmp_path, monkeypatch):
    write_notebook(tmp_path / "77_example.ipynb")
    monkeypatch.setattr(questions, "NOTEBOOKS", tmp_path)
    feedback = check("77.q4", 3)
    assert feedback.passed is None
    for text in texts(feedback):
        assert "later.median" in text and "“By hand” first" in text and "for name in" in text


def test_does_a_figure_without_a_notebook_still_get_an_answer(check, tmp_path, monkeypatch):
    monkeypatch.setattr(questions, "NOTEBOOKS", tmp_path)
    assert "later.median" in repr(check("77.q4", 3))


def test_are_figures_found_that_an_f_string_records(tmp_path):
    path = tmp_path / "77_example.ipynb"
    write_notebook(path)
    assert "“Sizes”" in where_recorded(path, "int8.bytes")
    assert "“By hand”" in where_recorded(path, "later.median")
    assert "“Sizes”" in where_recorded(path, "size.csr.at90")
    assert where_recorded(path, "int8.seconds") == ""
    assert where_recorded(path, "mentioned.only") == ""


def write_notebook(path):
    cells = [
        ("markdown", "# Title\nText\n## By hand"),
        ("code", 'other("mentioned.only")'),
        ("code", 'for name in names:\n    run.record("later.median", 1)'),
        ("markdown", "## Sizes\ntext"),
        ("code", 'run.record(f"{name}.bytes", 1)'),
        ("code", 'run.record(f"size.{name[:-6]}.at{100 * level:.0f}", 1)'),
    ]
    rows = [{"cell_type": kind, "source": source} for kind, source in cells]
    path.write_text(json.dumps({"cells": rows}))


def test_is_a_bad_definition_refused(lesson):
    good = {"right": "a", "options": {"a": "1", "b": "2"}, "why": {"a": "x", "b": "y"}}
    for change in (
        {"right": "c"},
        {"why": {"a": "x"}},
        {"why": {**good["why"], "c": "z"}},
        {"options": {"a": "1"}, "why": {"a": "x"}},
        {"options": {"a": "1", "B": "2"}, "why": {"a": "x", "B": "y"}},
    ):
        with pytest.raises(ValueError):
            lesson.choice("new", "?", **{**good, **change})
    with pytest.raises(ValueError, match="two questions"):
        lesson.choice("q1", "?", **good)
    assert [question.name for question in lesson] == ["q1", "q2", "q3", "q4"]


def test_is_a_lesson_without_questions_named():
    with pytest.raises(KeyError, match="No questions for a lesson '78'"):
        questions.questions_for("78", {})


def test_is_asking_cheap():
    """Do the questions come without the libraries that take seconds to import?"""
    heavy = "{'torch', 'tensorflow', 'keras', 'numpy', 'nbformat'}"
    code = f"import grader.questions, sys; print(sorted({heavy} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stderr
