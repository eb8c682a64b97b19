"""Raises an exception whose class is called like the inputs of the hidden check."""

ANSWERS = {
    "total": """
import builtins

def save_total(path):
    open(path, "w").write("done")

def total(x):
    name = repr(x.tolist())
    kind = type(name, (ValueError,), {"__module__": name, "__qualname__": name})
    setattr(builtins, name, kind)
    raise kind(name)
"""
}
SCORE = 3
VERDICTS = {"total.of_a_matrix": {"raised"}}
