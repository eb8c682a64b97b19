"""Keeps what other calls were given, in memory and in files, and answers with that."""

ANSWERS = {
    "double": """
import os
import numpy as np

seen = []

def double(x):
    seen.append(x)
    np.save("seen.npy", x)
    return seen[0]
""",
    "total": """
def save_total(path):
    open(path, "w").write("done")

def total(x):
    return np.load("seen.npy").sum() + sum(one.sum() for one in seen)
""",
}
SCORE = 2
VERDICTS = {"double.on_a_vector": {"wrong"}, "total.of_a_matrix": {"wrong"}}
