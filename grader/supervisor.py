"""The trusted side of one submission: feeds cells, makes calls, keeps time, reads files back.

Nothing that a student wrote is executed or unpickled here. A process that hangs is killed with its
whole group; one that is gone is started again for the next call, its cells replayed, so that one
bad function costs its own checks only.
"""

from __future__ import annotations

import builtins
import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from types import TracebackType
from typing import Any, Self

import numpy as np

from grader import cell_outputs, wire
from grader.assemble import Cell
from grader.engines import Cold, Engine
from grader.errors import (
    Died,
    Missing,
    NotRun,
    Outcome,
    OutOfMemory,
    Raised,
    TimedOut,
    TooMuchOutput,
)
from grader.expect import Wrong
from grader.isolation import Isolation
from grader.process import PATIENCE, Limits, Lost, StudentProcess, exceeds

PLAIN = (bool, int, float, str, bytes, np.ndarray)  # what replies hold, in lists and dicts
MAX_LOSSES = 3  # of zygotes in one submission, until it does without
MAX_PARTS = 1 << 20  # of one reply: a list of that many numbers takes the supervisor 0.1 s


class Supervisor:
    """Runs the assembled cells of one submission and calls its functions.

    Use as a context manager. `folder` is the working folder of the student's process, empty at
    the start and removed at the end. `cell_errors` holds what went wrong in each cell,
    `cell_outputs` what each showed (`grader.cell_outputs`).
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        isolation: Isolation,
        limits: Limits | None = None,
        engine: Engine | None = None,
    ) -> None:
        self._cells = cells
        self._engine = engine or Cold()
        self._lines = max((cell.source.count("\n") + 1 for cell in cells), default=0)
        self._isolation = isolation
        self._limits = limits or Limits()
        self._process: StudentProcess | None = None
        self._starts = 0
        self._losses = 0
        self._calls = 0
        self._began = time.monotonic()
        self._waited = 0.0  # seconds, of processes that are gone, for a processor
        self._called = False
        self._fatal: set[str] = set()  # cells that killed a process: left out when it is replayed
        self.cell_errors: dict[str, Outcome] = {}
        self.cell_outputs: dict[str, list[dict[str, Any]]] = {}

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="submission-")).resolve()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.kill()
        self._remove_folder()

    def start(self) -> None:
        """Start the process and run all cells, unless it runs already."""
        while self._process is None:
            if self._starts >= self._limits.starts:
                raise NotRun("The submission's process died too often: no further attempt is made.")
            self._starts += 1
            if exceeds(self.folder, self._limits.folder, self._limits.files):
                self._remove_folder()
                self.folder.mkdir()
            try:
                self._process = self._engine.start(self.folder, self._isolation, self._limits)
                self._replay()
            except Lost:
                self._starts -= 1
                self._count_loss()

    def call(
        self,
        name: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        *,
        seconds: float,
        inputs: bool = False,
    ) -> Any:
        """The value of `name(*args, **kwargs)` in the student's namespace.

        With `inputs`, a list of the value and the arguments as the function left them. Raises an
        `Outcome` for everything else than plain data within `seconds`.
        """
        request = {
            "op": "call",
            "name": name,
            "args": list(args),
            "kwargs": kwargs,
            "inputs": inputs,
        }
        while True:
            self.start()
            self._called = True
            try:
                value = self._exchange(request, seconds, f"`{name}`").result()
                break
            except Lost:
                self._count_loss()
        if inputs and not (isinstance(value, list) and len(value) == 2):
            self._kill()
            raise Died(f"`{name}` broke the grader's protocol.")
        return value

    def read_file(self, name: str) -> bytes:
        """A regular file that the student's process wrote into its folder; no link is followed."""
        try:
            descriptor = _open_below(self.folder, PurePath(name).parts)
        except OSError as error:
            raise Missing(f"The file {name} was not written.", detail=str(error)) from error
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise Missing(f"{name} is not a regular file.")
            if status.st_size > self._limits.artifact:
                raise TooMuchOutput(f"The file {name} is larger than the grader reads.")
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(self._limits.artifact)
        finally:
            os.close(descriptor)

    def _count_loss(self) -> None:
        """What a process was forked from has died: the next attempt is as good as the first."""
        self._losses += 1
        if self._losses >= MAX_LOSSES:
            self._engine = Cold()

    def _replay(self) -> None:
        hello = self._exchange({"op": "hello"}, self._limits.start_seconds, "The interpreter")
        hello.result()
        for cell in self._cells:
            if cell.name in self._fatal:
                continue
            try:
                request = {"op": "cell", "source": cell.source, "counted": False}
                reply = self._exchange(request, self._limits.cell_seconds, "The cell")
                # Only from before the first call: later runs may tell inputs of hidden checks.
                if not self._called and (shown := cell_outputs.checked(reply.outputs)):
                    self.cell_outputs[cell.name] = shown
                reply.result()
            except Outcome as outcome:
                if not self._called:
                    self.cell_errors[cell.name] = outcome
                if self._process is None:
                    self._fatal.add(cell.name)
                    return

    def _exchange(self, request: dict[str, Any], seconds: float, what: str) -> _Reply:
        left = self._left()
        if left <= 0:
            self._kill()
            raise TimedOut("The submission has used up its time.")
        self._calls += 1
        deadline = time.monotonic() + min(seconds, left)
        document = wire.encode({"id": self._calls, **request})
        try:
            self._process.send(document, min(seconds, left))
            answer = self._process.receive(max(0.0, deadline - time.monotonic()))
            return _Reply.read(answer, self._calls, self._lines, what)
        except TimeoutError:
            self._kill()
            raise TimedOut(f"{what} did not finish within {seconds:g} seconds.") from None
        except wire.FrameTooLarge as error:
            self._kill()
            raise TooMuchOutput(f"{what} returned more data than allowed.") from error
        except wire.Closed as error:
            process, self._process = self._process, None
            raise process.autopsy(what) from error
        except ValueError as error:
            self._kill()
            raise Died(f"{what} broke the grader's protocol.") from error

    def _left(self) -> float:
        """Seconds of the submission's time; those spent waiting for a processor do not count."""
        total = self._limits.total_seconds
        left = self._began + total - time.monotonic()
        if left > 0:
            return left
        waited = self._waited + (self._process.waited() if self._process else 0.0)
        return left + min(waited, PATIENCE * total)

    def _remove_folder(self) -> None:
        try:
            shutil.rmtree(self.folder)
        except (OSError, RecursionError):
            # Folders nested too deep for Python's own removal are no obstacle to this one.
            subprocess.run(["rm", "-rf", "--", self.folder], stderr=subprocess.DEVNULL, check=False)

    def _kill(self) -> None:
        if self._process is not None:
            process, self._process = self._process, None
            self._waited += process.waited()
            process.kill()


