"""IPython without a terminal or a kernel, which records what a cell shows as a notebook does.

Runs inside a student's process: what it records is what that process says of itself. It is bounded
here so that an honest process sends little, and checked by whoever reads it.
"""

from __future__ import annotations

import base64
import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Instance, Type
from traitlets.config import Config


@dataclass(frozen=True)
class Shown:
    """How much of a cell's output is recorded; the rest is left out, and that is said."""

    kinds: Collection[str] = ("text/plain", "text/html", "image/png")  # MIME types
    text: int = 20_000  # characters in all outputs of a cell
    image: int = 200_000  # characters of base64 in all outputs of a cell
    count: int = 40  # outputs


class Recorder:
    """The outputs of the cell that runs, in nbformat's form; none between cells."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self._outputs: list[dict[str, Any]] | None = None
        self._room: dict[str, int] = {}
        self._updated: dict[str, dict[str, Any]] = {}  # outputs by the name they are changed by

    def start(self) -> None:
        """Begin with a cell."""
        self._outputs = []
        self._updated = {}
        self._room = {"text": self.shown.text, "image": self.shown.image}

    def finish(self) -> list[dict[str, Any]]:
        """The outputs since `start`."""
        outputs, self._outputs = self._outputs or [], None
        return outputs

    def clear(self) -> None:
        """Forget what the cell has shown so far."""
        if self._outputs is not None:
            self._outputs.clear()

    def print(self, stream: str, text: str) -> None:
        """Add to what was printed."""
        last = self._outputs[-1] if self._outputs else {}
        joined = last.get("name") == stream
        if not joined and not self._has_room():
            return
        text = self._fitting(text, "text")
        if joined:
            last["text"] += text
        elif text:
            self._outputs.append({"output_type": "stream", "name": stream, "text": text})

    def display(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any],
        display_id: str | None = None,
        **fields: Any,
    ) -> None:
        """Add a rich output: `display_data`, or `execute_result` with its count in `fields`."""
        kept = {}
        for kind in self.shown.kinds or data:
            value = data.get(kind)
            if isinstance(value, bytes):
                value = base64.b64encode(value).decode()
            if isinstance(value, str):
                value = self._fitting(value, "image" if kind.startswith("image/") else "text")
                if value:
                    kept[kind] = value
            elif value is not None and not self.shown.kinds:
                kept[kind] = value  # JSON
        if kept and self._has_room():
            kind = "execute_result" if fields else "display_data"
            said = {"data": kept, "metadata": metadata if not self.shown.kinds else {}}
            output = {"output_type": kind, **said, **fields}
            self._outputs.append(output)
            if display_id is not None:
                self._updated[display_id] = output

    def update(self, display_id: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Change an output that the same cell has shown under this name."""
        shown = self._updated.get(display_id)
        outputs, self._outputs = self._outputs, []
        if shown is not None:
            self.display(data, metadata)
            shown.update({key: value for one in self._outputs[:1] for key, value in one.items()})
        self._outputs = outputs

    def error(self, name: str, value: str, trace: list[str]) -> None:
        """Add an exception with its traceback."""
        if self._has_room():
            lines = [self._fitting(line, "text") for line in trace]
            text = self._fitting(value, "text")
            fields = {"ename": name[:100], "evalue": text, "traceback": lines}
            self._outputs.append({"output_type": "error", **fields})

    def _has_room(self) -> bool:
        return self._outputs is not None and len(self._outputs) < self.shown.count

    def _fitting(self, text: str, kind: str) -> str:
        """As much of a text as fits. A picture fits whole, or it is left out."""
        room = self._room.get(kind, 0)
        if len(text) > room:
            self._room[kind] = 0
            return f"{text[:room]} … [cut]" if kind == "text" and room else ""
        self._room[kind] -= len(text)
        return text


class Stream(io.TextIOWrapper):
    """Standard output or standard error, which the recorder hears."""

    def __init__(self, descriptor: int, name: str, recorder: Recorder) -> None:
        raw = io.BufferedWriter(io.FileIO(descriptor, "wb", closefd=False))
        super().__init__(raw, "utf-8", "surrogateescape", line_buffering=name == "stderr")
        self._name, self._recorder = name, recorder

    def write(self, text: str) -> int:
        """As every text stream does."""
        written = super().write(text)
        self._recorder.print(self._name, text)
        return written


