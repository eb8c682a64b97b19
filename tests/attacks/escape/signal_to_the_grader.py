"""Sends the grader signals by kill, tgkill, tkill, sigqueue and through a descriptor's owner."""

import os
import signal

ANSWERS = {
    "double": """
import ctypes, fcntl, os, signal, socket, time

libc = ctypes.CDLL(None, use_errno=True)

def system(*words):
    if libc.syscall(*words) < 0:
        raise OSError(ctypes.get_errno(), "")

def by_owner(command):
    pid, one, other = world["parent"], *socket.socketpair()
    fcntl.fcntl(one, 10, signal.SIGUSR1)  # F_SETSIG
    if command == 8:
        fcntl.fcntl(one, 8, pid)  # F_SETOWN
    else:
        owner = ctypes.create_string_buffer((1).to_bytes(4, "little") + pid.to_bytes(4, "little"))
        fcntl.fcntl(one, 15, owner.raw[:8])  # F_SETOWN_EX
    fcntl.fcntl(one, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    other.send(b"x")
    time.sleep(0.05)

def double(x):
    pid, usr1 = world["parent"], signal.SIGUSR1
    info = ctypes.create_string_buffer(128)
    attempt(
        lambda: os.kill(pid, usr1),
        lambda: os.kill(pid, 0),
        lambda: system(234, pid, pid, usr1),
        lambda: system(200, pid, usr1),
        lambda: system(129, pid, usr1, info),
        lambda: system(424, 0, usr1, None, 0),
        lambda: by_owner(8),
        lambda: by_owner(15),
        lambda: fcntl.fcntl(0, 8 | 1 << 40, pid),
    )
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
BUBBLEWRAP = HARMS_WITHOUT_WALLS = True


def arrange(world):
    world.signals = []
    before = signal.signal(signal.SIGUSR1, lambda number, frame: world.signals.append(number))
    world.stack.callback(signal.signal, signal.SIGUSR1, before)
    world.facts["parent"] = os.getpid()


def assert_unharmed(world, outcome):
    assert world.signals == []
