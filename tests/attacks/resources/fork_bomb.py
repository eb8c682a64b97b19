"""Forks: twenty children, each gone after half a second."""

ANSWERS = {
    "double": """
import os, time

def double(x):
    def fork():
        child = os.fork()
        if child == 0:
            time.sleep(0.5)
            os._exit(0)
        return child
    attempt(*[fork] * 20)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused (PermissionError: 1)"
BUBBLEWRAP = HARMS_WITHOUT_WALLS = True
