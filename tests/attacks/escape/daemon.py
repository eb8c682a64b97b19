"""Forks twice and starts a session of its own, to go on when its check is over."""

import os
import signal

ANSWERS = {
    "double": """
import os, time

def double(x):
    def daemon():
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                with open(world["path"], "w") as file:
                    file.write(str(os.getpid()))
                time.sleep(10)
            os._exit(0)
        time.sleep(0.5)
    attempt(daemon)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
BUBBLEWRAP = HARMS_WITHOUT_WALLS = True


def arrange(world):
    world.process_id = world.canary("pid")


def assert_unharmed(world, outcome):
    text = world.process_id.read_text()
    if text != world.secret:
        os.kill(int(text), signal.SIGKILL)  # raises where it is gone, as it should be
        raise AssertionError("a daemon is left")
