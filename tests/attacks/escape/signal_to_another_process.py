"""Kills another process of the machine."""

ANSWERS = {
    "double": """
import os, signal

def double(x):
    attempt(
        lambda: os.kill(world["pid"], signal.SIGKILL),
        lambda: os.kill(world["pid"] | 1 << 31, signal.SIGKILL),
    )
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
HARMS_WITHOUT_WALLS = True


def arrange(world):
    world.process = world.sleeper()


def assert_unharmed(world, outcome):
    assert world.process.poll() is None, "the other process was killed"
