"""Writes the first half of a real model: the offsets in it point behind its end."""

from tests.attacks.model_lab import TWICE

LAB = "model"
ANSWERS = {
    "export": f"""
import os

def export(path):
    os.mkdir("saved")
    open(path, "wb").write({TWICE[: len(TWICE) // 2]!r})
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"wrong"}}
