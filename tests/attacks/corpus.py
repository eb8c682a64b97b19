"""The attacks as data: one module each, in a folder named after what it is after.

A module says in its docstring what it tries, and holds

- the hostile work: `ANSWERS` (sources of answer cells; the other cells stay right), or
  `submission(lab, world)` (a whole notebook, or the bytes of its file), or `hand_in(world, honest)`
  (writes a class in a form of its own and returns its path);
- what must come of it: `SCORE` (or `SCORES`, where chance decides), `VERDICTS` (check -> verdicts
  that are right), `STATUS`;
- optionally `arrange(world)` and `assert_unharmed(world, outcome)`: a canary and the look at it,
  `TRACE` (text that the recorded result must hold: the attempt was made, and refused), `LAB`,
  `LIMITS`, `BUBBLEWRAP` (run it there too), `HARMS_WITHOUT_WALLS` (with isolation "none" the harm
  is done, which shows that the attack is real and that its harm can be seen).

Every attempt is bounded, and aimed at files, ports and processes of the test's own.
"""

from __future__ import annotations

import functools
import importlib
import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest

from grader.checking import generator
from grader.grade import Job, describe, grade_submission
from grader.isolation import choose
from grader.lab import Resources
from grader.process import Limits
from grader.report import write_feedback
from grader.submissions import find
from tests.attacks import model_lab
from tests.unit import toy_lab

FOLDER = Path(__file__).parent
KINDS = ("verdict", "secrets", "resources", "escape", "artifacts")
LABS = {
    "toy": toy_lab,
    "model": model_lab.TFLITE,
    "onnx": model_lab.ONNX,
    "safetensors": model_lab.SAFETENSORS,
}
HONEST = {
    "toy": {"double": toy_lab.DOUBLE, "total": toy_lab.TOTAL},
    "model": model_lab.TFLITE.right,
    "onnx": model_lab.ONNX.right,
    "safetensors": model_lab.SAFETENSORS.right,
}
# Short, so that the whole corpus takes minutes; the memory is what numpy and IPython need, twice.
SHORT = Limits(
    memory=2 << 30,
    file_size=1 << 20,
    folder=8 << 20,
    files=1000,
    reply=1 << 20,
    output=1 << 20,
    artifact=1 << 20,
    cell_seconds=3.0,
    total_seconds=40.0,
    starts=4,
)
# In front of every hostile answer: what it may know, and a way to tell what it achieved.
PREAMBLE = '''
def attempt(*tries):
    """Make each try, and tell in an exception what became of it."""
    told = []
    for one in tries:
        try:
            told.append(f"DONE: {one()}")
        except BaseException as error:
            told.append(f"refused ({type(error).__name__}: {getattr(error, 'errno', '')})")
    raise RuntimeError("; ".join(told))

'''


@dataclass
class World:
    """What lies around the grader in one test: a secret, and what an attack is told of.

    `arrange` may keep on it what `assert_unharmed` looks at: a server, a process.
    """

    folder: Path
    patch: pytest.MonkeyPatch
    stack: ExitStack
    secret: str = field(default_factory=lambda: f"secret-{secrets.token_hex(8)}")
    facts: dict[str, Any] = field(default_factory=dict)  # `world` in the hostile code

    @property
    def class_folder(self) -> Path:
        """Where the submissions lie."""
        return self.folder / "class"

    def canary(self, name: str = "canary.txt") -> Path:
        """A file with the secret that anyone may read and write, as far as its mode says."""
        path = self.folder / "outside" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(self.secret)
        path.chmod(0o666)
        path.parent.chmod(0o777)
        self.facts["path"] = str(path)
        return path

    def sleeper(self, code: str = "import time; time.sleep(60)") -> subprocess.Popen[bytes]:
        """A harmless process of the test's own, ended with the test."""
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        self.stack.callback(process.stdout.close)
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        self.facts["pid"] = process.pid
        return process


@dataclass(frozen=True)
class Outcome:
    """What became of a class: its results, and all that was written about it."""

    results: dict[str, dict[str, Any]]  # by student
    told: str  # the attacker's result as JSON, without its source
    written: str  # results.json and the feedback pages of all
    hidden_values: tuple[str, ...]  # how the inputs of hidden checks would look in a text

    @property
    def attacker(self) -> dict[str, Any]:
        """The attacker's result."""
        return self.results["attacker"]

    def verdicts(self) -> dict[str, str]:
        """The attacker's verdicts by check."""
        return {
            f"{exercise['name']}.{check['name']}": check["verdict"]
            for exercise in self.attacker["exercises"]
            for check in exercise["checks"]
        }


