"""One check on one submission: run it, and turn whatever happens into a recorded result."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

import numpy as np

from grader.errors import Outcome, Raised
from grader.expect import Wrong
from grader.lab import Lab, Resources, Target
from grader.rubric import Check, CheckFunction


@dataclass(frozen=True)
class CheckResult:
    """The verdict of a check. `expected` and `got` hold values: for visible checks only."""

    name: str
    points: float
    awarded: float
    visible: bool
    verdict: str
    message: str = ""
    mistake: str = ""
    expected: str = ""
    got: str = ""
    hint: str = ""
    seconds: float = 0.0


def generator(check_id: str, seed: str) -> np.random.Generator:
    """A random generator that depends on the check and on `seed`, and on nothing else."""
    digest = hashlib.sha256(f"{check_id}\n{seed}".encode()).digest()
    return np.random.default_rng(np.frombuffer(digest, np.uint32))


def outcome_of(function: CheckFunction, lab: Lab) -> Outcome | None:
    """None where `function` passes; whatever the answer's form does to it is an `Outcome`."""
    try:
        function(lab)
    except Outcome as outcome:
        return outcome
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # A check that indexes into an answer of another form than it expected.
        return Wrong(
            f"The answer has a form that the check cannot read ({type(error).__name__}).",
            got=str(error),
        )
    return None


def run_check(
    check: Check, target: Target, resources: Resources, seed: str, blocked: Outcome | None = None
) -> CheckResult:
    """Run `check`; `seed` draws its inputs. `blocked` is what already went wrong before it."""
    began = time.monotonic()
    lab = Lab(target, generator(check.id, seed), resources)
    outcome = blocked or outcome_of(check.function, lab)
    return CheckResult(
        name=check.name,
        points=check.points,
        awarded=0.0 if outcome else check.points,
        visible=check.visible,
        verdict=outcome.verdict if outcome else "passed",
        message=outcome.message if outcome else "",
        mistake=getattr(outcome, "mistake", ""),
        expected=getattr(outcome, "expected", "") if check.visible else "",
        got=_got(outcome) if check.visible else "",
        seconds=round(time.monotonic() - began, 3),
    )


def _got(outcome: Outcome | None) -> str:
    if isinstance(outcome, Raised):
        return outcome.detail
    return getattr(outcome, "got", "")
