"""The process that students' processes are forked from: a lab's libraries, imported once.

It never runs a student's code, never reads what a student wrote, and holds no rubric, no data set
and no expected value. What it is sent are numbers and descriptors; which folder, which user and
which rules a fork is for, the fork itself is told (`grader.child.main_forked`), so that nothing of
one submission is in the memory that the next is copied from. It has one thread when it forks.

Started by `grader.nursery` as `python -m grader.zygote SOCKET_FD LIBRARY…`.

Libraries: no operation of TensorFlow runs here (its forks would hang). torch takes one training
step with one thread, which saves each fork 0.8 s; its seed is drawn anew in each. What starts
threads when it is imported (onnxruntime) is left to the fork.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import importlib
import os
import select
import signal
import socket
import struct
import sys
from dataclasses import dataclass

REQUEST = struct.Struct("=BQ")  # FORK with [channel, output], or END; the number of the fork
FORK, END = range(2)
REPORT = struct.Struct("=BQi")  # what, the number, and the last of these comments
READY = 0  # libraries are imported; number: how many; how many threads there are
REFUSED = 1  # the library of that number is left out: 1 where it starts threads
STARTED = 2  # process id
EXITED = 3  # exit code as subprocess gives it; the process stays a zombie until END
ENDED = 4  # exit code; the process and its group are gone, and the number is free again
FAILED = 5  # there is no fork: errno
STACKS = {
    "numpy": ("numpy", "numpy.random"),
    "torch": ("numpy.random", "torch"),
    "tensorflow": ("numpy.random", "tensorflow", "keras"),
    "onnxruntime": ("numpy.random", "onnxruntime"),
    "scipy": ("numpy.random", "scipy.stats"),
    "matplotlib": ("matplotlib.pyplot",),  # which looks for the machine's fonts
}
CHANNEL = 3  # the descriptor of a fork's channel, above the three standard ones


@dataclass
class _Fork:
    pid: int
    watch: int  # descriptor that becomes readable when the process exits
    ending: bool = False  # the grader is done with it


def main(descriptor: int, libraries: list[str]) -> None:
    """Import, then fork on request until the grader hangs up; returns in no process."""
    from grader import child, lockdown
    from grader.shell import new_shell

    lockdown.die_with_parent()
    shell = new_shell()
    control = socket.socket(fileno=descriptor)
    for number, name in enumerate(libraries):
        _import(name)
        if lockdown.threads() > 1:
            control.send(REPORT.pack(REFUSED, number, 1))
            os._exit(0)  # threads do not go away: begin again without it
    _warm_up(shell)
    lockdown.seccomp_program()
    sys.argv[:] = [""]  # as an interactive interpreter has it
    gc.collect()
    gc.freeze()  # so that no collection in a fork copies the pages
    control.send(REPORT.pack(READY, len(libraries), lockdown.threads()))
    if _serve(control):
        child.main_forked(CHANNEL, shell)
    os._exit(0)


def _import(name: str) -> None:
    # What is not installed is no business of the zygote: the cell that imports it says so.
    with contextlib.suppress(ImportError):
        for module in STACKS[name]:
            importlib.import_module(module)
    if name == "torch" and "torch" in sys.modules:
        _take_a_step()


def _take_a_step() -> None:
    """One step of training, with which torch loads what it loads late."""
    import torch

    torch.set_num_threads(1)
    weight = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=0.1)
    torch.nn.functional.mse_loss(weight, torch.zeros(2)).backward()
    optimizer.step()


def _warm_up(shell: object) -> None:
    """Run a cell and show an error, so that what both load late is there; then forget it."""
    shell.run("1")
    try:
        raise ValueError
    except ValueError:
        shell.recorder.start()
        shell.showtraceback()
        shell.recorder.finish()
    check = shell.user_ns["check"]
    shell.reset(new_session=False)
    shell.user_ns["check"] = check
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        sys.__dict__.pop(name, None)


def _serve(control: socket.socket) -> bool:
    """Fork on request. Returns True in a fork, and False when the grader has hung up."""
    parent = os.getpid()
    forks: dict[int, _Fork] = {}
    watched: dict[int, int] = {}  # number of the fork by its descriptor
    poll = select.poll()
    poll.register(control, select.POLLIN)
    while True:
        for ready, _ in poll.poll():
            if ready in watched:
                poll.unregister(ready)
                number = watched.pop(ready)
                report, code = EXITED, _exit_code(forks[number].pid)
                if forks[number].ending:
                    report = ENDED
                    _bury(forks.pop(number))
                control.send(REPORT.pack(report, number, code))
                continue
            message, descriptors, _, _ = socket.recv_fds(control, REQUEST.size, 2)
            if not message:
                for fork in forks.values():
                    _kill(fork)
                return False
            what, number = REQUEST.unpack(message)
            if what == END:
                fork = forks.get(number)
                if fork is not None:
                    _kill(fork)
                    fork.ending = True
                    if fork.watch not in watched:
                        control.send(REPORT.pack(ENDED, number, _exit_code(fork.pid)))
                        _bury(forks.pop(number))
                continue
            try:
                pid = os.fork()
            except OSError as error:
                report, told = FAILED, error.errno or errno.EAGAIN
            else:
                if pid == 0:
                    control.detach()  # its number is closed below: no object may close it again
                    _become_a_student(parent, *descriptors)
                    return True
                report, told = STARTED, pid
                forks[number] = _Fork(pid, os.pidfd_open(pid))
                watched[forks[number].watch] = number
                poll.register(forks[number].watch, select.POLLIN)
            for descriptor in descriptors:
                os.close(descriptor)
            control.send(REPORT.pack(report, number, told))


def _become_a_student(parent: int, channel: int, output: int) -> None:
    """In a fork: a session, descriptors and seeds of its own, nothing of the zygote's."""
    from grader import lockdown

    os.setsid()
    lockdown.die_with_parent()
    if os.getppid() != parent:
        os._exit(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    if channel != CHANNEL:
        os.dup2(channel, CHANNEL, inheritable=False)
    os.closerange(CHANNEL + 1, 1 << 20)
    # As a new interpreter has them. Python seeds `random` after a fork by itself.
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if "torch" in sys.modules:
        sys.modules["torch"].default_generator.seed()


def _exit_code(pid: int) -> int:
    """The exit code of a process that has exited, and stays to be waited for."""
    result = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return result.si_status if result.si_code == os.CLD_EXITED else -result.si_status


def _kill(fork: _Fork) -> None:
    """Kill a fork with its group. Until it is buried, nobody else has its number."""
    for kill in (os.killpg, os.kill):  # it may not have its own group yet
        with contextlib.suppress(ProcessLookupError):
            kill(fork.pid, signal.SIGKILL)


def _bury(fork: _Fork) -> None:
    os.close(fork.watch)
    os.waitpid(fork.pid, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
