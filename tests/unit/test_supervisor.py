"""Does the supervisor get every answer, and a verdict where there is none, and stay whole?

The cells here need only the standard library and numpy, so that a process starts in half a second.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import psutil
import pytest

from grader import engines, process
from grader.assemble import Cell
from grader.errors import (
    Died,
    Missing,
    NotRun,
    Outcome,
    OutOfMemory,
    Raised,
    TimedOut,
    TooMuchOutput,
)
from grader.expect import Wrong
from grader.isolation import LEVELS, choose, why_not
from grader.process import Limits
from grader.supervisor import Supervisor


@pytest.fixture(params=["warm", "cold"])
def supervise(request):
    def make(*sources: str, isolation: str = "auto", **limits) -> Supervisor:
        cells = [Cell(f"cell{i}", source, answer=True) for i, source in enumerate(sources)]
        walls = choose(isolation)
        engine = engines.choose(request.param, walls, ("numpy",))
        return Supervisor(cells, walls, replace(Limits(), **limits), engine)

    return make


def call(supervisor, name, *args, seconds=10.0, **kwargs):
    return supervisor.call(name, args, kwargs, seconds=seconds)


@pytest.mark.parametrize("isolation", LEVELS)
def test_are_functions_called_with_copies_and_answered_with_plain_data(isolation, supervise):
    if why_not(isolation):
        pytest.skip(why_not(isolation))
    source = "def double(x, times=2):\n    x *= times\n    return x"
    with supervise(source, isolation=isolation) as process:
        mine = np.arange(3.0)
        np.testing.assert_array_equal(call(process, "double", mine, times=3), [0, 3, 6])
        np.testing.assert_array_equal(mine, [0, 1, 2])
        value, after = process.call("double", [mine], {}, seconds=10, inputs=True)
        np.testing.assert_array_equal(after[0], [0, 2, 4])


def test_do_magics_and_display_work_in_answer_cells(supervise):
    source = "%matplotlib inline\nfrom IPython.display import display\ndisplay(1)\nx = 5"
    with supervise(source, "def f():\n    return x") as process:
        assert call(process, "f") == 5


def test_is_an_exception_reported_with_its_type_and_line(supervise):
    with supervise("def f():\n    y = 1\n    return 1 / 0") as process:
        with pytest.raises(Raised) as caught:
            call(process, "f")
    assert caught.value.type_name == "ZeroDivisionError"
    assert "ZeroDivisionError in line 3" in caught.value.message


def test_does_an_exception_class_of_their_own_stay_out_of_the_message(supervise):
    source = "def f(x):\n    raise type(f'Saw{x}', (ValueError,), {})()"
    with supervise(source) as process, pytest.raises(Raised) as caught:
        call(process, "f", 1234)
    assert "1234" not in caught.value.message


def test_is_a_broken_cell_kept_while_the_others_count(supervise):
    with supervise("def f(:", "def g():\n    return 1", "1 / 0\ndef h(): pass") as process:
        assert call(process, "g") == 1
        assert process.cell_errors["cell0"].type_name == "SyntaxError"
        assert process.cell_errors["cell2"].type_name == "ZeroDivisionError"
        with pytest.raises(Missing):
            call(process, "h")


def test_is_a_stub_missing_and_not_a_crash(supervise):
    with supervise("def f():\n    raise NotImplementedError()") as process:
        with pytest.raises(Missing):
            call(process, "f")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("while True: pass", TimedOut),
        ("import time; time.sleep(60)", TimedOut),
        ("import os; os._exit(0)", Died),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", Died),
        ("raise SystemExit", Raised),
        ("return bytearray(3 << 30)", OutOfMemory),
        ("import os; [os.write(1, bytes(1 << 16)) for _ in range(1000)]", TooMuchOutput),
        ("return bytes(3 << 20)", TooMuchOutput),
        ("return object()", Wrong),
    ],
)
def test_does_each_way_to_fail_get_its_verdict_and_cost_this_call_only(body, expected, supervise):
    source = f"def bad():\n    {body}\ndef good():\n    return 1"
    with supervise(source, memory=2 << 30, output=1 << 20, reply=1 << 20) as process:
        with pytest.raises(expected):
            call(process, "bad", seconds=2)
        assert call(process, "good") == 1


def test_is_a_cell_that_hangs_left_out_when_the_process_is_started_again(supervise):
    with supervise("while True: pass", "def f():\n    return 1", cell_seconds=1) as process:
        assert call(process, "f") == 1
        assert isinstance(process.cell_errors["cell0"], TimedOut)


def test_does_a_submission_that_keeps_dying_come_to_an_end(supervise):
    with supervise("def bad():\n    import os; os._exit(3)", starts=3) as process:
        for _ in range(3):
            with pytest.raises(Died):
                call(process, "bad")
        with pytest.raises(NotRun):
            call(process, "bad")


def test_does_the_time_of_the_whole_submission_end_it(supervise):
    with supervise("import time\ndef f():\n    time.sleep(0.7)", total_seconds=2) as process:
        with pytest.raises(TimedOut):
            for _ in range(10):
                call(process, "f")


@pytest.fixture
def crowded_processor():
    """A processor on which two other processes never rest."""
    processor = min(os.sched_getaffinity(0))
    spin = f"import os; os.sched_setaffinity(0, [{processor}])\nwhile True: pass"
    others = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(2)]
    yield processor
    for other in others:
        other.kill()
        other.wait()


WORK = """
import time
def work(seconds):
    while time.process_time() < seconds: pass
    return 1