@dataclass(frozen=True)
class _Reply:
    """One answer of a student's process, checked field by field."""

    value: Any
    error: Outcome | None
    outputs: Any = None  # of a cell, as they came

    def result(self) -> Any:
        """The value. Raises the `Outcome` where there is none."""
        if self.error is not None:
            raise self.error
        return self.value

    @classmethod
    def read(cls, document: bytes, call: int, lines: int, what: str) -> _Reply:
        """`lines`: of the longest cell. Raises ValueError for what is no answer to `what`."""
        reply = wire.decode(document)
        _require_plain(reply)
        if not isinstance(reply, dict) or reply.get("id") != call:
            raise ValueError("not the answer to this call")
        outputs = reply.get("outputs")
        if reply.get("ok") is True:
            return cls(reply.get("value"), None, outputs)
        return cls(None, _error_in(reply, lines, what), outputs)


def _error_in(reply: dict[str, Any], lines: int, what: str) -> Outcome:
    """What a report of an error says. Raises ValueError where it is none."""
    kind = reply.get("kind")
    name, text, line = reply.get("type"), reply.get("text"), reply.get("line")
    if not isinstance(name, str) or not isinstance(text, str):
        raise ValueError("not an error report")
    name, text = name[:100], text[:2000]  # for the record, not for megabytes
    if kind == "missing":
        return Missing(f"{what} is not defined.")
    if kind == "stub":
        return Missing("Not answered yet: the stub is still there.", detail=text)
    if kind == "memory":
        return OutOfMemory("The memory limit was reached.", detail=text)
    if kind == "not_plain":
        return Wrong("The function does not return plain data.", got=text)
    # A number that is no line of a cell would be a message.
    line = line if type(line) is int and 0 < line <= lines else None
    builtin = reply.get("builtin") is True and _is_builtin_exception(name)
    return Raised(name, text, line, builtin=builtin)


def _require_plain(value: Any) -> None:
    """Raise ValueError for what `wire.plain` never makes, such as lists a thousand levels deep."""
    level, parts = [value], 0
    for _ in range(wire.MAX_DEPTH + 2):  # a reply holds the value, and a list of value and inputs
        below: list[Any] = []
        for item in level:
            if isinstance(item, (list, dict)):
                parts += len(item)
                if parts > MAX_PARTS:
                    raise ValueError("too many parts")
                below += item if isinstance(item, list) else item.values()
            elif not isinstance(item, (*PLAIN, type(None))):
                raise ValueError(f"a {type(item).__name__}")
            if isinstance(item, dict) and not all(isinstance(key, str) for key in item):
                raise ValueError("keys that are not strings")
        if not below:
            return
        level = below
    raise ValueError("nested too deep")


def _open_below(folder: Path, parts: Sequence[str]) -> int:
    """A descriptor for reading `folder/…/part`, without following a link in any part."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    for number, part in enumerate(parts, 1):
        kind = os.O_DIRECTORY if number < len(parts) else os.O_NONBLOCK
        try:
            below = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | kind, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = below
    return descriptor


def _is_builtin_exception(name: str) -> bool:
    kind = getattr(builtins, name, None)
    return isinstance(kind, type) and issubclass(kind, BaseException)
