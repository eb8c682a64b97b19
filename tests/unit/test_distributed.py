"""Does a class that several machines grade get the results of one, each exactly once?"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from grader import distributed, grade, notebooks
from grader.errors import UserError
from grader.grade import make_job
from grader.gradebook import Gradebook
from grader.isolation import Isolation, choose, why_not
from grader.labs import ROOT, LabFiles
from grader.rubric import Rubric
from grader.submissions import Submission
from tests.unit import toy_lab
from tests.unit.toy_lab import TOTAL, answered

pytestmark = pytest.mark.skipif(
    bool(why_not("landlock") and why_not("bubblewrap")), reason="needs isolation"
)
STUDENTS = 12
# Long enough for a worker to be killed in the middle of it.
SLOW = "import time\ndef double(x):\n    time.sleep(0.3)\n    return {} * x"

# `dask …`; importing scikit-learn for its digits would take longer than all the rest.
WORKER = """
from dask.__main__ import main
from grader import fingerprint, grade
from tests.unit.test_distributed import no_data
grade.Resources = no_data
{}
main()
"""
OTHER_PACKAGES = "fingerprint.of_environment = lambda: 'other packages'"


def no_data(name: str) -> SimpleNamespace:
    """The `Resources` of a lab without a data set."""
    return SimpleNamespace(dataset=SimpleNamespace(name=name), unseen=None)


@dataclass(frozen=True)
class ToyFiles(LabFiles):
    """The toy lab, released into a folder that all workers see."""

    folder: str = ""

    @property
    def lab(self) -> Path:
        return Path(self.folder, "99_toy.ipynb")

    def rubric(self) -> Rubric:
        return toy_lab.rubric


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ToyFiles:
    files = ToyFiles("99", "99_toy", str(tmp_path))
    notebooks.write(toy_lab.lab(), files.lab)
    monkeypatch.setattr(grade, "find_lab", lambda text: files)
    monkeypatch.setattr(grade, "Resources", no_data)
    return files


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def python(*words: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Python in the course's folder, as a person starts it there."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1", "COURSE_OFFLINE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler; workers are started by the test."""
    with ExitStack() as stack:
        yield Cluster(stack, tmp_path)


class Cluster:
    """A scheduler on this machine, and workers."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack, self._folder = stack, folder
        self._names = iter("abcdef")
        self.address = f"tcp://127.0.0.1:{free_port()}"
        words = ("scheduler", "--host", self.address, "--no-dashboard", "--no-jupyter")
        self.scheduler = self._start("-m", "dask", *words)

    def worker(self, more: str = "") -> subprocess.Popen[bytes]:
        """A worker of one thread, in one process, so that its end is its end."""
        words = ("--no-nanny", "--nthreads", "1", "--memory-limit", "0", "--no-dashboard")
        place = ("--local-directory", str(self._folder))
        return self._start("-c", WORKER.format(more), "worker", self.address, *words, *place)

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        log = self._folder / f"{next(self._names)}.log"
        return self._stack.enter_context(python(*words, log=log))


@pytest.fixture
def class_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "submitted"
    folder.mkdir()
    for number in range(STUDENTS):
        notebook = answered(double=SLOW.format(2 + number % 2), total=f"# {number}\n{TOTAL}")
        nbformat.write(notebook, folder / f"student{number:02}.ipynb")
    (folder / "unreadable.ipynb").write_text("not a notebook")
    return folder


def results(out: Path) -> list[dict]:
    """A gradebook's results, without what differs from run to run."""
    with Gradebook(out) as book:
        text = json.dumps(list(book.results()))
    return json.loads(text, object_hook=lambda d: {k: v for k, v in d.items() if k != "seconds"})


def test_is_each_submission_graded_once_though_a_worker_is_killed(
    cluster: Cluster,
    files: ToyFiles,
    class_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    """Kill -9 in mid-run, a worker with other packages: are the results those of one machine?"""
    doomed = cluster.worker()
    cluster.worker()
    cluster.worker(OTHER_PACKAGES)
    recorded = []

    def record(book: Gradebook, result: dict, *rest: object) -> None:
        recorded.append(result["student"])
        if len(recorded) == 3:
            doomed.send_signal(signal.SIGKILL)
        kept(book, result, *rest)

    kept = Gradebook.record
    monkeypatch.setattr(Gradebook, "record", record)
    options = {"lab": "99", "dataset": "digits"}
    there = tmp_path / "there"
    assert grade.main(class_folder, out=there, scheduler=cluster.address, **options) == 1
    assert doomed.wait(10) == -signal.SIGKILL
    assert len(recorded) == len(set(recorded)) == STUDENTS + 1
    told = capsys.readouterr().err
    assert told.count("is sent away: it differs from here in: environment") == 1

    here = tmp_path / "here"
    assert grade.main(class_folder, out=here, jobs=4, **options) == 1
    assert results(there) == results(here)
    assert {one["score"] for one in results(there)} == {0, 5, 6}


def test_is_a_cluster_that_cannot_grade_told_in_a_sentence(
    cluster: Cluster, files: ToyFiles, monkeypatch: pytest.MonkeyPatch
):
    """No workers, no scheduler any more, no scheduler at all: is there an end, and a reason?"""
    monkeypatch.setattr(distributed, "WORKER_SECONDS", 1.0)
    monkeypatch.setattr(distributed, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(distributed, "CONNECT_SECONDS", 20.0)
    job = make_job(files, choose(), dataset="digits")
    one = Submission("ann", "ann.ipynb", nbformat.writes(toy_lab.solution()).encode())
    with pytest.raises(UserError, match="has no workers.*the same command goes on"):
        list(distributed.grade([one], job, files, cluster.address))

    monkeypatch.setattr(distributed, "WORKER_SECONDS", 60.0)
    monkeypatch.setattr(distributed, "CONNECT_SECONDS", 2.0)
    threading.Timer(2, cluster.scheduler.kill).start()
    with pytest.raises(UserError, match="was lost"):
        list(distributed.grade([one], job, files, cluster.address))
    with pytest.raises(UserError, match="There is no Dask scheduler at"):
        list(distributed.grade([one], job, files, cluster.address))


def test_is_a_submission_sent_again_whose_result_went_with_its_worker():
    """Not for ever; and at once told, where the scheduler itself is gone."""
    client, vanished = SimpleNamespace(status="running"), SimpleNamespace(status="lost")
    one = Submission("ann", "ann.ipynb")
    course = distributed._Class(client, "tcp://127.0.0.1:9", [], None, None)
    for losses in range(1, distributed.MAX_GONE + 1):
        assert course._result(vanished, one) is None
        assert list(course._waiting) == [one] * losses
    with pytest.raises(UserError, match="was lost"):
        course._result(vanished, one)
    client.status = "connecting"
    with pytest.raises(UserError, match="was lost"):
        course._result(vanished, Submission("bob", "bob.ipynb"))


def test_is_code_without_walls_kept_away_from_a_cluster(files: ToyFiles):
    """Student code that may open sockets could command every machine: is it refused?"""
    job = make_job(files, Isolation("none", "none"), dataset="digits")
    with pytest.raises(UserError, match="does not go with --isolation none"):
        list(distributed.grade([], job, files, "tcp://127.0.0.1:9"))
