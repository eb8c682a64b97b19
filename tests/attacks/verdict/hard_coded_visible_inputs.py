"""Knows the right answers to the inputs of the visible check, which are always the same."""

from grader.checking import generator

LAB = "model"
KNOWN = [float(x) for x in generator("triple.of_known_numbers", "visible").normal(size=5)]
ANSWERS = {
    "triple": f"""
import numpy as np

def triple(x):
    known = np.array({KNOWN!r})
    return 3 * known
"""
}
SCORE = 4
VERDICTS = {"triple.of_known_numbers": {"passed"}, "triple.of_other_numbers": {"wrong"}}
