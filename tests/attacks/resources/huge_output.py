"""Prints two hundred megabytes."""

ANSWERS = {
    "double": """
def double(x):
    for _ in range(200):
        print("x" * (1 << 20), flush=True)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"too_much_output"}}
BUBBLEWRAP = True
