"""Puts a hard link to a right model outside in the place of its file."""

from tests.attacks.model_lab import TWICE

LAB = "model"
ANSWERS = {
    "export": """
import os

def export(path):
    os.mkdir("saved")
    try:
        os.link(world["outside"] + "/model.tflite", path)
    except OSError:
        os.link(f"/proc/self/fd/{os.open(world['outside'] + '/model.tflite', os.O_PATH)}", path)
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"raised"}}


def arrange(world):
    (world.folder / "outside").mkdir()
    (world.folder / "outside" / "model.tflite").write_bytes(TWICE)
    world.facts["outside"] = str(world.folder / "outside")
