"""Calls sys.exit, exit, quit and raises KeyboardInterrupt, in cells and in calls."""

ANSWERS = {
    "double": "import sys\n\ndef double(x):\n    sys.exit(0)\n\nsys.exit(0)",
    "total": """
def total(x):
    raise KeyboardInterrupt

def save_total(path):
    pass

exit()
""",
}
SCORE = 0
VERDICTS = {"double.on_a_vector": {"raised"}, "total.of_a_matrix": {"raised"}}
