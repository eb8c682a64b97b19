"""Leaves links to a folder outside, so that handing over and removing its own would follow them."""

ANSWERS = {
    "double": """
import os

def double(x):
    outside = os.path.dirname(world["path"])
    os.symlink(outside, "link")
    os.symlink(world["path"], "file")
    os.mkdir("deep")
    os.symlink(outside, "deep/link")
    os._exit(0)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"died"}}


def arrange(world):
    world.file = world.canary()


def assert_unharmed(world, outcome):
    assert world.file.read_text() == world.secret
    assert world.file.stat().st_uid == world.file.parent.stat().st_uid == world.folder.stat().st_uid
