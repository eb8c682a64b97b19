"""Looks for what an earlier submission left behind: in the folders for temporary files, its own."""

ANSWERS = {
    "double": """
import glob, os, tempfile

def double(x):
    mine = os.getcwd()
    found = [name for name in os.listdir(".") if name not in (".ipython", "total.txt")]
    for place in ("/tmp", "/var/tmp", "/dev/shm", "/run", os.path.dirname(mine)):
        try:
            found += [n for n in os.listdir(place) if os.path.join(place, n) not in mine]
        except OSError:
            pass
    found += glob.glob("/tmp/submission-*/left.txt")
    raise RuntimeError(f"found: {found}")
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "found: []"


def arrange(world):
    from grader.assemble import Cell
    from grader.isolation import choose
    from grader.supervisor import Supervisor

    leave = (
        "for place in ('.', '/tmp', '/dev/shm'):\n"
        f"    open(place + '/left.txt', 'w').write({world.secret!r})"
    )
    with Supervisor([Cell("leave", leave, answer=True)], choose()) as earlier:
        earlier.start()
        assert earlier.read_file("left.txt").decode() == world.secret
