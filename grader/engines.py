"""Ways to get a student's process: forked from a warm zygote, started cold, or a Jupyter kernel.

All give the same scores; they differ in seconds.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from grader import isolation, nursery, wire
from grader.errors import UserError
from grader.isolation import Isolation
from grader.labs import find_lab
from grader.process import Limits, Started, StudentProcess, student_environment
from grader.spares import Spares

ENGINES = ("warm", "cold", "kernel")


class Engine(Protocol):
    """Starts student processes."""

    def prepare(self) -> None:
        """Begin with what takes long, without waiting for it."""

    def start(self, folder: Path, isolation: Isolation, limits: Limits) -> StudentProcess:
        """A locked-down process in `folder`, which belongs to it. May raise `Lost`."""


class ColdChild:
    """An interpreter that was started for one submission."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._ended = threading.Event()
        self.pid = process.pid

    def wait(self, seconds: float) -> int | None:
        """The exit code, None where it still runs after `seconds`."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> int:
        """Kill it with its group, and wait until it is gone; its exit code."""
        if not self._ended.is_set():
            self._ended.set()  # once: the number may be somebody else's later
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        return self._process.wait()


class Cold:
    """Starts an interpreter for each process: seconds with TensorFlow, and it works anywhere.

    `module` is what it runs: `grader.child`, or `grader.kernel`, which is a Jupyter kernel.
    """

    def __init__(self, module: str = "grader.child") -> None:
        self._module = module

    def prepare(self) -> None:
        """There is nothing to do beforehand."""

    def start(self, folder: Path, isolation: Isolation, limits: Limits) -> StudentProcess:
        """As `Engine.start`."""
        environment = student_environment(folder)

        def launch(channel: int, output: int) -> ColdChild:
            command = isolation.command(
                self._module,
                channel,
                folder=folder,
                environment=environment,
                memory=limits.memory,
                file_size=limits.file_size,
            )
            return ColdChild(
                subprocess.Popen(
                    command,
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    pass_fds=[channel],
                    start_new_session=True,
                )
            )

        return StudentProcess(folder, limits, Started.by(launch))


class Warm:
    """Forks each process from one that has imported the lab's libraries: milliseconds."""

    def __init__(self, libraries: Sequence[str]) -> None:
        self._nursery = nursery.of(tuple(libraries))
        self._spares = Spares(self._nursery)
        self._instead: Cold | None = None
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Begin to import."""
        self._nursery.prepare()

    def start(self, folder: Path, isolation: Isolation, limits: Limits) -> StudentProcess:
        """As `Engine.start`; a cold start where there can be no zygote."""
        if self._instead is None:
            rules = isolation.rules(folder, memory=limits.memory, file_size=limits.file_size)
            try:
                started = self._spares.take(limits.memory)
            except nursery.Unusable as error:
                with self._lock:
                    if self._instead is None:
                        self._instead = Cold()
                        nursery.tell(f"Each submission starts an interpreter of its own: {error}.")
            else:
                setup = {
                    "environment": student_environment(folder),
                    "folder": str(folder),
                    "rules": asdict(rules),
                    "whole": False,
                }
                process = StudentProcess(folder, limits, started, wire.encode(setup))
                self._spares.replace(limits.memory)
                return process
        return self._instead.start(folder, isolation, limits)


def begin(name: str, level: str, lab: str) -> None:
    """Prepare the engine for a lab, all three named as on the command line.

    A mistake in them is left to be told by what uses them.
    """
    with contextlib.suppress(UserError):
        choose(name, isolation.choose(level), find_lab(lab).rubric().stack).prepare()


@functools.cache
def choose(name: str, isolation: Isolation, libraries: tuple[str, ...]) -> Engine:
    """The engine of that name, or the one that has to stand in for it, which is said once."""
    if name == "cold":
        return Cold()
    if name == "kernel":
        return Cold("grader.kernel")
    reason = ""
    if not sys.platform.startswith("linux"):
        reason = "only Linux has what forking safely takes"
    elif isolation.name == "bubblewrap":
        # Its walls are built around a new program. A zygote inside of them would see the folders
        # of all submissions, and each fork the others'.
        reason = "bubblewrap builds its walls around a new one"
    if not reason:
        return Warm(libraries)
    nursery.tell(f"Each submission starts an interpreter of its own: {reason}.")
    return Cold()
