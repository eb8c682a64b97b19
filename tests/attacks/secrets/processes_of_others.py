"""Goes through /proc for the processes of the others: their folders, memory maps, open files."""

ANSWERS = {
    "double": """
import os

def look(pid):
    return (
        os.listdir(f"/proc/{pid}/cwd/"), open(f"/proc/{pid}/maps").read(50),
        os.listdir(f"/proc/{pid}/fd"),
    )

def double(x):
    near = range(os.getpid() - 20, os.getpid() + 20)
    others = [world["pid"], *(pid for pid in near if pid not in (os.getpid(), os.getppid()))]
    attempt(lambda: os.listdir("/proc"), *(lambda pid=pid: look(pid) for pid in others))
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"


def arrange(world):
    world.sleeper()
