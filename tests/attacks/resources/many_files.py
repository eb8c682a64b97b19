"""Writes more small files than its folder may hold."""

ANSWERS = {
    "double": """
import itertools

def double(x):
    for number in itertools.count():
        open(f"file-{number % 50_000}", "w").close()
"""
}
SCORE = 3  # the folder is emptied before the next process
VERDICTS = {"double.on_a_vector": {"too_much_output"}}
