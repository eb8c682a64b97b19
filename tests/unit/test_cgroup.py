"""Is a student's process in a group of its own, where the machine has groups, and is it removed?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grader import cgroup
from grader.assemble import Cell
from grader.cgroup import Place
from grader.isolation import LEVELS, choose, why_not
from grader.supervisor import Supervisor

MOUNTS = {
    "2": "35 24 0:30 {root} {at} rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n",
    "1": "39 31 0:36 {root} {at} rw,relatime - cgroup cgroup rw,pids\n",
    "1, another controller": "39 31 0:36 {root} {at} rw,relatime - cgroup cgroup rw,cpuset\n",
}

here = pytest.mark.skipif(
    cgroup.available() is None, reason="no control group can be made here (or only by root)"
)


def found(folder: Path, version: str, own: str, root: str = "/") -> list[Place]:
    """What there is on a machine with one hierarchy, mounted on `folder`."""
    (folder / "own").write_text(own)
    (folder / "mounts").write_text(MOUNTS[version].format(root=root, at=folder))
    return cgroup.places(folder / "own", folder / "mounts")


def handing_on(folder: Path, controllers: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cgroup.subtree_control").write_text(controllers)
    return folder


def test_are_groups_made_beside_the_own_one(tmp_path):
    beside = handing_on(tmp_path / "user.slice" / "app.slice", "cpu memory pids\n")
    handing_on(beside / "run.scope", "")
    places = found(tmp_path, "2", "0::/user.slice/app.slice/run.scope\n")
    assert places == [Place(beside, ("memory.max", "pids.max"))]


def test_are_only_controllers_used_that_are_switched_on(tmp_path):
    handing_on(tmp_path, "cpu pids\n")
    assert found(tmp_path, "2", "0::/\n") == [Place(tmp_path, ("pids.max",))]
    handing_on(tmp_path, "cpu\n")
    assert found(tmp_path, "2", "0::/\n") == []


def test_is_the_hierarchy_of_the_own_container_recognized(tmp_path):
    handing_on(tmp_path, "memory pids\n")
    assert [one.folder for one in found(tmp_path, "2", "0::/box\n", root="/box")] == [tmp_path]
    assert found(tmp_path, "2", "0::/\n", root="/box") == []


def test_are_tasks_alone_limited_in_version_1(tmp_path):
    own = "8:pids:/a\n4:memory:/b\n0::/\n"
    assert found(tmp_path, "1", own) == [Place(tmp_path / "a", ("pids.max",))]
    assert found(tmp_path, "1, another controller", own) == []


def test_is_a_machine_without_groups_no_error(tmp_path):
    assert cgroup.places(tmp_path / "own", tmp_path / "mounts") == []


def test_does_a_group_say_its_limits(tmp_path):
    # A plain folder in the place of cgroupfs: what is written there can be read.
    group = cgroup.Group(Place(tmp_path, ("memory.max", "pids.max")), 1 << 30)
    group.add(7_000_000)  # a number that no process has
    (folder,) = tmp_path.iterdir()
    written = {file.name: file.read_text() for file in folder.iterdir()}
    assert written == {
        "memory.max": str(1 << 30),
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": str(cgroup.TASKS),
        "cgroup.procs": "7000000",
    }


MANY = """
import sys, threading, time
sys.stdin.readline()
try:
    for number in range(40):
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
except RuntimeError:
    print("refused after", number, flush=True)
else:
    print("all", flush=True)
time.sleep(20)
"""


@here
def test_are_threads_limited_and_is_the_group_gone_afterwards(monkeypatch):
    monkeypatch.setattr(cgroup, "TASKS", 20)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", MANY], **pipes) as process:
        group = cgroup.enclose(process.pid, 1 << 30)
        try:
            folder = group._folder
            assert folder.name in Path(f"/proc/{process.pid}/cgroup").read_text()
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.stdout.readline() == "refused after 19\n"
        finally:
            group.end()
        assert process.wait(5) < 0
    assert not folder.exists()


@here
def test_are_groups_of_graders_that_were_killed_removed():
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    folder = cgroup.available().folder
    left = folder / f"{cgroup.PREFIX}{gone.pid}-0"
    left.mkdir()
    cgroup._sweep(folder)
    assert not left.exists()


@here
@pytest.mark.parametrize("level", LEVELS)
def test_does_student_code_run_in_a_group_at_every_level(level):
    if why_not(level):
        pytest.skip(why_not(level))
    source = "def where():\n    return open('/proc/self/cgroup').read()"
    with Supervisor([Cell("where", source, answer=True)], choose(level)) as supervisor:
        assert cgroup.PREFIX in supervisor.call("where", [], {}, seconds=10)
        folder = supervisor._process._group._folder
        assert folder.is_dir()
    assert not folder.exists()
    assert "cgroup" in choose(level).description


DAEMON = """
import os, time

def begin():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            open("daemon", "w").write(str(os.getpid()))
            time.sleep(30)
        os._exit(0)
    while not os.path.exists("daemon") or not open("daemon").read():
        time.sleep(0.01)
    return int(open("daemon").read())
"""


@here
def test_does_a_daemon_end_with_its_group_even_without_walls():
    with Supervisor([Cell("begin", DAEMON, answer=True)], choose("none")) as supervisor:
        process = supervisor.call("begin", [], {}, seconds=10)
        assert Path(f"/proc/{process}").exists()
    state = Path(f"/proc/{process}/stat")
    assert not state.exists() or ") Z " in state.read_text()
