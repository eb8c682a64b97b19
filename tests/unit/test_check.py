"""Does `check("…")` tell a learner what passed, what came, and what to try next?"""

from __future__ import annotations

import html
import time

import pytest

from grader.check import NotebookChecks
from grader.lab import KernelTarget, Resources
from tests.unit import toy_lab


@pytest.fixture
def kernel():
    namespace = {}
    return namespace, NotebookChecks(toy_lab.rubric, KernelTarget(namespace), Resources("digits"))


def test_does_a_right_answer_pass_and_earn_its_visible_points(kernel):
    namespace, check = kernel
    namespace["double"] = lambda x: 2 * x
    feedback = check("double")
    assert feedback.passed and feedback.earned == 1 and feedback.hints == ()
    assert "all visible checks pass" in repr(feedback)
    assert "2 more here are decided by hidden checks" in repr(feedback)


def test_does_a_wrong_answer_show_expected_got_and_the_likely_mistake(kernel):
    namespace, check = kernel
    namespace["double"] = lambda x: x**2
    for text in (repr(check("double")), html.unescape(check("double")._repr_html_())):
        for part in ("expected", "came", "the square is taken", "not yet"):
            assert part in text


def test_does_the_next_hint_come_on_repeated_failure_and_not_before_a_try(kernel):
    namespace, check = kernel
    assert check("double").hints == ()  # not defined yet: nothing was tried
    namespace["double"] = lambda x: x
    assert check("double").hints == ("Times two.",)
    namespace["double"] = lambda x: 2 * x
    assert check("double").hints == ()


def test_is_an_unknown_exercise_answered_with_the_names(kernel):
    with pytest.raises(KeyError, match="double, total"):
        kernel[1]("duoble")


def test_are_exceptions_shown_with_their_text_as_they_are_the_learners_own(kernel):
    namespace, check = kernel
    namespace["double"] = lambda x: 1 / 0
    assert "division by zero" in repr(check("double"))


def test_is_hostile_text_escaped(kernel):
    namespace, check = kernel

    def double(x):
        raise ValueError("<script>alert(1)</script>")

    namespace["double"] = double
    assert "<script>" not in check("double")._repr_html_()


def test_does_a_check_answer_within_a_second(kernel):
    namespace, check = kernel
    namespace["double"] = lambda x: 2 * x
    began = time.process_time()
    check("double")
    # A promise to learners, kept with a factor of 20 to spare: only a hang or an import breaks it.
    assert time.process_time() - began < 1
