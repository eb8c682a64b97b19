"""Answers right, and keeps threads busy all the time."""

ANSWERS = {
    "double": """
import threading

def spin():
    while True:
        pass

for _ in range(4):
    threading.Thread(target=spin, daemon=True).start()

def double(x):
    return 2 * x
"""
}
SCORE = 6
