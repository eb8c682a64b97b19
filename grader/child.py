"""What runs inside a student's process: cells once, then calls; it answers with plain data.

This module, with those that it imports, is all of the grader that the student's interpreter holds.
It holds no check, no reference and no tolerance; whatever a student does to it can only change the
data that it sends, and the supervisor compares that data elsewhere.

Started by `grader.process` as `python -m grader.child SOCKET_FD LOCKDOWN`, the latter as JSON, or
forked by `grader.zygote`.
"""

from __future__ import annotations

import builtins
import json
import os
import socket
import sys
from types import TracebackType
from typing import Any

import shared  # noqa: F401 - found now: later the folder that it lies in cannot be listed
from grader import wire
from grader.lockdown import Lockdown, lock
from grader.shell import Shell, new_shell, settle


def main(descriptor: int, rules: Lockdown) -> None:
    """Lock this process down, then serve requests until the supervisor hangs up."""
    lock(rules)
    serve(socket.socket(fileno=descriptor), new_shell())


def main_forked(descriptor: int, shell: Shell) -> None:
    """As `main`, with a shell from before the fork; what is to be set comes as the first frame."""
    channel = socket.socket(fileno=descriptor)
    setup = wire.decode(wire.receive(channel, None, limit=1 << 20))
    os.environ.clear()
    os.environ.update(setup["environment"])
    os.chdir(setup["folder"])
    if setup["rules"] is not None:  # one's own notebook, by papermill
        lock(Lockdown(**setup["rules"]))
    if setup["whole"]:
        shell.show_everything()
    settle(shell)
    serve(channel, shell)


def serve(channel: socket.socket, shell: Shell) -> None:
    """Answer requests until the supervisor hangs up."""
    while True:
        try:
            request = wire.decode(wire.receive(channel, None, limit=1 << 40))
        except wire.Closed:
            return
        reply = {"id": request["id"], **_answer(shell, request)}
        shell.flush()
        try:
            document = wire.encode(reply)
        except wire.NotPlain as error:
            document = wire.encode({"id": request["id"], "ok": False, **_not_plain(error)})
        wire.send(channel, document)


def _answer(shell: Shell, request: dict[str, Any]) -> dict[str, Any]:
    if request["op"] == "hello":
        return {"ok": True, "value": None}
    if request["op"] == "cell":
        error, outputs = shell.run(request["source"], counted=request["counted"])
        answer = {"ok": True, "value": None} if error is None else _failure(error)
        return {**answer, "outputs": outputs, "count": shell.execution_count - 1}
    return shell.perform(lambda: _call(shell.user_ns, request))


def _call(namespace: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    function = namespace.get(request["name"])
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
