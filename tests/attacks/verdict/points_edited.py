"""Raises the points in the metadata of its check cells, and claims scores in the notebook's."""


def submission(lab, world):
    for cell in lab.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.points = 1000
            cell.metadata.nbgrader.grade = True
        if cell.id == "double":
            cell.source = "def double(x):\n    return None"
    lab.metadata["grader"] = {"score": 1000, "max_score": 1, "points": {"double": 1000}}
    return lab


SCORE = 5
VERDICTS = {"double.on_a_vector": {"wrong"}}


def assert_unharmed(world, outcome):
    assert outcome.attacker["max_score"] == 6
