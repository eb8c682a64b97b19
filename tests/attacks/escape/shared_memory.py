"""Leaves a message for the next submission in shared memory, queues, semaphores and keyrings."""

import os

ANSWERS = {
    "double": """
import ctypes, os, platform
from multiprocessing import shared_memory

libc = ctypes.CDLL(None, use_errno=True)

def check(value):
    if value < 0:
        raise OSError(ctypes.get_errno(), "")
    return value

def double(x):
    add_key = 248 if platform.machine() == "x86_64" else 217
    attempt(
        lambda: check(libc.shmget(0, 4096, 0o1600)),
        lambda: check(libc.msgget(0, 0o1600)),
        lambda: check(libc.semget(0, 1, 0o1600)),
        lambda: shared_memory.SharedMemory(world["name"], create=True, size=4096),
        lambda: open("/dev/shm/" + world["name"], "w").write("DONE"),
        lambda: check(libc.mq_open(b"/" + world["name"].encode(), 0o102, 0o600, None)),
        lambda: os.memfd_create("left"),
        lambda: check(libc.syscall(add_key, b"user", b"attack", b"DONE", 4, -4)),
    )
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
BUBBLEWRAP = True


def arrange(world):
    world.facts["name"] = f"attack-{os.getpid()}"


def assert_unharmed(world, outcome):
    assert not os.path.exists(f"/dev/shm/attack-{os.getpid()}")
