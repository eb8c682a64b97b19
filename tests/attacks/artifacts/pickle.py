"""Writes a pickle that would write a file where it is loaded."""

LAB = "model"
ANSWERS = {
    "export": """
import os

def export(path):
    os.mkdir("saved")
    import pickle

    class Payload:
        def __reduce__(self):
            return (exec, (f"open({world['path']!r}, 'w').write('DONE')",))

    pickle.dump(Payload(), open(path, "wb"))
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"wrong"}}


def arrange(world):
    world.file = world.canary()


def assert_unharmed(world, outcome):
    assert world.file.read_text() == world.secret
