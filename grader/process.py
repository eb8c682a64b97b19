"""A student's process seen from outside: started, fed, watched, killed, its end explained."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import stat
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from grader import cgroup, wire
from grader.errors import Died, Outcome, OutOfMemory, TooMuchOutput

WATCH_SECONDS = 0.25
PATIENCE = 3.0  # times a deadline is moved by at most, while others have the processors


@dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    memory: int = 8 << 30  # bytes of address space; TensorFlow alone maps 3 GB
    file_size: int = 256 << 20  # bytes of any file that it writes
    folder: int = 1 << 30  # bytes in its folder, all files together
    files: int = 10_000  # files in its folder
    reply: int = 16 << 20  # bytes of one answer
    output: int = 20 << 20  # bytes printed
    artifact: int = 32 << 20  # bytes of a file that is read back
    cell_seconds: float = 60.0
    start_seconds: float = 60.0
    total_seconds: float = 600.0
    starts: int = 6  # processes per submission: the first, and one after each crash


class Lost(Exception):
    """A process is gone through no fault of the code in it: what it was forked from has died."""


class Child(Protocol):
    """A process that was started, by whatever engine."""

    pid: int

    def wait(self, seconds: float) -> int | None:
        """The exit code as subprocess gives it, None where it runs on. May raise Lost."""

    def end(self) -> int:
        """Kill it with its group, wait, and tell its exit code. May raise Lost."""


@dataclass
class Started:
    """A process that has run nothing of a student's yet, with the grader's ends of its lines."""

    child: Child
    channel: socket.socket
    output: int  # descriptor of what it prints
    group: cgroup.Group | None = None

    @classmethod
    def by(cls, launch: Callable[[int, int], Child]) -> Self:
        """Start one: `launch` is given the descriptors of its channel and of its output."""
        channel, theirs = socket.socketpair()
        output, printed = os.pipe()
        try:
            return cls(launch(theirs.fileno(), printed), channel, output)
        except BaseException:
            channel.close()
            os.close(output)
            raise
        finally:
            theirs.close()
            os.close(printed)

    def end(self) -> None:
        """Kill it where it is not needed after all. May raise Lost."""
        self.channel.close()
        os.close(self.output)
        try:
            self.child.end()
        finally:
            if self.group is not None:
                self.group.end()


class StudentProcess:
    """One locked-down interpreter in `folder`, which belongs to it.

    `first` is a frame that it gets before all others.
    """

    def __init__(
        self, folder: Path, limits: Limits, started: Started, first: bytes | None = None
    ) -> None:
        self._folder = folder
        self._limits = limits
        self._overflow = ""
        self._ended = threading.Event()
        self._answered = False
        self._stolen = _stolen()
        self._excused = 0.0  # of the seconds that it waited: deadlines were moved for them
        self._child, self._group = started.child, started.group
        self._channel, self._output = started.channel, started.output
        self._threads = [
            threading.Thread(target=target, daemon=True)
            for target in (self._discard_output, self._watch_folder)
        ]
        for thread in self._threads:
            thread.start()
        if first is not None:
            with contextlib.suppress(wire.Closed, TimeoutError):  # the next frame tells
                self.send(first, limits.start_seconds)

    def send(self, document: bytes, seconds: float) -> None:
        """Write a frame. Raises TimeoutError or wire.Closed."""
        wire.send(self._channel, document, seconds)

    def receive(self, seconds: float) -> bytes:
        """Read a frame. Raises TimeoutError, wire.Closed or wire.FrameTooLarge.

        The time in which it could not run because others had the processors does not count, up to
        `PATIENCE` times `seconds`.
        """
        most = PATIENCE * seconds

        def more() -> float:
            nonlocal most
            waited = self.waited()
            extra = min(waited - self._excused, most)
            self._excused, most = waited, most - extra
            return extra

        frame = wire.receive(self._channel, seconds, self._limits.reply, more)
        if not self._answered:
            # All processes that it is made of are there, and none has run a student's code yet.
            self._answered = True
            if self._group is None:
                self._group = cgroup.enclose(self._child.pid, self._limits.memory)
        return frame

    def waited(self) -> float:
        """Seconds for which it was ready to run, but others had the processors.

        Others are processes of this machine, and other machines on the same hardware: of what
        these took, the most from one processor counts.
        """
        # Not strict: a machine may be given or lose a processor meanwhile.
        stolen = (now - before for before, now in zip(self._stolen, _stolen(), strict=False))
        return _waited(self._child.pid) + max(stolen, default=0.0)

    def kill(self) -> int:
        """End the process with all that belongs to it; its exit code as subprocess gives it."""
        try:
            code = self._child.end()
        except Lost:
            code = -signal.SIGKILL
        if self._group is not None:
            self._group.end()
        self._ended.set()
        self._channel.close()
        for thread in self._threads:
            thread.join(timeout=2)
        return code

    def autopsy(self, what: str) -> Outcome:
        """Why the process hung up. Raises Lost where it did not do it itself."""
        try:
            hung_up = self._child.wait(2) is None
        except Lost:
            self.kill()
            raise
        code = self.kill()
        if hung_up and not self._overflow:
            return Died(f"{what} closed the connection to the grader.")
        if self._overflow:
            return TooMuchOutput(f"{what} {self._overflow}.")
        if code in (-signal.SIGKILL, 128 + signal.SIGKILL):
            return OutOfMemory(f"{what} was killed by the system, which is out of memory.")
        ending = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return Died(f"{what} ended the process ({ending}).")

    def _stop(self, reason: str) -> None:
        self._overflow = reason
        with contextlib.suppress(Lost):
            self._child.end()

    def _discard_output(self) -> None:
        printed = 0
        with open(self._output, "rb", buffering=0) as stream:
            while part := stream.read(1 << 16):
                printed += len(part)
                # Read on until it is dead: a closed pipe would be an error of its own before that.
                if printed > self._limits.output and not self._overflow:
                    self._stop("printed more than allowed")

    def _watch_folder(self) -> None:
        while not self._ended.wait(WATCH_SECONDS):
            left = self._limits.folder - _held(self._child.pid)
            if exceeds(self._folder, left, self._limits.files):
                self._stop("wrote more files than allowed")
                return


def exceeds(folder: Path, size: int, count: int) -> bool:
    """Whether more than `size` bytes or `count` files lie below; stops looking when it knows.

    What cannot be looked into (a path too long for the system, say) is more than anybody needs.
    """
    if size < 0:
        return True
    places = [str(folder)]
    while places:
        try:
            with os.scandir(places.pop()) as entries:
                for entry in entries:
                    count -= 1
                    if entry.is_dir(follow_symlinks=False):
                        places.append(entry.path)
                    else:
                        size -= _allocated(entry.path)
                    if size < 0 or count < 0:
                        return True
        except (FileNotFoundError, NotADirectoryError):
            continue  # removed since it was listed
        except OSError:
            return True
    return False


def _allocated(path: str) -> int:
    """Bytes on disk, 0 for what is not there any more."""
    try:
        return os.lstat(path).st_blocks * 512
    except FileNotFoundError:
        return 0


def _held(process: int) -> int:
    """Bytes on disk of files that a process and its children hold open, but have removed."""
    total = 0
    with contextlib.suppress(OSError):  # gone, or not ours to look at
        for descriptor in os.scandir(f"/proc/{process}/fd"):
            with contextlib.suppress(OSError):
                status = os.stat(descriptor.path)
                if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                    total += status.st_blocks * 512
        total += sum(_held(child) for child in _children(process))
    return total


def _waited(process: int) -> float:
    """Of the threads of a process and its children, the longest wait for a processor, in seconds.

    Not the sum: threads that wait for each other are no reason to wait for them. 0 where the
    kernel does not tell. Reference: Documentation/scheduler/sched-stats.rst of the Linux kernel.
    """
    longest = 0.0
    with contextlib.suppress(OSError):  # gone, or no Linux
        for task in os.scandir(f"/proc/{process}/task"):
            with contextlib.suppress(OSError, IndexError):
                nanoseconds = int(Path(task.path, "schedstat").read_text().split()[1])
                longest = max(longest, nanoseconds / 1e9)
        longest = max([longest, *map(_waited, _children(process))])
    return longest


def _stolen() -> list[float]:
    """Seconds since the start that the hypervisor has given to others, one figure a processor.

    Empty where the kernel does not tell. Reference: proc(5), /proc/stat, the eighth figure.
    """
    with contextlib.suppress(OSError):
        lines = Path("/proc/stat").read_text().splitlines()
        second = os.sysconf("SC_CLK_TCK")
        return [int(line.split()[8]) / second for line in lines if re.match("cpu[0-9]", line)]
    return []


def _children(process: int) -> list[int]:
    """Raises OSError where there is no such process, or no Linux."""
    return [int(n) for n in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def student_environment(folder: Path) -> dict[str, str]:
    """A fixed environment: no variable of the grader's own reaches a student's process."""
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "IPYTHONDIR": str(folder / ".ipython"),
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as in a notebook
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        # One thread each: a class is graded by several processes side by side.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "COURSE_OFFLINE": "1",
        "JOBLIB_MULTIPROCESSING": "0",
    }
