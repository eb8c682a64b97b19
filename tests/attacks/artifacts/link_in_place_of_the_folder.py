"""Puts a link to a folder outside, which holds a right model, in the place of its file's folder."""

from tests.attacks.model_lab import TWICE

LAB = "model"
ANSWERS = {
    "export": """
import os

def export(path):
    os.symlink(world["outside"], "saved")
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"missing"}}


def arrange(world):
    (world.folder / "outside").mkdir()
    (world.folder / "outside" / "model.tflite").write_bytes(TWICE)
    world.facts["outside"] = str(world.folder / "outside")
