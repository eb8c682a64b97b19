"""Nests folders three thousand deep: listing, handing over and removing them must not recurse."""

import subprocess
import tempfile

ANSWERS = {
    "double": """
import os, time

def double(x):
    for _ in range(3000):
        os.mkdir("d" * 20)
        os.chdir("d" * 20)
    open("file", "w").write("deep")
    os._exit(0)
"""
}
LIMITS = {"files": 100_000}
SCORE = 3  # the folder is emptied before the next process
VERDICTS = {"double.on_a_vector": {"died", "too_much_output"}}


def arrange(world):
    # The grader's folders lie here, so that one sees whether they are gone afterwards.
    folder = world.folder / "temporary"
    folder.mkdir()
    world.stack.callback(subprocess.run, ["rm", "-rf", folder], check=True)
    world.patch.setattr(tempfile, "tempdir", str(folder))


def assert_unharmed(world, outcome):
    assert list((world.folder / "temporary").iterdir()) == []
