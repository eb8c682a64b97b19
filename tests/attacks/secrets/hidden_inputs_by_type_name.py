"""Returns an object whose type is called like the inputs of the hidden check."""

ANSWERS = {
    "total": """
def save_total(path):
    open(path, "w").write("done")

def total(x):
    return type(repr(x.tolist()), (), {})()
"""
}
SCORE = 3
VERDICTS = {"total.of_a_matrix": {"wrong"}}
