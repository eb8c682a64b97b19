"""Writes a model whose tensors claim to have two billion columns."""

import struct

from tests.attacks.model_lab import TWICE

LAB = "model"
SHAPE = struct.pack("<3i", 2, 1, 4)  # a vector of two: the shape (1, 4)
HUGE = TWICE.replace(SHAPE, struct.pack("<3i", 2, 1, 2**31 - 1))
assert HUGE != TWICE
ANSWERS = {
    "export": f"""
import os

def export(path):
    os.mkdir("saved")
    open(path, "wb").write({HUGE!r})
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"wrong"}}
