"""Overwrites, appends to, cuts, removes, renames and links a file that anyone may write."""

ANSWERS = {
    "double": """
import os

def double(x):
    path = world["path"]
    os.symlink(os.path.dirname(path), "link")
    attempt(
        lambda: open(path, "a").write("DONE"),
        lambda: open(path, "r+").write("DONE"),
        lambda: open("link/new", "w").write("DONE"),
        lambda: os.truncate(path, 0),
        lambda: os.rename(path, path + "-renamed"),
        lambda: os.link(path, "mine"),
        lambda: os.unlink(path),
        lambda: os.mkdir(path + "-folder"),
        lambda: os.symlink("x", path + "-link"),
        lambda: open(path, "w").write("DONE"),
    )
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
BUBBLEWRAP = HARMS_WITHOUT_WALLS = True


def arrange(world):
    world.file = world.canary()


def assert_unharmed(world, outcome):
    assert [path.name for path in world.file.parent.iterdir()] == ["canary.txt"]
    assert world.file.read_text() == world.secret and world.file.stat().st_nlink == 1
