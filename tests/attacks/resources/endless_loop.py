"""Never returns: a loop in Python."""

ANSWERS = {
    "total": "def save_total(path):\n    pass\n\ndef total(x):\n    while True:\n        pass"
}
SCORE = 3
VERDICTS = {"total.of_a_matrix": {"timed_out"}}
