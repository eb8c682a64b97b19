"""What runs inside a student's process: cells once, then calls; it answers with plain data.

This module is all of the grader that the student's interpreter ever imports. It holds no check,
no reference and no tolerance; whatever a student does to it can only change the data that it
sends, and the supervisor compares that data elsewhere.

Started by `grader.process` as `python -m grader.child SOCKET_FD LOCKDOWN`, the latter as JSON.
"""

from __future__ import annotations

import builtins
import json
import socket
import sys
from types import TracebackType
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

import shared  # noqa: F401 - found now: later the folder that it lies in cannot be listed
from grader import wire
from grader.lockdown import Lockdown, lock


def main(descriptor: int, rules: Lockdown) -> None:
    """Lock this process down, then serve requests until the supervisor hangs up."""
    lock(rules)
    channel = socket.socket(fileno=descriptor)
    shell = _shell()
    while True:
        try:
            request = wire.decode(wire.receive(channel, None, limit=1 << 40))
        except wire.Closed:
            return
        reply = {"id": request["id"], **_answer(shell, request)}
        try:
            document = wire.encode(reply)
        except wire.NotPlain as error:
            document = wire.encode({"id": request["id"], "ok": False, **_not_plain(error)})
        wire.send(channel, document)


class Shell(InteractiveShell):
    """IPython without a terminal or a kernel."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Accept `%matplotlib inline`: there is no window here, and none is needed."""

    def system(self, cmd: str) -> None:
        """Accept `!pip install …`: nothing may be started here, and nothing need be installed."""

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> list[str] | str:
        """Accept `files = !ls`, as `system` does."""
        return [] if split else ""


def _shell() -> Shell:
    shell = Shell.instance(colors="nocolor", history_length=0)
    shell.history_manager.enabled = False
    # Learners leave `check("…")` in their answers; grading has its own checks.
    shell.user_ns["check"] = lambda *names, **options: None
    return shell


def _answer(shell: Shell, request: dict[str, Any]) -> dict[str, Any]:
    if request["op"] == "hello":
        return {"ok": True, "value": None}
    if request["op"] == "cell":
        result = shell.run_cell(request["source"], store_history=False)
        error = result.error_before_exec or result.error_in_exec
        return {"ok": True, "value": None} if error is None else _failure(error)
    function = shell.user_ns.get(request["name"])
    if function is None:
        return {"ok": False, "kind": "missing", "type": "NameError", "text": "", "line": None}
    arguments = request["args"]
    try:
        value = function(*arguments, **request["kwargs"])
        value = wire.plain(value)
        if request["inputs"]:
            value = [value, wire.plain(arguments)]
    except wire.NotPlain as error:
        return {"ok": False, **_not_plain(error)}
    except BaseException as error:  # noqa: BLE001 - SystemExit and friends are answers too
        return _failure(error)
    return {"ok": True, "value": value}


def _not_plain(error: wire.NotPlain) -> dict[str, Any]:
    return {"kind": "not_plain", "type": "", "text": str(error)[:200], "line": None}


def _failure(error: BaseException) -> dict[str, Any]:
    kind = "raised"
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        kind = "memory"
    elif isinstance(error, NotImplementedError):
        kind = "stub"
    name = type(error).__name__
    return {
        "ok": False,
        "kind": kind,
        "type": name[:100],
        "builtin": getattr(builtins, name, None) is type(error),
        "text": str(error)[:2000],
        "line": error.lineno if isinstance(error, SyntaxError) else _line(error.__traceback__),
    }


def _line(trace: TracebackType | None) -> int | None:
    """The innermost line that stands in a cell: IPython compiles cells under such names."""
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith("<ipython-input"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


if __name__ == "__main__":
    main(int(sys.argv[1]), Lockdown(**json.loads(sys.argv[2])))
