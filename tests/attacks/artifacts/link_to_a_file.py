"""Puts a link to a right model outside in the place of its file."""

from tests.attacks.model_lab import TWICE

LAB = "model"
ANSWERS = {
    "export": """
import os

def export(path):
    os.mkdir("saved")
    os.symlink(world["outside"] + "/model.tflite", path)
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"missing"}}


def arrange(world):
    (world.folder / "outside").mkdir()
    (world.folder / "outside" / "model.tflite").write_bytes(TWICE)
    world.facts["outside"] = str(world.folder / "outside")
