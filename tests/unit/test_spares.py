"""Is the next process there before it is asked for, and does none outlive the grader?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from grader import cgroup
from grader.labs import ROOT
from grader.nursery import Nursery
from grader.spares import Spares

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks on Linux only")
MEMORY = 1 << 30


@pytest.fixture
def nursery(monkeypatch):
    """One that keeps the names of the threads that asked it for a fork."""
    made = Nursery(())
    made.asked = []
    fork = made.fork

    def noted(channel, output):
        made.asked.append(threading.current_thread().name)
        return fork(channel, output)

    made.fork = noted
    yield made
    made.prepare().kill()


@pytest.fixture
def spares(nursery):
    made = Spares(nursery)
    yield made
    stocked(made)
    made.end()


def take(spares: Spares, memory: int = MEMORY):
    """One, after which the next is there as well."""
    started = spares.take(memory)
    spares.replace(memory)
    stocked(spares)
    return started


def stocked(spares: Spares) -> None:
    """Wait until the thread that forks ahead has nothing left to do."""
    spares._maker.submit(int).result()


def end(started) -> None:
    pid = started.child.pid
    started.end()
    assert not Path(f"/proc/{pid}").exists()


def test_is_the_next_one_forked_ahead_by_another_thread(spares, nursery):
    first = take(spares)
    assert nursery.asked == ["MainThread", "spares_0"]
    second = take(spares)
    assert nursery.asked == ["MainThread", "spares_0", "spares_0"]
    assert first.child.pid != second.child.pid
    end(first)
    end(second)


def test_is_no_more_forked_ahead_than_is_taken(spares, nursery):
    """Where the thread that forks ahead cannot keep up, those to come do not pile up before it."""
    held = threading.Event()
    spares._maker.submit(held.wait)
    taken = []
    for _ in range(4):
        taken.append(spares.take(MEMORY))
        spares.replace(MEMORY)
    held.set()
    stocked(spares)
    assert nursery.asked.count("spares_0") == 1
    for started in taken:
        end(started)
    end(take(spares))
    assert nursery.asked.count("spares_0") == 2


@pytest.mark.skipif(cgroup.available() is None, reason="no control group can be made here")
def test_is_it_in_a_group_of_its_own_already(spares):
    groups = set()
    for _ in range(2):
        started = take(spares)
        groups.add(Path(f"/proc/{started.child.pid}/cgroup").read_text())
        end(started)
    assert len(groups) == 2 and all(cgroup.PREFIX in group for group in groups)


def test_is_one_that_died_given_to_nobody(spares):
    end(take(spares))
    ((_, spare),) = spares._stock
    os.kill(spare.child.pid, signal.SIGKILL)
    assert spare.child.wait(10) == -signal.SIGKILL
    started = spares.take(MEMORY)
    assert started is not spare and started.child.wait(0) is None
    end(started)


def test_is_one_given_to_nobody_whose_zygote_has_died(spares, nursery):
    end(take(spares))
    ((_, spare),) = spares._stock
    litter = nursery.prepare()
    litter.kill()
    assert litter.dead.wait(10)
    started = spares.take(MEMORY)
    assert started is not spare and started.child.wait(0) is None
    end(started)


def test_is_one_made_for_less_memory_given_to_nobody(spares):
    end(take(spares))
    ((_, spare),) = spares._stock
    started = spares.take(2 * MEMORY)
    assert started is not spare
    end(started)


GRADER = """
from grader import cgroup, engines
from grader.assemble import Cell
from grader.isolation import choose
from grader.supervisor import Supervisor

cell = Cell("c", "import os\\ndef f():\\n    return os.getppid()", True)
with Supervisor([cell], choose(), None, engines.Warm(())) as process:
    zygote = process.call("f", [], {}, seconds=20)
print(zygote, cgroup.available().folder if cgroup.available() else "")
"""


def test_is_nothing_left_when_python_ends():
    with subprocess.Popen(
        [sys.executable, "-c", GRADER], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as grader:
        said, _ = grader.communicate(timeout=60)
    assert grader.returncode == 0
    zygote, _, groups = said.strip().partition(" ")
    deadline = time.monotonic() + 10
    while Path("/proc", zygote).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path("/proc", zygote).exists()
    if groups:
        assert not list(Path(groups).glob(f"{cgroup.PREFIX}{grader.pid}-*"))
