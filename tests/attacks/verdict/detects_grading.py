"""Finds out that it is graded (no kernel, grader modules, empty folder), and then gives nothing."""

ANSWERS = {
    "double": """
import os, sys

def graded():
    return "ipykernel" not in sys.modules or any(m.startswith("grader") for m in sys.modules)

def double(x):
    if graded():
        os.environ["SCORE"] = "6"
        return None
    return 2 * x
"""
}
SCORE = 5
VERDICTS = {"double.on_a_vector": {"wrong"}}
