"""Do comparisons accept right answers, and name the mistake of wrong ones?"""

from __future__ import annotations

import numpy as np
import pytest

from grader import expect

RIGHT = np.array([[1.0, 2.0], [3.0, 4.0]])


def close(got, expected=RIGHT, **options):
    expect.close(got, expected, rtol=1e-6, atol=1e-9, what="values", **options)


def wrong(function, *args, **kwargs) -> expect.Wrong:
    with pytest.raises(expect.Wrong) as caught:
        function(*args, **kwargs)
    return caught.value


@pytest.mark.parametrize("got", [RIGHT, RIGHT.tolist(), RIGHT.astype(np.float32), RIGHT + 1e-8])
def test_are_equal_values_accepted_in_any_plain_form(got):
    close(got)


def test_is_the_likely_mistake_named():
    outcome = wrong(close, RIGHT.T, mistakes={"halved": RIGHT / 2, "transposed": RIGHT.T})
    assert outcome.mistake == "transposed"


def test_is_no_mistake_named_when_none_fits():
    assert wrong(close, RIGHT + 1, mistakes={"halved": RIGHT / 2}).mistake == ""


@pytest.mark.parametrize(
    "got",
    [None, "text", RIGHT[0], RIGHT[None], np.full((2, 2), np.nan), {"a": 1}, [[1, 2], [3]], 1.0],
)
def test_are_other_forms_wrong_and_not_a_crash(got):
    wrong(close, got)


def test_do_messages_hold_no_values():
    outcome = wrong(close, RIGHT * 1234.5)
    assert "1234" not in outcome.message and "1234" in outcome.got


def test_is_a_missing_return_recognised():
    assert "return" in wrong(close, None).mistake


def test_does_a_number_accept_one_element_and_refuse_a_batch():
    assert expect.number(np.array([2.0]), "loss") == 2.0
    assert "mean" in wrong(expect.number, RIGHT, "loss").mistake
    wrong(expect.number, float("inf"), "loss")


@pytest.mark.parametrize(("got", "right"), [(True, 1), (1.0, 1), ("a", "b"), ([1], [2])])
def test_does_equal_tell_types_and_values_apart(got, right):
    wrong(expect.equal, got, right, what="verdict")


def test_does_mapping_ask_for_exactly_the_keys():
    assert expect.mapping({"b": 1, "a": 2}, ("a", "b"), "result") == {"b": 1, "a": 2}
    assert "dict" in wrong(expect.mapping, [1], ("a",), "result").message
    wrong(expect.mapping, {"a": 1, "c": 2}, ("a", "b"), "result")
