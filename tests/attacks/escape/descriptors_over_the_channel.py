"""Sends open files over the channel, which would pile up in the grader's process."""

import os

ANSWERS = {
    "double": """
import gc, os, socket

(channel,) = [one for one in gc.get_objects() if isinstance(one, socket.socket)]
file = os.open("left", os.O_RDWR | os.O_CREAT)

def double(x):
    for _ in range(20):
        socket.send_fds(channel, [b"x"], [file] * 50)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"died", "too_much_output"}}


def assert_unharmed(world, outcome):
    open_files = [os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")]
    assert not [path for path in open_files if "submission-" in path]
