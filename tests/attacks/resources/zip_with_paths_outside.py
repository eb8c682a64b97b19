"""Is a zip whose members are called like files outside of where it would be unpacked."""

import zipfile

NAMES = ("../../evil.ipynb", "/etc/evil.ipynb", "..\\..\\evil.ipynb", "a/../../../evil.ipynb")


def hand_in(world, honest):
    path = world.folder / "inner" / "class.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("honest-a.ipynb", honest)
        archive.writestr("attacker.ipynb", b"nothing")
        archive.writestr("honest-b.ipynb", honest)
        for name in NAMES:
            archive.writestr(name, honest)
    return path


STATUS, SCORE = "unreadable", 0


def assert_unharmed(world, outcome):
    assert not list(world.folder.rglob("evil*"))
    from grader.report import safe_name

    for student in outcome.results:
        assert set(safe_name(student)) & {"/", "\\"} == set() and ".." not in safe_name(student)
