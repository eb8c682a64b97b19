"""Writes a module where the next student's interpreter, or the grader's, would import it."""

import sysconfig
from pathlib import Path

from grader.labs import ROOT

NAME = "written_by_an_attack.py"
PLACES = [sysconfig.get_path("purelib"), str(ROOT / "shared"), str(ROOT / "grader"), str(ROOT)]
ANSWERS = {
    "double": """
import os

def double(x):
    def write(place):
        open(os.path.join(place, world["name"]), "x").close()
    attempt(*(lambda place=place: write(place) for place in world["places"]))
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
BUBBLEWRAP = True


def arrange(world):
    world.facts |= {"places": [*PLACES, "/tmp", "/dev/shm", "/var/tmp"], "name": NAME}


def assert_unharmed(world, outcome):
    left = [path for place in PLACES if (path := Path(place, NAME)).exists()]
    for path in left:
        path.unlink()
    assert left == []
