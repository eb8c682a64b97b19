"""Reads the memory, environment, command line and open files of the process it was forked from."""

ANSWERS = {
    "double": """
import os

def double(x):
    pid = os.getppid()

    def memory():
        with open(f"/proc/{pid}/maps") as maps:
            start = int(maps.readline().split("-")[0], 16)
        with open(f"/proc/{pid}/mem", "rb", 0) as file:
            file.seek(start)
            return file.read(30)

    attempt(
        memory,
        lambda: open(f"/proc/{pid}/environ").read(100),
        lambda: open(f"/proc/{pid}/cmdline").read(100),
        lambda: os.listdir(f"/proc/{pid}/fd"),
        lambda: os.readlink(f"/proc/{pid}/exe"),
        lambda: open(f"/proc/{pid}/oom_score_adj", "w").write("1000"),
    )
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
HARMS_WITHOUT_WALLS = True
