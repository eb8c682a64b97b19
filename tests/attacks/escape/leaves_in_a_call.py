"""Ends its process in a call: by abort, and by a signal that it sends to itself."""

ANSWERS = {
    "double": """
import os

def double(x):
    os.abort()
""",
    "total": """
import os, signal, sys

def save_total(path):
    os.kill(os.getpid(), signal.SIGKILL)
""",
}
SCORE = 0
VERDICTS = {"double.on_a_vector": {"died"}, "total.of_a_matrix": {"died", "out_of_memory"}}
