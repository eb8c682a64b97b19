"""Does each hostile submission get what its answers earn, and does nobody else notice it?"""

from __future__ import annotations

import sysconfig
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from grader import isolation
from grader.errors import UserError
from grader.isolation import why_not
from tests.attacks.corpus import KINDS, Attack, World, attacks

CORPUS = attacks()


@pytest.fixture
def world(tmp_path, monkeypatch) -> Iterator[World]:
    with ExitStack() as stack:
        yield World(tmp_path, monkeypatch, stack)


def named(*wanted: str) -> list[pytest.param]:
    """The attacks that say one of `wanted` of themselves, or all."""
    chosen = [one for one in CORPUS if not wanted or any(getattr(one, name) for name in wanted)]
    return [pytest.param(one, id=one.name) for one in chosen]


def skip_without(level: str) -> None:
    if reason := why_not(level):
        pytest.skip(f"{level}: {reason}")


def expect_its_due(attack: Attack, world: World, level: str) -> None:
    outcome = attack.grade(world, level)
    attacker = outcome.attacker
    assert attacker["status"] == (attack.status or "graded"), attacker["reason"]
    assert attacker["score"] in (attack.scores or {attack.score}), outcome.told
    for check, allowed in (attack.verdicts or {}).items():
        assert outcome.verdicts()[check] in allowed, outcome.told
    for name in ("honest-a", "honest-b"):
        honest = outcome.results[name]
        assert (honest["status"], honest["score"]) == ("graded", 6), honest
    assert (attack.trace or "") in outcome.told, outcome.told
    attack.assert_harmless(world, outcome)


@pytest.mark.parametrize("attack", named())
def test_does_an_attack_earn_nothing_and_harm_nobody(attack, world):
    expect_its_due(attack, world, "auto")


@pytest.mark.parametrize("attack", named("bubblewrap"))
def test_does_it_fail_behind_bubblewrap_too(attack, world):
    skip_without("bubblewrap")
    expect_its_due(attack, world, "bubblewrap")


@pytest.mark.parametrize("attack", named("harms_without_walls"))
def test_would_it_do_harm_without_walls(attack, world):
    # Otherwise the attack, or the look at its harm, is worth nothing.
    outcome = attack.grade(world, "none", alone=True)
    with pytest.raises(AssertionError):
        attack.assert_harmless(world, outcome)


def test_are_rubrics_among_the_libraries_refused(monkeypatch):
    monkeypatch.setattr(isolation, "PACKAGE", Path(sysconfig.get_path("purelib"), "grader"))
    with pytest.raises(UserError, match="--editable"):
        isolation.choose("auto")
    assert isolation.choose("none").name == "none"


def test_is_the_corpus_as_large_as_promised_and_is_each_attack_described():
    counts = Counter(one.name.split("/")[0] for one in CORPUS)
    assert sum(counts.values()) >= 62 and min(counts[kind] for kind in KINDS) >= 8
    for one in CORPUS:
        assert (one.module.__doc__ or "").strip().endswith("."), one.name
        assert one.score is not None or one.scores, one.name
