"""Closes its channel to the grader and goes on running."""

ANSWERS = {
    "double": """
import os, time

def double(x):
    os.closerange(3, 1024)
    while True:
        time.sleep(60)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"died"}}
