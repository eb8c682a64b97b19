"""Opens the solutions, rubrics, tests and grader modules of the project, whose place it knows."""

from grader.labs import ROOT

ANSWERS = {
    "double": """
import os

def double(x):
    root = world["root"]
    def opens(name):
        return lambda: open(os.path.join(root, name)).read(20)
    def lists(name):
        return lambda: os.listdir(os.path.join(root, name))
    attempt(
        *(opens(name) for name in world["files"]),
        *(lists(name) for name in ("grader/rubrics", "tests/unit", "solutions", "labs")),
    )
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
BUBBLEWRAP = HARMS_WITHOUT_WALLS = True


def arrange(world):
    patterns = ("grader/rubrics/*.py", "solutions/*", "labs/*", "tests/unit/*.py", "grader/[e-g]*")
    files = [str(path.relative_to(ROOT)) for one in patterns for path in sorted(ROOT.glob(one))]
    world.facts |= {"root": str(ROOT), "files": files[:40]}
