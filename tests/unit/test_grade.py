"""Does each submission get the score that its answers earn, and every failure its reason?"""

from __future__ import annotations

import nbformat
import pytest

from grader.checking import generator
from grader.grade import grade_submission
from grader.submissions import Submission
from tests.unit import toy_lab
from tests.unit.toy_lab import DOUBLE, TOTAL, answered


def grade(notebook, **options):
    content = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
    return grade_submission(Submission("ann", "ann.ipynb", content), toy_lab.job(**options))


def verdicts(result):
    return {
        f"{exercise['name']}.{check['name']}": check["verdict"]
        for exercise in result["exercises"]
        for check in exercise["checks"]
    }


def test_does_the_reference_score_full_marks():
    result = grade(toy_lab.solution())
    assert (result["score"], result["max_score"], result["status"]) == (6, 6, "graded")


def test_does_another_right_answer_score_full_marks():
    assert grade(answered(double=DOUBLE, total=TOTAL))["score"] == 6


def test_does_the_stub_score_nothing():
    result = grade(toy_lab.lab())
    assert result["score"] == 0
    assert set(verdicts(result).values()) == {"missing"}


def test_is_a_mistake_named_with_expected_and_got_for_a_visible_check():
    result = grade(answered(double="def double(x):\n    return x ** 2", total=TOTAL))
    check = result["exercises"][0]["checks"][0]
    assert check["mistake"] == "the square is taken" and check["expected"] and check["got"]
    assert check["hint"] == "Times two." and check["awarded"] == 0
    assert result["score"] == 5


def test_does_a_hidden_failure_tell_no_values():
    result = grade(answered(double="def double(x):\n    x *= 2\n    return x", total=TOTAL))
    check = result["exercises"][0]["checks"][1]
    assert check["verdict"] == "wrong" and check["expected"] == check["got"] == ""


def test_are_exception_texts_kept_out_of_hidden_results():
    source = "def total(x):\n    raise ValueError(str(x))\n\ndef save_total(p): pass"
    check = grade(answered(double=DOUBLE, total=source))["exercises"][1]["checks"][0]
    assert check["verdict"] == "raised" and check["got"] == ""
    assert check["message"] == "The code raised a ValueError in line 2 of its cell."


def test_does_a_failed_preparation_fail_its_exercise_only():
    source = "def total(x):\n    return x.sum()\n\ndef save_total(p):\n    return 1 / 0"
    result = grade(answered(double=DOUBLE, total=source))
    assert verdicts(result)["total.of_a_matrix"] == "raised"
    assert result["score"] == 3


def test_does_a_crash_cost_its_own_check_only():
    source = "import os\ndef double(x):\n    os._exit(0)"
    result = grade(answered(double=source, total=TOTAL))
    assert result["score"] == 3
    assert verdicts(result)["double.on_a_vector"] == "died"


def test_does_a_syntax_error_reach_the_student_as_the_reason():
    result = grade(answered(double="def double(x:", total=TOTAL))
    exercise = result["exercises"][0]
    assert "SyntaxError" in exercise["cell_error"]
    assert "SyntaxError" in exercise["checks"][0]["message"]


@pytest.mark.parametrize(
    "content",
    [b"", b"not json", b"[]", b'{"cells": 3}', b"\xff\xfe", b'{"nbformat": 4, "cells": [1]}'],
)
def test_is_an_unreadable_file_a_result_with_a_reason(content):
    result = grade(content)
    assert result["status"] == "unreadable" and result["reason"] and result["score"] == 0
    assert set(verdicts(result).values()) == {"not_run"}


def test_are_hidden_inputs_drawn_afresh_and_visible_ones_fixed():
    draws = [generator("a.b", seed).normal() for seed in ("visible", "visible", "0\nx", "1\nx")]
    assert draws[0] == draws[1] and len(set(draws)) == 3
    assert generator("a.c", "visible").normal() != draws[0]


def test_do_all_checks_of_a_random_answer_see_the_same_inputs_twice():
    notebook = answered(double="def double(x):\n    return x * x[0]", total=TOTAL)
    one, two = grade(notebook), grade(notebook)
    assert one["exercises"][0]["checks"][0]["got"] == two["exercises"][0]["checks"][0]["got"]


def test_does_a_fault_of_the_grader_itself_become_a_listed_result(monkeypatch, capsys):
    def broken(*arguments):
        raise AssertionError("a bug")

    monkeypatch.setattr("grader.grade._run_exercises", broken)
    result = grade(toy_lab.solution())
    assert result["status"] == "unreadable" and "the grader failed" in result["reason"]
    assert "Traceback" in capsys.readouterr().err
