"""A student's process that is a Jupyter kernel: ipykernel as notebooks have it, and its messages.

Cells and calls are `execute_request`s to the kernel's shell channel; what they show is read from
its iopub channel. Only the transport is another one: not TCP and not sockets of the file system,
which a locked-down process has none of, but ZeroMQ's `inproc`, between two threads of this process.
So the walls around it are those of every student's process, and the supervisor speaks no ZeroMQ:
one thread is the client here, and translates (`grader.child.serve`).

Started by `grader.engines` as `python -m grader.kernel SOCKET_FD LOCKDOWN`.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

import zmq
from ipykernel.iostream import IOPubThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.compilerop import CachingCompiler
from jupyter_client.session import Session
from traitlets import Type
from traitlets.config import Config

from grader import child
from grader.lockdown import Lockdown, lock
from grader.shell import Recorder, Shown, StartsNothing


class KernelShell(StartsNothing, ZMQInteractiveShell):
    """The kernel's own shell, which starts no programs and can run a function among the cells."""

    pending: Callable[[], Any] | None = None
    performed: Any = None

    def perform_pending(self) -> None:
        """Run the function that waits; what it returns is kept."""
        self.performed = self.pending()


class Kernel(IPythonKernel):
    """ipykernel's kernel, with that shell."""

    shell_class = Type(KernelShell)
    compiler_class = Type(CachingCompiler)  # cells named as elsewhere, so that lines are found


class KernelApp(IPKernelApp):
    """ipykernel's application, bound to addresses inside of this process."""

    kernel_class = Type(Kernel)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._addresses = itertools.count(1)

    def _bind_socket(self, s: zmq.Socket, port: int) -> int:
        number = next(self._addresses)
        s.bind(f"inproc://{number}")
        return number

    def init_iopub(self, context: zmq.Context) -> None:
        """As ipykernel does, but without the TCP port by which programs that it starts print."""
        publishing = context.socket(zmq.XPUB)
        publishing.linger = 1000
        publishing.sndhwm = 0  # no message is dropped; memory is limited anyway
        self.iopub_port = self._bind_socket(publishing, 0)
        self.configure_tornado_logger()
        self.iopub_thread = IOPubThread(publishing, pipe=False, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def init_connection_file(self) -> None:
        """Nobody else connects."""

    write_connection_file = log_connection_info = init_heartbeat = init_connection_file


class Client:
    """Speaks to the kernel from a thread of its own; used as `grader.shell.Shell` is."""

    def __init__(self, app: KernelApp) -> None:
        self.user_ns = app.shell.user_ns
        self._shell = app.shell
        self._session = Session(key=app.session.key)
        self._requests = app.context.socket(zmq.DEALER)
        self._requests.connect(f"inproc://{app.shell_port}")
        self._shown = app.context.socket(zmq.SUB)
        self._shown.rcvhwm = 0
        self._shown.connect(f"inproc://{app.iopub_port}")
        self._shown.subscribe(b"")
        self._poller = zmq.Poller()
        for channel in (self._requests, self._shown):
            self._poller.register(channel, zmq.POLLIN)

    @property
    def execution_count(self) -> int:
        """As the kernel's shell counts."""
        return self._shell.execution_count

    def run(self, source: str, *, counted: bool = False) -> tuple[Any, list[dict[str, Any]]]:
        """Run a cell: the error that it ended in, or None, and what it showed."""
        recorder = Recorder(Shown())
        recorder.start()
        reply = self._execute(source, recorder, silent=False, counted=counted)
        error = sys.last_value if reply["status"] == "error" else None
        return error, recorder.finish()

    def perform(self, function: Callable[[], Any]) -> Any:
        """What a function returns that runs where cells run."""
        self._shell.pending, self._shell.performed = function, None
        code = "__import__('IPython').get_ipython().perform_pending()"
        self._execute(code, Recorder(Shown()), silent=True)
        if self._shell.performed is None:
            os._exit(1)  # somebody took the shell apart
        return self._shell.performed

    def flush(self) -> None:
        """The kernel does so itself before each reply."""

    def _execute(
        self, source: str, recorder: Recorder, *, silent: bool, counted: bool = False
    ) -> dict[str, Any]:
        """Send a request; the reply's content, when the kernel is idle again."""
        content = {
            "code": source,
            "silent": silent,
            "store_history": counted,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        sent = self._session.send(self._requests, "execute_request", content)
        request, reply, idle = sent["header"]["msg_id"], None, False
        while reply is None or not idle:
            for channel, _ in self._poller.poll():
                _, message = self._session.recv(channel, 0)
                if message["parent_header"].get("msg_id") != request:
                    continue
                if message["msg_type"] == "execute_reply":
                    reply = message["content"]
                elif message["msg_type"] == "status":
                    idle = message["content"]["execution_state"] == "idle"
                else:
                    _record(message["msg_type"], message["content"], recorder)
        return reply


def _record(kind: str, content: dict[str, Any], recorder: Recorder) -> None:
    if kind == "stream":
        recorder.print(content["name"], content["text"])
    elif kind in ("display_data", "update_display_data"):
        name = content["transient"].get("display_id")
        record = recorder.display if kind == "display_data" else recorder.update
        record(data=content["data"], metadata=content["metadata"], display_id=name)
    elif kind == "execute_result":
        count = {"execution_count": content["execution_count"]}
        recorder.display(content["data"], content["metadata"], **count)
    elif kind == "error":
        recorder.error(content["ename"], content["evalue"], content["traceback"])
    elif kind == "clear_output":
        recorder.clear()


def main(descriptor: int, rules: Lockdown) -> None:
    """Lock this process down, then be a kernel until the supervisor hangs up."""
    lock(rules)
    channel = socket.socket(fileno=descriptor)
    config = Config()
    config.HistoryManager.enabled = False  # which would write, in a thread
    config.InteractiveShell.colors = "nocolor"
    config.KernelApp.log_level = "ERROR"  # it takes the addresses for TCP's, and warns
    config.IPKernelApp.quiet = False  # what is printed is counted by the supervisor, too
    app = KernelApp.instance(config=config)
    app.initialize([])
    app.shell.user_ns["check"] = lambda *names, **options: None  # grading has its own checks

    def translate() -> None:
        child.serve(channel, Client(app))
        os._exit(0)

    threading.Thread(target=translate, daemon=True).start()
    app.start()


if __name__ == "__main__":
    main(int(sys.argv[1]), Lockdown(**json.loads(sys.argv[2])))
