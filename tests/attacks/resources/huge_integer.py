"""Computes a power with ten billion digits."""

ANSWERS = {"total": "def save_total(path):\n    pass\n\ndef total(x):\n    return 7 ** (10**10)"}
SCORE = 3
VERDICTS = {"total.of_a_matrix": {"timed_out", "out_of_memory"}}
