"""Fills the disk with files that it has removed and keeps open, so that no listing shows them."""

ANSWERS = {
    "double": """
import os, time

kept = []

def double(x):
    for _ in range(64):
        file = open("hidden", "wb")
        os.unlink("hidden")
        file.write(bytes(1 << 20))
        file.flush()
        kept.append(file)
        time.sleep(0.05)
    time.sleep(5)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"too_much_output"}}
BUBBLEWRAP = True
