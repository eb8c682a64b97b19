"""Searches its own memory, a copy of its zygote's, for an earlier student's work and the checks.

What is looked for stands in the code in halves, so that it is not found in the code itself. Its own
mark, joined while it runs, has to be found: else the search would be worth nothing.
"""

ANSWERS = {
    "double": """
import ctypes

def search(wanted):
    found = set()
    with open("/proc/self/maps") as maps:
        places = [line.split()[:2] for line in maps if "rw" in line.split()[1]]
    for place, _ in places:
        start, end = (int(part, 16) for part in place.split("-"))
        if end - start > 1 << 28:
            continue  # reserved, and not used
        memory = ctypes.string_at(start, end - start)
        for name, (first, second) in wanted.items():
            at = memory.find(first)
            while at >= 0 and name not in found:
                after = memory[at + len(first) : at + len(first) + len(second)]
                if after == second:
                    found.add(name)
                at = memory.find(first, at + 1)
    return sorted(found)

def double(x):
    mine = [b"a mark of ", b"its own"]
    kept = b"".join(mine)
    wanted = {
        "mine": mine,
        "another student's": [world["first"].encode(), world["second"].encode()],
        "check": [b"leaves_its_", b"input_alone"],
        "mistake": [b"the square ", b"is taken"],
        "rubric": [b"Twice each ", b"element"],
    }
    found = search(wanted)
    raise RuntimeError(f"found: {found}" if kept else "")
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "found: ['mine']"


def arrange(world):
    from grader import engines
    from grader.assemble import Cell
    from grader.isolation import choose
    from grader.supervisor import Supervisor
    from tests.unit import toy_lab

    half = len(world.secret) // 2
    world.facts |= {"first": world.secret[:half], "second": world.secret[half:]}
    earlier = Cell("earlier", f"kept = {world.secret!r}", answer=True)
    engine = engines.choose("warm", choose(), toy_lab.rubric.stack)
    with Supervisor([earlier], choose(), None, engine) as process:
        process.start()
        assert not process.cell_errors
