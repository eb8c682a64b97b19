"""Makes files named after the inputs of the hidden check, and fails to open one such."""

ANSWERS = {
    "total": """
def save_total(path):
    open(path, "w").write("done")

def total(x):
    text = repr(x.tolist())[:200]
    open(text, "w").close()
    open("total.txt", "w").write(text)
    open("nowhere/" + text)
"""
}
SCORE = 3
VERDICTS = {"total.of_a_matrix": {"raised"}}
