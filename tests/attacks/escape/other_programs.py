"""Starts programs: by subprocess, the shell, IPython's magics, exec, and from memory."""

ANSWERS = {
    "double": """
import os, subprocess

def double(x):
    command = f"echo DONE > {world['path']}"

    def in_memory():
        file = os.memfd_create("program")
        os.write(file, b"#!/bin/sh\\n")
        os.execve(file, ["program"], {})

    def system():
        if os.system(command):
            raise OSError(0, "")

    attempt(
        lambda: subprocess.run(["/bin/sh", "-c", command], check=True),
        system,
        lambda: os.posix_spawn("/bin/sh", ["sh", "-c", command], {}),
        in_memory,
        lambda: os.execv("/bin/sh", ["sh", "-c", command]),
    )

get_ipython().system(f"echo DONE > {world['path']}")
""",
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
HARMS_WITHOUT_WALLS = True


def arrange(world):
    world.file = world.canary()


def assert_unharmed(world, outcome):
    assert world.file.read_text() == world.secret
