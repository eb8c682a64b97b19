"""Mounts over its own folder, and makes namespaces in which it may mount."""

ANSWERS = {
    "double": """
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)

def check(value):
    if value < 0:
        raise OSError(ctypes.get_errno(), "")

def double(x):
    os.mkdir("place")
    attempt(
        lambda: check(libc.unshare(0x10000000 | 0x00020000)),
        lambda: check(libc.unshare(0x40000000)),
        lambda: check(libc.mount(b"none", b"place", b"tmpfs", 0, b"size=64k")),
        lambda: check(libc.syscall(430, b"tmpfs", 0)),
        lambda: check(libc.syscall(428, -100, b".", 0)),
        lambda: check(libc.setns(0, 0)),
        lambda: check(libc.chroot(b".")),
        lambda: check(libc.umount2(b"/proc", 2)),
    )
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused (PermissionError: 1)"