class Publisher(DisplayPublisher):
    """Gives what is displayed to the recorder."""

    def publish(self, data: Any, metadata: Any = None, **options: Any) -> None:
        """Record it, or change what the cell has shown before."""
        name = (options.get("transient") or {}).get("display_id")
        if options.get("update"):
            self.shell.recorder.update(name, data, metadata or {})
        else:
            self.shell.recorder.display(data, metadata or {}, name)

    def clear_output(self, wait: bool = False) -> None:
        """Take back what the cell has shown."""
        self.shell.recorder.clear()


class Hook(DisplayHook):
    """Gives the value of a cell's last line to the recorder."""

    def write_output_prompt(self) -> None:
        """There is no prompt in a notebook's output."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Record it."""
        count = self.shell.execution_count - 1  # 0 where cells are not counted
        self.shell.recorder.display(format_dict, md_dict or {}, execution_count=count or None)

    def finish_displayhook(self) -> None:
        """Nothing was printed."""
        self._is_active = False

    def quiet(self) -> bool:
        """Whether a semicolon ends the cell. It is asked for without a history, too."""
        return self.semicolon_at_end_of_expression(self.shell.source)


class StartsNothing:
    """An IPython that has no window and starts no programs, and does not complain of it."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Accept `%matplotlib inline`: there is no window here, and none is needed."""

    def system(self, cmd: str) -> None:
        """Accept `!pip install …`: nothing may be started here, and nothing need be installed."""

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> list[str] | str:
        """Accept `files = !ls`, as `system` does."""
        return [] if split else ""


class Shell(StartsNothing, InteractiveShell):
    """IPython without a terminal or a kernel. It becomes the process's standard output."""

    display_pub_class = Type(Publisher)
    displayhook_class = Type(Hook)
    recorder = Instance(Recorder)
    streams: tuple[Stream, ...] = ()
    source = ""

    def show_everything(self) -> None:
        """Record outputs of all kinds, whole and with colours, as a kernel sends them."""
        self.recorder.shown = Shown((), 1 << 40, 1 << 40, 1 << 20)
        self.display_formatter.active_types = self.display_formatter.format_types
        self.colors = "neutral"

    def perform(self, function: Callable[[], Any]) -> Any:
        """What a function returns that runs where cells run: here."""
        return function()

    def run(self, source: str, *, counted: bool = False) -> tuple[Any, list[dict[str, Any]]]:
        """Run a cell: the error that it ended in, or None, and what it showed."""
        self.source = source
        self.recorder.start()
        try:
            result = self.run_cell(source, store_history=counted)
            error = result.error_before_exec or result.error_in_exec
        finally:
            self.flush()
            outputs = self.recorder.finish()
        return error, outputs

    def flush(self) -> None:
        """Send on what was printed."""
        for stream in self.streams:
            with contextlib.suppress(OSError, ValueError):  # closed, by whom it belongs to
                stream.flush()

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        try:
            text = str(evalue)
        except Exception as error:  # noqa: BLE001 - the exception's own code
            text = f"<its text raised {type(error).__name__}>"
        self.recorder.error(etype.__name__, text, [str(line) for line in stb])


def new_shell(shown: Shown | None = None) -> Shell:
    """The process's only shell; what it prints from now on is recorded."""
    recorder = Recorder(shown or Shown())
    sys.stdout = sys.__stdout__ = Stream(1, "stdout", recorder)
    sys.stderr = sys.__stderr__ = Stream(2, "stderr", recorder)
    config = Config({"HistoryManager": {"enabled": False}})  # which would write, in a thread
    shell = Shell.instance(colors="nocolor", history_length=0, config=config, recorder=recorder)
    shell.streams = (sys.stdout, sys.stderr)
    if recorder.shown.kinds:
        shell.display_formatter.active_types = list(recorder.shown.kinds)
    # Learners leave `check("…")` in their answers; grading has its own checks.
    shell.user_ns["check"] = lambda *names, **options: None
    return shell


def settle(shell: Shell) -> None:
    """Give a shell that was made before a fork the folder and environment of the new process."""
    tempfile.tempdir = None  # as found before the fork
    shell.starting_dir = os.getcwd()
    shell.home_dir = os.environ["HOME"]
    shell.history_manager.dir_hist[:] = [os.getcwd()]
