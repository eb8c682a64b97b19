"""Does its harm late: in atexit, __del__, finalizers, a trace function and a signal handler."""

ANSWERS = {
    "double": """
import atexit, os, signal, sys, threading, weakref

def late(*args):
    try:
        open(world["path"], "w").write("DONE")
    except BaseException:
        pass
    os.write(1, b"PASSED\\n")

class Late:
    __del__ = late

for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGPROF):
    signal.signal(number, late)
signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
atexit.register(late)
kept = Late()
weakref.finalize(kept, late)
threading.settrace(late)

def double(x):
    global kept
    kept = None
    return 2 * x
"""
}
SCORE = 6
HARMS_WITHOUT_WALLS = True


def arrange(world):
    world.file = world.canary()


def assert_unharmed(world, outcome):
    assert world.file.read_text() == world.secret
