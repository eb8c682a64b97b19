"""Writes a real model in which bytes are changed at random, until the parser crashes or refuses."""

import random

from tests.attacks.model_lab import TWICE

LAB = "model"


def changed() -> bytes:
    """The model with a tenth of its bytes changed; the same at each run."""
    draw = random.Random(5)
    content = bytearray(TWICE)
    for place in draw.sample(range(8, len(content)), len(content) // 10):
        content[place] = draw.randrange(256)
    return bytes(content)


ANSWERS = {
    "export": f"""
import os

def export(path):
    os.mkdir("saved")
    open(path, "wb").write({changed()!r})
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"wrong", "timed_out"}}
