"""Is a zip in which a notebook of some kilobytes unpacks to more than the grader reads."""

import zipfile


def hand_in(world, honest):
    path = world.folder / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("honest-a.ipynb", honest)
        archive.writestr("attacker.ipynb", bytes(65 << 20))
        archive.writestr("honest-b.ipynb", honest)
    return path


STATUS, SCORE = "unreadable", 0
