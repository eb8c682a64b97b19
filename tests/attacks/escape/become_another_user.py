"""Becomes root, another user, a member of other groups; takes capabilities; leaves its limits."""

ANSWERS = {
    "double": """
import ctypes, os, struct

libc = ctypes.CDLL(None, use_errno=True)

def check(value):
    if value < 0:
        raise OSError(ctypes.get_errno(), "")

def double(x):
    header, data = struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", *[0xFFFFFFFF] * 6)
    attempt(
        lambda: os.setuid(0),
        lambda: os.setresuid(0, 0, 0),
        lambda: os.setgid(0),
        lambda: os.setgroups([0]),
        lambda: os.setreuid(0, 0),
        lambda: check(libc.setfsuid(0)) or check(-(open("/etc/shadow").read() == "")),
        lambda: check(libc.capset(header, data)),
        lambda: os.setpriority(os.PRIO_PROCESS, 0, -5),
    )
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused (PermissionError: 1)"
