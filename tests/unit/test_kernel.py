"""Is the kernel engine a Jupyter kernel, behind the walls of every student's process?"""

from __future__ import annotations

import pytest

from grader import engines
from grader.assemble import Cell
from grader.errors import Died, TimedOut, TooMuchOutput
from grader.isolation import choose, why_not
from grader.process import Limits
from grader.supervisor import Supervisor

SOURCE = """
import asyncio, os, socket, subprocess, threading

async def nothing():
    return 1
await nothing()  # top-level await, as in a notebook

def kind():
    shell = get_ipython()
    above = [f"{one.__module__}.{one.__name__}" for one in type(shell.kernel).__mro__]
    return [type(shell).__mro__[2].__module__, above, threading.current_thread().name]

def refused():
    found = []
    tries = {
        "socket": lambda: socket.socket(socket.AF_UNIX),
        "tcp": lambda: socket.create_server(("127.0.0.1", 0)),
        "program": lambda: subprocess.run(["true"]),
        "read": lambda: open(world).read(),
    }
    for name, one in tries.items():
        try:
            one()
        except OSError:
            found.append(name)
    return found

def hang():
    while True:
        pass

def end():
    os._exit(3)

def flood():
    while True:
        print("x" * 1000)

def well():
    return 1
"""


def kernel(*sources, isolation="auto", **limits):
    walls = choose(isolation)
    engine = engines.choose("kernel", walls, ("numpy",))
    cells = [Cell(f"cell{i}", source, answer=True) for i, source in enumerate(sources)]
    return Supervisor(cells, walls, Limits(**limits), engine)


def call(process, name, seconds=20.0):
    return process.call(name, [], {}, seconds=seconds)


@pytest.mark.parametrize("isolation", ["landlock", "bubblewrap"])
def test_is_it_ipykernels_kernel_and_as_locked_down_as_any(isolation, tmp_path):
    if why_not(isolation):
        pytest.skip(why_not(isolation))
    secret = tmp_path / "secret"
    secret.write_text("grades")
    with kernel(SOURCE, f"world = {str(secret)!r}", isolation=isolation) as process:
        shell, above, thread = call(process, "kind")
        assert shell == "ipykernel.zmqshell" and "ipykernel.ipkernel.IPythonKernel" in above
        assert thread == "MainThread" and process.cell_errors == {}
        assert call(process, "refused") == ["socket", "tcp", "program", "read"]


@pytest.mark.parametrize(
    ("name", "expected"), [("hang", TimedOut), ("end", Died), ("flood", TooMuchOutput)]
)
def test_does_what_goes_wrong_in_it_cost_this_call_only(name, expected):
    with kernel(SOURCE, output=1 << 20) as process:
        with pytest.raises(expected):
            call(process, name, 3.0)
        assert call(process, "well") == 1


def test_does_taking_its_shell_apart_end_the_process():
    source = "type(get_ipython()).perform_pending = lambda self: None\ndef f():\n    return 1"
    with kernel(source) as process, pytest.raises(Died):
        call(process, "f")
