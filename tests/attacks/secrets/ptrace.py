"""Attaches to another process with ptrace."""

ANSWERS = {
    "double": """
import ctypes

def double(x):
    libc = ctypes.CDLL(None, use_errno=True)

    def trace(request):
        if libc.ptrace(request, ctypes.c_long(world["pid"]), None, None) < 0:
            raise OSError(ctypes.get_errno(), "")

    attempt(lambda: trace(16), lambda: trace(0x4206))
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
HARMS_WITHOUT_WALLS = True


def arrange(world):
    world.sleeper()
