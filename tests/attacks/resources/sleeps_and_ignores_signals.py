"""Sleeps in every call, with all signals ignored that can be."""

ANSWERS = {
    "total": """
import signal, time

for number in range(1, 32):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass

def save_total(path):
    pass

def total(x):
    while True:
        time.sleep(60)
"""
}
SCORE = 3
VERDICTS = {"total.of_a_matrix": {"timed_out"}}
