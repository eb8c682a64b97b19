"""Is what is the lab's own computed once for a class, and what is a student's never shared?"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import numpy as np
import pytest

from grader import expect
from grader.grade import _grade_here
from grader.once import KEPT, once
from grader.rubric import Rubric
from grader.submissions import Submission
from tests.unit import toy_lab


def test_do_submissions_graded_at_the_same_time_compute_a_reference_once():
    computed = []

    @once
    def reference(x):
        computed.append(threading.get_ident())
        time.sleep(0.3)
        return 2 * x

    rubric = Rubric("99", "99_toy", "Toy")
    for name in ("double", "total"):
        exercise = rubric.exercise(name, title=name, difficulty=1, minutes=1)

        @exercise.check(points=1)
        def on_the_labs_data(lab):
            """The lab's own numbers."""
            expect.close(lab.double(np.ones(3)), reference(np.ones(3)), rtol=0, atol=0, what="it")

    work = toy_lab.answered(double=toy_lab.DOUBLE, total=toy_lab.TOTAL)
    content = nbformat.writes(work).encode()
    job = toy_lab.job()
    job = type(job)(rubric, job.lab, job.resources, job.isolation)
    found = [Submission(f"s{i}", f"s{i}", content) for i in range(6)]
    results = list(_grade_here(found, job, jobs=3))
    assert [result["score"] for result in results] == [2] * 6
    assert len(computed) == 1


def test_is_a_value_kept_by_content_and_cannot_it_be_changed():
    calls = []

    @once
    def stats(x, name="mean"):
        calls.append(name)
        return {"value": [x + 1]}

    first = stats(np.arange(3))
    assert stats(np.arange(3)) is first and stats(np.arange(3, dtype=np.int8)) is not first
    assert stats(np.arange(3), name="sum") is not first and len(calls) == 3
    with pytest.raises(ValueError, match="read-only"):
        first["value"][0][0] = 5
    with pytest.raises(TypeError, match="a list"):
        stats([1, 2])


def test_are_different_arguments_never_taken_for_each_other():
    @once
    def echo(*given):
        return list(given)

    for given in ((1,), (1.0,), (True,), ("1",), (b"1",), (("1",),), ("a", "b"), ("ab",), (None,)):
        assert echo(*given) == list(given)
        assert [type(one) for one in echo(*given)] == [type(one) for one in given]


def test_is_a_call_that_raises_made_again_and_are_old_values_let_go():
    calls = []

    @once
    def fragile(number):
        calls.append(number)
        if len(calls) == 1:
            raise OSError("the disk was full")
        return number

    with pytest.raises(OSError, match="full"):
        fragile(0)
    assert fragile(0) == 0
    assert [fragile(number) for number in range(KEPT + 1)][-1] == KEPT
    assert len(calls) == KEPT + 2
    fragile(0)  # let go, as it was asked for longest ago
    assert len(calls) == KEPT + 3


def test_do_threads_with_different_arguments_not_wait_for_each_other():
    inside = threading.Barrier(2, timeout=20)

    @once
    def meet(number):
        inside.wait()
        return number

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(meet, (1, 2))) == [1, 2]
