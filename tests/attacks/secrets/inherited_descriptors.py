"""Reads every file descriptor that it finds open, after the grader opened a file of grades."""

import os

ANSWERS = {
    "double": """
import os, stat

def double(x):
    found = []
    for fd in range(3, 1024):
        try:
            status = os.fstat(fd)
            if stat.S_ISREG(status.st_mode) or stat.S_ISFIFO(status.st_mode):
                found.append((os.readlink(f"/proc/self/fd/{fd}"), os.pread(fd, 100, 0)))
            elif stat.S_ISDIR(status.st_mode):
                found.append((os.readlink(f"/proc/self/fd/{fd}"), os.listdir(fd)))
        except OSError:
            pass
    found = [one for one in found if not one[0].startswith(os.getcwd())]
    raise RuntimeError(f"looked: {found}")
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "looked: []"


def arrange(world):
    file = world.stack.enter_context(world.canary().open())
    os.set_inheritable(file.fileno(), True)