def sleep(seconds):
    time.sleep(seconds)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/schedstat"), reason="the kernel does not tell")
def test_does_the_wait_for_a_processor_not_count(supervise, crowded_processor, monkeypatch):
    """2 s of work on a third of a processor, or less, take 6 s or more, and have 4.

    The 2 s between are for what no figure tells, such as a machine that stood still.
    """
    monkeypatch.setattr(process, "PATIENCE", 30.0)  # whatever else this machine has to do
    with supervise(WORK) as started:
        started.start()
        pid = started._process._child.pid
        used = sum(psutil.Process(pid).cpu_times()[:2])
        os.sched_setaffinity(pid, [crowded_processor])
        assert call(started, "work", used + 2.0, seconds=4.0) == 1
        assert started._process.waited() > 2.0
        with pytest.raises(TimedOut):
            call(started, "sleep", 90.0, seconds=0.7)


def test_does_time_that_a_hypervisor_takes_not_count(supervise, monkeypatch):
    """As if all of one processor's were taken: three more deadlines, and no fourth.

    From the other one more was taken, before this process was there.
    """
    monkeypatch.setattr(process, "_stolen", lambda: [time.monotonic(), 1e9])
    with supervise(
        "import time\ndef f(seconds):\n    time.sleep(seconds)\n    return 1"
    ) as started:
        started.start()
        assert call(started, "f", 1.5, seconds=0.5) == 1
        with pytest.raises(TimedOut):
            call(started, "f", 60.0, seconds=0.5)


def test_is_a_forged_answer_no_answer(supervise):
    forge = (
        "def f(*args):\n"
        "    import gc, socket\n"
        "    from grader import wire\n"
        "    for one in gc.get_objects():\n"
        "        if isinstance(one, socket.socket):\n"
        "            wire.send(one, wire.encode({'id': 99, 'ok': True, 'value': 1}))\n"
    )
    with supervise(forge) as process, pytest.raises(Outcome):
        call(process, "f")


def test_are_the_graders_own_variables_out_of_reach(monkeypatch, supervise):
    monkeypatch.setenv("SECRET_TOKEN", "abc")
    source = "import os\ndef f():\n    return dict(os.environ)"
    with supervise(source) as process:
        seen = call(process, "f")
    assert "SECRET_TOKEN" not in seen and "COURSE_DATA" not in seen


def test_is_the_whole_process_group_gone_at_the_end(supervise):
    source = (
        "import subprocess, sys\n"
        "def f():\n"
        "    code = 'import time; time.sleep(60)'\n"
        "    return subprocess.Popen([sys.executable, '-c', code]).pid\n"
    )
    # Without isolation: a locked-down process cannot start another one in the first place.
    with supervise(source, isolation="none") as process:
        pid = call(process, "f")
        folder = process.folder
    deadline = time.monotonic() + 5
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(pid) and not folder.exists()


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_are_only_regular_files_read_back(tmp_path, supervise):
    (tmp_path / "secret").write_text("grades")
    source = (
        "import os\n"
        f"os.symlink({str(tmp_path / 'secret')!r}, 'link')\n"
        "os.mkfifo('pipe'); os.mkdir('folder')\n"
        "open('file', 'w').write('mine'); open('big', 'wb').write(bytes(5000))\n"
    )
    # Without isolation: a locked-down process makes no pipe.
    with supervise(source, isolation="none", artifact=1000) as process:
        process.start()
        assert process.read_file("file") == b"mine"
        for name in ("link", "pipe", "folder", "absent"):
            with pytest.raises(Missing):
                process.read_file(name)
        with pytest.raises(TooMuchOutput):
            process.read_file("big")
    assert os.path.exists(tmp_path / "secret")
