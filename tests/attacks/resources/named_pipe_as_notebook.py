"""Hands in a named pipe, from which a reader would wait for ever, and a folder of that name."""

import os


def hand_in(world, honest):
    world.class_folder.mkdir()
    for name in ("honest-a", "honest-b"):
        (world.class_folder / f"{name}.ipynb").write_bytes(honest)
    os.mkfifo(world.class_folder / "attacker.ipynb")
    (world.class_folder / "folder.ipynb").mkdir()
    return world.class_folder


STATUS, SCORE = "unreadable", 0
