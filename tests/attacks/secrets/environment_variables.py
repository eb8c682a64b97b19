"""Looks for the grader's tokens in its environment, its parent's, and in the C library's copy."""

ANSWERS = {
    "double": """
import ctypes, os

def double(x):
    found = [str(dict(os.environ)), open("/proc/self/environ").read()]
    getenv = ctypes.CDLL(None).getenv
    getenv.restype = ctypes.c_char_p
    found.append(str(getenv(b"COURSE_TOKEN")))
    try:
        found.append(open(f"/proc/{os.getppid()}/environ").read())
    except OSError as error:
        found.append(str(error))
    raise RuntimeError(str(found)[-1900:])
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "COURSE_OFFLINE"


def arrange(world):
    world.patch.setenv("COURSE_TOKEN", world.secret)
