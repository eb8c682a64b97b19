"""Crashes by faulthandler, and lets it dump the stack to a file outside."""

ANSWERS = {
    "double": """
import faulthandler

def double(x):
    try:
        faulthandler.enable(open(world["path"], "w"))
    except OSError:
        faulthandler.enable()
    faulthandler.dump_traceback_later(1, repeat=True)
    faulthandler._sigsegv()
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"died"}}
HARMS_WITHOUT_WALLS = True


def arrange(world):
    world.file = world.canary()


def assert_unharmed(world, outcome):
    assert world.file.read_text() == world.secret
