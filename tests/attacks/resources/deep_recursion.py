"""Recurses without end, with the limit on recursion taken away and a deep stack."""

ANSWERS = {
    "double": """
import sys

sys.setrecursionlimit(10**9)

class Deep:
    def __repr__(self):
        return repr([self])

def double(x):
    return repr(Deep())
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"died", "out_of_memory"}}
