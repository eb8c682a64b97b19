"""Writes the inputs of a hidden check down and dies; its replayed cells raise them as an error."""

ANSWERS = {
    "double": """
import os

calls = []

def double(x):
    calls.append(x)
    if len(calls) == 2:
        open("seen.txt", "w").write(repr(x.tolist()))
        os._exit(0)
    return 2 * x

if os.path.exists("seen.txt"):
    raise ValueError(open("seen.txt").read())
""",
    "total": """
import os

if os.path.exists("seen.txt"):
    raise ValueError(open("seen.txt").read())

def save_total(path):
    open(path, "w").write("done")

def total(x):
    return x.sum()
""",
}
SCORE = 1
VERDICTS = {"double.leaves_its_input_alone": {"died"}, "total.of_a_matrix": {"missing"}}
BUBBLEWRAP = True
