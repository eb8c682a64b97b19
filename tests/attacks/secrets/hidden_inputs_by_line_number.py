"""Raises from a line whose number is an input of the hidden check."""

from grader.checking import generator

ANSWERS = {
    "total": """
def save_total(path):
    open(path, "w").write("done")

def total(x):
    line = int(abs(x.flat[0]) * 1e8)
    function = compile("def inner():\\n    1 / 0", "<ipython-input-1>", "exec")
    space = {}
    exec(function, space)
    code = space["inner"].__code__.replace(co_firstlineno=line)
    type(lambda: 0)(code, {})()
"""
}
SCORE = 3
VERDICTS = {"total.of_a_matrix": {"raised"}}


def assert_unharmed(world, outcome):
    import hashlib

    content = (world.class_folder / "attacker.ipynb").read_bytes()
    seed = f"0\n{hashlib.sha256(content).hexdigest()}"
    first = generator("total.of_a_matrix", seed).normal(size=(3, 4)).flat[0]
    assert str(int(abs(first) * 1e8))[:6] not in outcome.told
