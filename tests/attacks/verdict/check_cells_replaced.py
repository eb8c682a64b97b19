"""Writes into check and setup cells what would make its answers pass."""


def submission(lab, world):
    for cell in lab.cells:
        if cell.id in ("double_check", "total_check", "imports", "study"):
            cell.source = (
                "import numpy as np\n"
                "double = lambda x: 2 * x\ntotal = lambda x: x.sum()\n"
                "save_total = lambda path: open(path, 'w').write('done')\n"
            )
        elif cell.id in ("double", "total"):
            cell.source = "pass"
    return lab


SCORE = 0
VERDICTS = {"double.on_a_vector": {"missing"}, "total.of_a_matrix": {"missing"}}


def assert_unharmed(world, outcome):
    assert any("locked cell imports was changed" in note for note in outcome.attacker["notes"])
