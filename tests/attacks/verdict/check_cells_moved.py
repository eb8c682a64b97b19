"""Moves the check cells before the answers, and the setup cell to the end."""


def submission(lab, world):
    lab.cells = lab.cells[::-1]
    for cell in lab.cells:
        if cell.id == "total":
            cell.source = "def total(x):\n    return None\n\ndef save_total(path):\n    pass"
    return lab


SCORE = 3
VERDICTS = {"total.of_a_matrix": {"wrong"}}
