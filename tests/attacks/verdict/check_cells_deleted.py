"""Deletes every check cell and each locked cell; one answer is nothing."""


def submission(lab, world):
    answers = [cell for cell in lab.cells if cell.id in ("double", "total")]
    answers[0].source = "def double(x):\n    return None"
    lab.cells = answers
    return lab


SCORE = 5
VERDICTS = {"double.on_a_vector": {"wrong"}}
