"""Reads the submissions of the others, whose place it knows, and the folder that they lie in."""

ANSWERS = {
    "double": """
import os

def double(x):
    folder = world["class"]
    attempt(
        lambda: os.listdir(folder),
        lambda: open(folder + "/honest-a.ipynb").read(100),
        lambda: open(folder + "/../class/honest-b.ipynb").read(100),
        lambda: os.open(folder, os.O_RDONLY | os.O_DIRECTORY),
    )
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
BUBBLEWRAP = HARMS_WITHOUT_WALLS = True


def arrange(world):
    world.facts["class"] = str(world.class_folder)