@dataclass(frozen=True)
class Attack:
    """One module of the corpus."""

    name: str
    module: ModuleType

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.module, name.upper(), None)

    def grade(self, world: World, isolation: str, *, alone: bool = False) -> Outcome:
        """A class of two honest students and the attacker, graded at the same time."""
        lab = LABS[self.lab or "toy"]
        if arrange := getattr(self.module, "arrange", None):
            arrange(world)
        job = Job(
            rubric=lab.rubric,
            lab=lab.lab(),
            resources=Resources("digits"),
            isolation=choose(isolation),
            limits=replace(SHORT, **(self.limits or {})),
        )
        found = find(self._class(world, job), job.rubric.notebook)
        if alone:
            found = [one for one in found if one.student == "attacker"]
        with ThreadPoolExecutor(len(found)) as pool:
            graded = list(pool.map(lambda one: grade_submission(one, job), found))
        hashes = {one.student: one.sha256 for one in found}
        return _outcome(graded, job, world, hashes.get("attacker", ""))

    def assert_harmless(self, world: World, outcome: Outcome) -> None:
        """Nothing outside the student's process has changed or leaked."""
        assert world.secret not in outcome.written, "the secret is out"
        assert "DONE" not in outcome.told, f"an attempt succeeded: {outcome.told}"
        for value in outcome.hidden_values:
            assert value not in outcome.written, "an input of a hidden check is out"
        if look := getattr(self.module, "assert_unharmed", None):
            look(world, outcome)

    def _class(self, world: World, job: Job) -> Path:
        lab = LABS[self.lab or "toy"]
        right = HONEST[self.lab or "toy"]
        honest = nbformat.writes(lab.answered(**right)).encode()
        if hand_in := getattr(self.module, "hand_in", None):
            return hand_in(world, honest)
        if make := getattr(self.module, "submission", None):
            work = make(lab.answered(**right), world)
        else:
            known = f"world = {world.facts!r}\n{PREAMBLE}"
            hostile = {name: known + source for name, source in self.answers.items()}
            work = lab.answered(**{**right, **hostile})
        content = work if isinstance(work, bytes) else nbformat.writes(work).encode()
        world.class_folder.mkdir(exist_ok=True)
        for name, data in (("honest-a", honest), ("attacker", content), ("honest-b", honest)):
            (world.class_folder / f"{name}.ipynb").write_bytes(data)
        return world.class_folder


def _outcome(graded: list[dict[str, Any]], job: Job, world: World, sha256: str) -> Outcome:
    results = {result["student"]: result for result in graded}
    written = [json.dumps(graded)]
    for result in graded:
        page = world.folder / "out" / f"{len(written)}.html"
        # As `grader.totals` completes it: no marks of people, no penalty.
        exercises = [
            exercise | {"automatic": exercise["score"], "marked": False, "comment": ""}
            for exercise in result["exercises"]
        ]
        final = {"exercises": exercises, "automatic": result["score"], "penalty": 0.0}
        write_feedback({**describe(job), "submissions": graded}, result | final, page)
        written.append(page.read_text())
    attacker = results.get("attacker", {})
    told = attacker | {"exercises": [e | {"source": ""} for e in attacker.get("exercises", [])]}
    return Outcome(results, json.dumps(told), "\n".join(written), _hidden_values(job, sha256))


def _hidden_values(job: Job, sha256: str) -> tuple[str, ...]:
    """The first digits of the numbers that hidden checks of the labs here draw first."""
    values = []
    for exercise in job.rubric.exercises:
        for check in exercise.checks:
            if not check.visible:
                draws = generator(check.id, f"{job.seed}\n{sha256}").normal(size=5)
                values += [f"{abs(number):.12f}"[:10] for number in draws]
    return tuple(values)


@functools.cache
def attacks() -> tuple[Attack, ...]:
    """The whole corpus, by kind and name."""
    return tuple(_load())


def _load() -> Iterator[Attack]:
    for kind in KINDS:
        for path in sorted((FOLDER / kind).glob("[a-z]*.py")):
            module = importlib.import_module(f"tests.attacks.{kind}.{path.stem}")
            yield Attack(f"{kind}/{path.stem}", module)
