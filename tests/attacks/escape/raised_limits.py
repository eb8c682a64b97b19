"""Raises its own limits on memory and file size, then uses them; changes those of its parent."""

import os
import resource

ANSWERS = {
    "double": """
import resource

def double(x):
    def raise_limit(name):
        infinite = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.setrlimit(getattr(resource, name), infinite)
    def parents():
        resource.prlimit(world["parent"], resource.RLIMIT_NOFILE, (1024, 1024))
    attempt(
        *(lambda name=name: raise_limit(name) for name in ("RLIMIT_AS", "RLIMIT_FSIZE")),
        lambda: len(bytearray(3 << 30)),
        parents,
    )
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"


def arrange(world):
    world.facts["parent"] = os.getpid()
    world.before = resource.getrlimit(resource.RLIMIT_NOFILE)


def assert_unharmed(world, outcome):
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == world.before
