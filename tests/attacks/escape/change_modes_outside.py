"""Changes the mode, owner, times and attributes of a file outside its folder."""

ANSWERS = {
    "double": """
import os

def double(x):
    path = world["path"]
    for change in (
        lambda: os.chmod(path, 0o777),
        lambda: os.chmod(path, 0o4755),
        lambda: os.chmod(f"/proc/self/fd/{os.open(path, os.O_PATH)}", 0o777),
        lambda: os.chown(path, os.getuid(), os.getgid()),
        lambda: os.chown(path, 12345, 12345),
        lambda: os.utime(path, (0, 0)),
        lambda: os.setxattr(path, "user.attack", b"here"),
    ):
        try:
            change()
        except OSError:
            pass
    raise ValueError("tried all")
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "tried all"
HARMS_WITHOUT_WALLS = True


def arrange(world):
    world.file = world.canary()
    world.before = world.file.stat()


def assert_unharmed(world, outcome):
    after = world.file.stat()
    for name in ("st_mode", "st_uid", "st_gid", "st_mtime_ns"):
        assert getattr(after, name) == getattr(world.before, name), name
