"""Writes a file above the limit, and a sparse one that claims to be a terabyte."""

ANSWERS = {
    "double": """
import os

def double(x):
    def write():
        with open("big", "wb") as file:
            for _ in range(64):
                file.write(bytes(1 << 20))
    def claim():
        with open("sparse", "wb") as file:
            file.truncate(1 << 40)
    attempt(write, claim)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused (OSError: 27)"
