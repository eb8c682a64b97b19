"""Writes files of legal size until the disk would be full."""

ANSWERS = {
    "double": """
import itertools, time

def double(x):
    for number in range(64):
        open(f"file-{number}", "wb").write(bytes(1 << 20))
        time.sleep(0.05)
    time.sleep(5)
"""
}
SCORE = 3  # the folder is emptied before the next process
VERDICTS = {"double.on_a_vector": {"too_much_output"}}
