"""Looks for descriptors that the process it was forked from left open: requests, other forks."""

ANSWERS = {
    "double": """
import os, socket

def double(x):
    found = []
    allowed = {f"/proc/{os.getpid()}", "/proc/cpuinfo", "/proc/meminfo"}  # of Landlock's rules
    for fd in map(int, os.listdir("/proc/self/fd")):
        try:
            if fd > 3 and os.readlink(f"/proc/self/fd/{fd}") not in allowed:
                found.append((fd, os.readlink(f"/proc/self/fd/{fd}")))
        except OSError:
            pass  # the folder that is listed
    with socket.socket(fileno=os.dup(3)) as channel:
        if channel.type != socket.SOCK_STREAM:
            found.append(channel)  # the zygote takes requests from another kind
    raise RuntimeError(f"looked: {found}")
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "looked: []"
