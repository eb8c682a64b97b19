"""Adds copies of cells under other and equal names, and calls check cells answers."""

from copy import deepcopy


def submission(lab, world):
    by_id = {cell.id: cell for cell in lab.cells}
    wrong = deepcopy(by_id["double"])
    wrong.id = "double-again"
    wrong.source = "def double(x):\n    return None"
    posing = deepcopy(by_id["total_check"])
    posing.id = "posing"
    posing.source = "def total(x):\n    return 'all'"
    posing.metadata.nbgrader.update(grade_id="total_check", solution=True, points=50)
    lab.cells += [wrong, posing, *(deepcopy(by_id["double_check"]) for _ in range(5))]
    return lab


SCORE = 5  # the last answer cell counts, which is wrong; a cell of another name does not
VERDICTS = {"double.on_a_vector": {"wrong"}, "total.of_a_matrix": {"passed"}}


def assert_unharmed(world, outcome):
    assert outcome.attacker["max_score"] == 6
    assert any("2 answer cells double" in note for note in outcome.attacker["notes"])
