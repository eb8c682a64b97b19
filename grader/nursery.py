"""A zygote seen from the grader: started with the first submission, asked for forks, replaced when
it dies.

There is one for each set of libraries; all submissions of a class come from it. A thread of its own
starts it, listens to it and lives as long: the zygote is killed when that thread is gone, which is
when the grader is.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from grader import zygote
from grader.isolation import PYTHON
from grader.process import Lost, student_environment

IMPORT_SECONDS = 180.0  # TensorFlow takes 10 on a busy machine
FORK_SECONDS = 30.0  # until the zygote counts as dead
BURIAL_SECONDS = 10.0  # for a process that was killed to be gone


class Unusable(Exception):
    """There can be no zygote; the message says why."""


class WarmChild:
    """One fork: a student's process, which is no child of the grader's."""

    def __init__(self, litter: _Litter, number: int) -> None:
        self._litter = litter
        self._number = number
        self._changed = threading.Condition()
        self._lost = False
        self._code: int | None = None
        self._buried = False
        self.pid = 0

    def born(self) -> bool:
        """Wait for it to be there; False where the zygote does not answer."""
        with self._changed:
            return self._changed.wait_for(lambda: self._lost or self.pid, FORK_SECONDS)

    def wait(self, seconds: float) -> int | None:
        """The exit code, None where it still runs after `seconds`. Raises Lost."""
        with self._changed:
            self._changed.wait_for(lambda: self._lost or self._code is not None, seconds)
            if self._lost:
                raise Lost
            return self._code

    def end(self) -> int:
        """Kill it with its group, and wait until it is gone; its exit code. Raises Lost."""
        if not self._buried:
            self._litter.ask(zygote.END, self._number)
        with self._changed:
            self._changed.wait_for(lambda: self._lost or self._buried, BURIAL_SECONDS)
            if self._lost:
                raise Lost
            return -signal.SIGKILL if self._code is None else self._code

    def hear(self, what: int, told: int) -> None:
        """Take in a report of the zygote on this fork."""
        with self._changed:
            if what == zygote.STARTED:
                self.pid = told
            elif what == zygote.FAILED:
                self._lost = True
            else:
                self._code = told
                self._buried = what == zygote.ENDED
            self._changed.notify_all()

    def lose(self) -> None:
        """The zygote is gone, and its forks with it, unless they made groups of their own."""
        if self.pid and not self._buried:
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
        self.hear(zygote.FAILED, 0)


class Nursery:
    """Forks with some libraries imported; `told` gets a sentence on each that has to be left out.

    Safe to use from several threads.
    """

    def __init__(self, libraries: Sequence[str]) -> None:
        self._libraries = list(libraries)
        self._lock = threading.Lock()
        self._litter: _Litter | None = None

    def prepare(self) -> _Litter:
        """Begin to import, without waiting for it."""
        with self._lock:
            if self._litter is None or self._litter.dead.is_set():
                self._litter = _Litter(self._libraries)
            return self._litter

    def fork(self, channel: int, output: int) -> WarmChild:
        """A new process with these two descriptors. Raises Unusable or Lost."""
        while (refused := (litter := self.prepare()).ready()) is not None:
            with self._lock:
                if self._litter is litter:
                    self._litter = None
                    self._libraries.remove(refused)
                    tell(
                        f"{refused} starts threads when it is imported, and cannot be imported "
                        "once for all: each submission does it for itself."
                    )
        return litter.fork(channel, output)


class _Litter:
    """One zygote's life."""

    def __init__(self, libraries: Sequence[str]) -> None:
        self._libraries = list(libraries)
        self._children: dict[int, WarmChild] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._refused: str | None = None
        self._problem = ""
        self._process: subprocess.Popen[bytes] | None = None
        self.dead = threading.Event()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        threading.Thread(target=self._keep, args=[theirs], daemon=True).start()

    def ready(self) -> str | None:
        """None when all is imported, or the library that has to be left out. Raises Unusable."""
        if not self._ready.wait(IMPORT_SECONDS):
            self._problem = f"importing its libraries took more than {IMPORT_SECONDS:g} seconds"
            self.kill()
        if self._problem:
            raise Unusable(self._problem)
        return self._refused

    def fork(self, channel: int, output: int) -> WarmChild:
        """As `Nursery.fork`."""
        child = WarmChild(self, next(self._numbers))
        with self._lock:
            self._children[child._number] = child
        self.ask(zygote.FORK, child._number, channel, output)
        if self.dead.is_set() or not child.born():
            self.kill()
            child.lose()
        return child

    def ask(self, what: int, number: int, *descriptors: int) -> None:
        """Send a request; nothing happens where nobody is there to read it."""
        with contextlib.suppress(OSError):
            socket.send_fds(self._control, [zygote.REQUEST.pack(what, number)], descriptors)

    def kill(self) -> None:
        """End the zygote, and with it all its forks."""
        if self._process is not None:
            self._process.kill()

    def _keep(self, theirs: socket.socket) -> None:
        """Start the zygote, and listen to it as long as it lives."""
        home = tempfile.mkdtemp(prefix="zygote-")
        with tempfile.TemporaryFile() as log:
            with theirs:
                self._process = subprocess.Popen(
                    [*PYTHON, "-m", "grader.zygote", str(theirs.fileno()), *self._libraries],
                    cwd="/",
                    env=student_environment(Path(home)),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            while report := self._next_report():
                self._hear(*zygote.REPORT.unpack(report))
                if self._ready.is_set() and home:  # no fork writes there, or finds anything
                    shutil.rmtree(home, ignore_errors=True)
                    home = ""
            self.kill()
            code = self._process.wait()
            log.seek(0)
            said = log.read().decode("utf-8", "replace").strip().splitlines()
        if not self._ready.is_set():
            self._problem = said[-1] if said else f"it ended with exit code {code}"
            shutil.rmtree(home, ignore_errors=True)
        self.dead.set()
        self._ready.set()
        with self._lock:
            children = list(self._children.values())
            self._children.clear()
        for child in children:
            child.lose()

    def _next_report(self) -> bytes:
        """What the zygote says next, nothing where it is gone."""
        try:
            return self._control.recv(zygote.REPORT.size)
        except ConnectionResetError:  # it went with requests unread
            return b""

    def _hear(self, what: int, number: int, told: int) -> None:
        if what == zygote.READY:
            self._ready.set()
        elif what == zygote.REFUSED:
            self._refused = self._libraries[number]
            self._ready.set()
        else:
            with self._lock:
                gone = what == zygote.ENDED
                child = self._children.pop(number) if gone else self._children[number]
            child.hear(what, told)


def tell(sentence: str) -> None:
    """Say something about speed to whoever started the grader."""
    print(f"grader: {sentence}", file=sys.stderr)


def of(libraries: tuple[str, ...]) -> Nursery:
    """The nursery of this process for these libraries."""
    return _of(os.getpid(), libraries)


@functools.cache
def _of(process: int, libraries: tuple[str, ...]) -> Nursery:
    return Nursery(libraries)
