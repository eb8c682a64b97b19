"""A control group around each student's process: its tasks, and its memory, counted together.

Where the grader may make groups, and only with the controllers that are switched on there already:
in version 2 beside its own group (or below it), where memory and the number of tasks are limited;
in version 1 the number of tasks only, as its memory controller is on its way out of the kernel.
What a machine offers is found out by doing it once, with a process of the grader's own.

Without groups the other limits stand: rlimits of each process, which bound its address space, and
its threads where it has a user id of its own.

References: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/pids.rst of the Linux kernel.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

TASKS = 512  # processes and threads of one student's process together
PREFIX = "course-grader-"
REMOVAL_SECONDS = 2.0
_numbers = itertools.count()


@dataclass(frozen=True)
class Place:
    """A folder of cgroupfs where the grader makes groups, and which limits they can hold."""

    folder: Path
    limits: tuple[str, ...]  # of "memory.max", "pids.max"


class Group:
    """A group for one student's process. `end` removes it with all that is in it."""

    def __init__(self, place: Place, memory: int) -> None:
        name = f"{PREFIX}{os.getpid()}-{next(_numbers)}"
        self._folder = place.folder / name
        self._folder.mkdir()
        try:
            for limit in place.limits:
                value = {"memory.max": memory, "pids.max": TASKS}[limit]
                (self._folder / limit).write_text(str(value))
            if "memory.max" in place.limits:
                for name, value in (("memory.swap.max", 0), ("memory.oom.group", 1)):
                    with contextlib.suppress(OSError):  # not in every kernel
                        (self._folder / name).write_text(str(value))
        except OSError:
            self._folder.rmdir()
            raise

    def add(self, process: int) -> None:
        """Move a process and its children here, threads included."""
        (self._folder / "cgroup.procs").write_text(str(process))
        for child in children(process):
            with contextlib.suppress(ProcessLookupError):  # it has ended
                self.add(child)

    def end(self) -> None:
        """Kill what is still in the group, and remove it."""
        deadline = time.monotonic() + REMOVAL_SECONDS
        while time.monotonic() < deadline:
            try:
                for process in (self._folder / "cgroup.procs").read_text().split():
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.kill(int(process), signal.SIGKILL)
                self._folder.rmdir()
                return
            except FileNotFoundError:
                return
            except OSError:
                time.sleep(0.01)  # busy: what was killed is still on its way out


def enclose(process: int, memory: int) -> Group | None:
    """A process, and its children, in a group of their own. None where there are no groups."""
    place = available()
    if place is None:
        return None
    group = None
    try:
        group = Group(place, memory)
        group.add(process)
    except OSError:  # it has ended by now, or the groups have changed: the rlimits stand
        if group is not None:
            group.end()
        return None
    return group


def children(process: int) -> list[int]:
    """Process ids of the children of all threads of a process."""
    found: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, path.read_text().split())
    return found


def describe() -> str:
    """In words what a group limits here, "" where there are none."""
    place = available()
    words = {"memory.max": "memory", "pids.max": "tasks"}
    return f"cgroup ({', '.join(words[name] for name in place.limits)})" if place else ""


@functools.cache
def available() -> Place | None:
    """Where groups can be made, None where this machine, or its administrator, lets us not."""
    for place in places(Path("/proc/self/cgroup"), Path("/proc/self/mountinfo")):
        if _works(place):
            _sweep(place.folder)
            return place
    return None


def places(own: Path, mounts: Path) -> list[Place]:
    """Where groups could be made, the best first, from /proc/self/cgroup and …/mountinfo."""
    try:
        groups = [line.split(":", 2) for line in own.read_text().splitlines()]
        mounted = [line.split() for line in mounts.read_text().splitlines()]
    except OSError:
        return []
    found = []
    for _, controllers, path in groups:
        if controllers and "pids" not in controllers.split(","):
            continue
        for words in mounted:
            kind, options = words[words.index("-") + 1], words[-1].split(",")
            if kind == ("cgroup" if controllers else "cgroup2") and (
                not controllers or "pids" in options
            ):
                root, at = words[3], Path(words[4])
                if not Path(path).is_relative_to(root):
                    continue
                folder = at / Path(path).relative_to(root)
                if controllers:
                    found.append(Place(folder, ("pids.max",)))
                else:
                    # A group with processes can hand no limits on, unless it is the first of all.
                    beside = [folder.parent] if folder != at else []
                    found += [Place(one, _limits(one)) for one in (*beside, folder)]
    return sorted(
        (place for place in found if place.limits), key=lambda one: len(one.limits), reverse=True
    )


def _limits(folder: Path) -> tuple[str, ...]:
    """What groups below a folder of version 2 can limit."""
    try:
        handed_on = (folder / "cgroup.subtree_control").read_text().split()
    except OSError:
        return ()
    return tuple(f"{name}.max" for name in ("memory", "pids") if name in handed_on)


def _works(place: Place) -> bool:
    """Whether a process of ours can be put into a group there, and taken out of it by its end."""
    try:
        group = Group(place, 1 << 30)
    except OSError:
        return False
    try:
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as probe:
            group.add(probe.pid)
    except OSError:
        return False
    finally:
        group.end()
    return True


def _sweep(folder: Path) -> None:
    """Remove the empty groups of graders that were killed."""
    for left in folder.glob(f"{PREFIX}*-*"):
        owner = left.name.removeprefix(PREFIX).split("-")[0]
        if not Path("/proc", owner).exists():
            with contextlib.suppress(OSError):  # something runs in it
                left.rmdir()
