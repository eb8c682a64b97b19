"""Sends a signal to its group and to all processes: one that does nothing, for the test's sake."""

ANSWERS = {
    "double": """
import os, signal

def double(x):
    attempt(
        lambda: os.kill(-1, signal.SIGCONT),
        lambda: os.kill(0, signal.SIGCONT),
        lambda: os.killpg(os.getpgid(0), signal.SIGCONT),
        lambda: os.setsid(),
    )
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused (PermissionError: 1)"
HARMS_WITHOUT_WALLS = True
