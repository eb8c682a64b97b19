"""Is a zip whose directory says that a member is small which is not."""

import struct
import zipfile


def hand_in(world, honest):
    path = world.folder / "class.zip"
    size = (65 << 20) + 1
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("honest-a.ipynb", honest)
        archive.writestr("attacker.ipynb", bytes(size))
        archive.writestr("honest-b.ipynb", honest)
    content = path.read_bytes()
    said = struct.pack("<I", size)
    assert content.count(said) == 2
    path.write_bytes(content.replace(said, struct.pack("<I", 1000)))
    return path


STATUS, SCORE = "unreadable", 0
