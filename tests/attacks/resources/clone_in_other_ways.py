"""Makes processes by clone, clone3 and posix_spawn, past Python's own `fork`."""

ANSWERS = {
    "double": """
import ctypes, os, platform

libc = ctypes.CDLL(None, use_errno=True)

def system(*words):
    got = libc.syscall(*words)
    if got == 0:
        os._exit(0)
    if got < 0:
        raise OSError(ctypes.get_errno(), "")
    return got

def double(x):
    child = 17  # SIGCHLD: a process that is nobody's thread
    clone = 56 if platform.machine() == "x86_64" else 220
    arguments = (ctypes.c_uint64 * 8)(0, 0, 0, 0, child, 0, 0, 0)
    environment = {"PATH": "/bin:/usr/bin"}
    attempt(
        lambda: system(clone, child, 0, 0, 0, 0),
        lambda: system(clone, ctypes.c_ulong(child | 1 << 40), 0, 0, 0, 0),
        lambda: system(435, ctypes.byref(arguments), 64),
        lambda: os.posix_spawn("/bin/true", ["true"], environment),
    )
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
HARMS_WITHOUT_WALLS = True
