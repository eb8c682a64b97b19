"""Hangs in a cell each time it is run, and not in a function."""

ANSWERS = {"double": "while True:\n    pass"}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"missing"}}
