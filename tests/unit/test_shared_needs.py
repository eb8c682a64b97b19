"""Does a cell learn what is missing, in words that fit into a sentence?"""

from __future__ import annotations

import pytest

from grader import doctor
from shared import needs


def test_is_nothing_said_where_all_is_there():
    assert needs.lacking("json", "colorsys") == ""


def test_is_each_missing_thing_named():
    assert needs.lacking("no_such_package") == "the package no_such_package"
    named = needs.lacking("no_such_a", "json", "no_such_b")
    assert named == "the package no_such_a and the package no_such_b"


def test_is_a_package_without_its_libraries_a_missing_one(tmp_path, monkeypatch):
    """It is found, and importing it fails: what TensorRT's does on a machine without a GPU."""
    (tmp_path / "half_there.py").write_text("raise ImportError('libsomething.so.11')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(needs, "_has_gpu", lambda: True)
    assert needs.lacking("half_there", gpu=True) == "the libraries of the package half_there"
    assert needs.lacking("json", gpu=True) == ""


def test_is_a_missing_gpu_said_first(monkeypatch):
    monkeypatch.setattr(needs, "_has_gpu", lambda: False)
    said = needs.lacking("no_such_package", gpu=True)
    assert said == "a GPU of NVIDIA and the package no_such_package"


@pytest.mark.parametrize(
    ("nouns", "said"), [([], ""), (["a"], "a"), (["a", "b", "c"], "a, b and c")]
)
def test_are_nouns_listed_as_one_says_them(nouns, said):
    assert needs._listed(nouns) == said


def test_do_a_lesson_and_the_doctor_say_the_same_of_tensorrt():
    """The lesson feeds engines through torch, so that it wants torch's build for GPUs as well."""
    states = {finding.name: finding.state for finding in doctor.accelerators()}
    usable = states["GPU"] == "ok" and states["TensorRT"] == "ok"
    assert (needs.lacking("tensorrt", gpu=True) == "") == usable
