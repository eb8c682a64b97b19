"""Raises exceptions whose text and notes are the inputs of the hidden check."""

ANSWERS = {
    "total": """
def save_total(path):
    open(path, "w").write("done")

def total(x):
    error = ValueError(repr(x.tolist()))
    error.add_note(repr(x.tolist()))
    raise error from RuntimeError(repr(x.tolist()))
"""
}
SCORE = 3
VERDICTS = {"total.of_a_matrix": {"raised"}}
