"""Does nothing pass from one submission to the next, and is no result lost with the zygote?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import numpy as np
import pytest

from grader import engines, nursery
from grader.assemble import Cell
from grader.errors import TimedOut
from grader.grade import grade_submission
from grader.isolation import choose
from grader.labs import ROOT
from grader.nursery import Nursery, Unusable
from grader.process import Limits
from grader.submissions import Submission
from grader.supervisor import Supervisor
from tests.attacks import model_lab
from tests.unit import toy_lab

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks on Linux only")

# In both of two submissions: leave traces wherever one can, and look for them.
TRACES = '''
import atexit, builtins, codecs, gc, json, linecache, locale, logging, os, random, re, signal
import sys, tempfile, threading, time, types, warnings
import numpy as np

MARK = "trace_" + "left"


def places():
    """Every module, and every dict, list and set that stands in one or in one of its classes."""
    for module in list(sys.modules.values()):
        if not isinstance(module, types.ModuleType) or module.__name__ == "__main__":
            continue
        holders = [module]
        holders += [v for v in list(vars(module).values()) if isinstance(v, type)]
        for holder in holders:
            yield holder
            for value in list(vars(holder).values()):
                if type(value) in (dict, list, set):
                    yield value


def leave():
    left = 0
    for place in places():
        try:
            if type(place) is dict:
                place[MARK] = MARK
            elif type(place) is list:
                place.append(MARK)
            elif type(place) is set:
                place.add(MARK)
            else:
                setattr(place, MARK, MARK)
            left += 1
        except (AttributeError, TypeError):
            pass  # builtin types cannot be changed
    return left


def settings():
    return {
        "environment": MARK in os.environ,
        "folder": os.path.exists(MARK) or os.path.exists(f"/tmp/{MARK}"),
        "path": MARK in sys.path,
        "arguments": sys.argv,
        "handler": str(signal.getsignal(signal.SIGUSR1)),
        "alarm": signal.getitimer(signal.ITIMER_REAL),
        "mask": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "umask": os.umask(os.umask(0)) if False else None,
        "error handler": MARK in str(codecs.lookup_error),
        "recursion": sys.getrecursionlimit(),
        "switch": sys.getswitchinterval(),
        "collector": gc.isenabled(),
        "filters": sum(MARK in str(one) for one in warnings.filters),
        "logging": logging.getLogger().level,
        "precision": np.get_printoptions()["precision"],
        "errors": np.geterr(),
        "threads": threading.active_count(),
        "standard input": os.readlink("/proc/self/fd/0"),
        "names": sorted(n for n in dir(builtins) if MARK in n),
        "cell": sorted(n for n in get_ipython().user_ns if MARK in n),
        "hooks": [sys.excepthook.__name__, str(sys.gettrace()), str(threading.excepthook)[:20]],
        "temporary": tempfile.gettempdir() == os.getcwd(),
    }


def pollute():
    os.environ[MARK] = MARK
    open(MARK, "w").write(MARK)
    sys.path.append(MARK)
    sys.argv.append(MARK)
    signal.signal(signal.SIGUSR1, lambda number, frame: None)
    signal.setitimer(signal.ITIMER_REAL, 1000)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
    sys.setrecursionlimit(5000)
    sys.setswitchinterval(0.5)
    gc.disable()
    warnings.filterwarnings("ignore", message=MARK)
    logging.getLogger().setLevel(1)
    np.set_printoptions(precision=2)
    np.seterr(all="ignore")
    random.seed(1)
    np.random.seed(1)
    atexit.register(print, MARK)
    sys.excepthook = pollute
    setattr(builtins, MARK, MARK)
    get_ipython().user_ns[MARK] = MARK
    get_ipython().events.register("pre_execute", lambda info: None)
    threading.Thread(target=time.sleep, args=[100], daemon=True).start()
    return leave()


def found():
    marks = []
    for place in places():
        if type(place) in (dict, list, set):
            marks += [str(type(place))] if MARK in place else []
        elif MARK in vars(place):
            marks.append(place.__name__)
    return marks


def parent():
    return os.getppid()


def seeds():
    return [random.random(), float(np.random.rand()), hash("x") % 1000]
'''


def supervise(*sources: str, libraries=("numpy",), isolation="auto", **limits) -> Supervisor:
    cells = [Cell(f"cell{i}", source, answer=True) for i, source in enumerate(sources)]
    walls = choose(isolation)
    engine = engines.Warm(libraries) if libraries else engines.Cold()
    return Supervisor(cells, walls, Limits(**limits), engine)


def call(supervisor, name, *args, seconds=20.0):
    return supervisor.call(name, args, {}, seconds=seconds)


def send(pid: int, number: int) -> None:
    assert pid > 1 and pid != os.getpid()
    os.kill(pid, number)


def kill(pid: int) -> None:
    """Kill a zygote, and wait: its forks have got their signal when it is gone."""
    send(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)


def test_does_no_trace_of_a_submission_reach_the_next_one():
    with supervise(TRACES) as before:
        clean = call(before, "settings")
    with supervise(TRACES) as first:
        zygote = call(first, "parent")
        assert call(first, "pollute") > 3000  # places, or this test looks at nothing
        assert len(call(first, "found")) > 3000 and call(first, "settings") != clean
    with supervise(TRACES) as second:
        assert call(second, "parent") == zygote  # else nothing could have passed
        assert call(second, "found") == []
        assert call(second, "settings") == clean


def test_is_a_fork_like_a_new_interpreter():
    with supervise(TRACES) as warm, supervise(TRACES, libraries=()) as cold:
        warm_settings, cold_settings = call(warm, "settings"), call(cold, "settings")
    for settings in (warm_settings, cold_settings):
        settings.pop("arguments")  # the cold one's name its program
    assert warm_settings == cold_settings


def test_are_the_seeds_of_two_forks_different_and_the_hash_seed_the_same():
    drawn = []
    for libraries in (("numpy",), ("numpy",), ()):
        with supervise(TRACES, libraries=libraries) as process:
            drawn.append(call(process, "seeds"))
    for position in (0, 1):
        assert len({draw[position] for draw in drawn}) == 3
    assert len({draw[2] for draw in drawn}) == 1


def test_does_torch_draw_numbers_of_its_own_and_train_in_each_fork():
    source = (
        "import torch\n"
        "def draw():\n    return float(torch.rand(1))\n"
        "def train():\n"
        "    layer = torch.nn.Linear(4, 1)\n"
        "    optimizer = torch.optim.Adam(layer.parameters())\n"
        "    layer(torch.ones(64, 4)).sum().backward()\n"
        "    optimizer.step()\n"
        "    torch.set_num_threads(2)\n"
        "    return float((torch.ones(500, 500) @ torch.ones(500, 500))[0, 0])\n"
    )
    drawn = set()
    for _ in range(2):
        with supervise(source, libraries=("torch",)) as process:
            drawn.add(call(process, "draw", seconds=60))
            assert call(process, "train", seconds=60) == 500
    assert len(drawn) == 2  # a new interpreter has another seed each time


def test_does_tensorflow_train_and_draw_numbers_of_its_own_in_each_fork():
    source = (
        "import keras, numpy as np, tensorflow as tf, threading\n"
        "def draw():\n"
        "    return [float(keras.random.uniform(())), float(tf.random.uniform(()))]\n"
        "def train():\n"
        "    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
        "    model.compile('sgd', 'mse')\n"
        "    model.fit(np.ones((8, 2)), np.zeros(8), epochs=1, verbose=0)\n"
        "    return model(np.ones((3, 2))).shape[0]\n"
    )
    drawn = []
    for _ in range(2):
        with supervise(source, libraries=("tensorflow",)) as process:
            drawn.append(call(process, "draw", seconds=60))
            assert call(process, "train", seconds=60) == 3
    assert drawn[0][0] != drawn[1][0] and drawn[0][1] != drawn[1][1]


def test_is_a_zygote_that_dies_replaced_and_the_call_made_again():
    with supervise(TRACES) as process:
        zygote = call(process, "parent")
        kill(zygote)
        assert call(process, "parent") != zygote


def test_is_no_result_lost_when_the_zygote_is_killed_in_mid_class():
    slow = f"import os, time\ntime.sleep(0.2)\n{toy_lab.DOUBLE}"
    content = nbformat.writes(toy_lab.answered(double=slow, total=toy_lab.TOTAL)).encode()
    job = toy_lab.job()
    found = [Submission(f"s{i}", f"s{i}.ipynb", content) for i in range(12)]
    with ThreadPoolExecutor(3) as pool:
        pending = [pool.submit(grade_submission, one, job) for one in found]
        for _ in range(2):
            next(iter(pending)).result()
            time.sleep(0.3)
            nursery.of(job.rubric.stack).prepare().kill()
        scores = [one.result()["score"] for one in pending]
    assert scores == [6] * 12


def test_does_a_submission_whose_zygotes_keep_dying_come_to_its_end():
    with supervise(TRACES) as process:
        for _ in range(4):
            zygote = call(process, "parent")
            if zygote == os.getpid():
                break
            kill(zygote)
        assert call(process, "parent") == os.getpid()  # a cold start, without any zygote


def test_does_a_hung_fork_cost_its_own_deadline_only(monkeypatch):
    fork = Nursery.fork

    def stopped(self, channel, output):
        child = fork(self, channel, output)
        send(child.pid, signal.SIGSTOP)
        return child

    with supervise("def f():\n    return 1", start_seconds=5.0, starts=1) as hung:
        monkeypatch.setattr(Nursery, "fork", stopped)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(hung.start)
            time.sleep(0.2)
            monkeypatch.undo()
            with supervise("def f():\n    return 1") as other:
                assert call(other, "f") == 1 and not waiting.done()
            with pytest.raises(TimedOut):
                waiting.result()


def test_is_a_zygote_that_does_not_answer_replaced(monkeypatch):
    monkeypatch.setattr(nursery, "FORK_SECONDS", 0.5)
    with supervise(TRACES) as process:
        zygote = call(process, "parent")
    send(zygote, signal.SIGSTOP)
    with supervise(TRACES) as process:
        assert call(process, "parent") not in (zygote, os.getpid())
    assert not _alive(zygote)


def test_is_a_library_that_starts_threads_left_to_the_fork(capsys):
    # onnxruntime does: https://onnxruntime.ai, 1.31 has a thread from its import on.
    engine = engines.Warm(("numpy", "onnxruntime"))
    source = "import sys\nthere = 'onnxruntime' in sys.modules\ndef f():\n    return there"
    for _ in range(2):
        with Supervisor([Cell("c", source, True)], choose(), None, engine) as process:
            assert call(process, "f") is False
    assert capsys.readouterr().err.count("onnxruntime") == 1


def test_is_a_zygote_that_cannot_be_replaced_by_cold_starts_and_is_that_said_once(capsys):
    with pytest.raises(Unusable, match="no_such_library"):
        Nursery(["no_such_library"]).fork(0, 1)
    engine = engines.Warm(("no_such_library",))
    for _ in range(2):
        with Supervisor([Cell("c", TRACES, True)], choose(), None, engine) as process:
            assert call(process, "parent") == os.getpid()
    assert capsys.readouterr().err.count("interpreter of its own") == 1


GRADER = """
import os, signal, sys, time
from grader import engines
from grader.assemble import Cell
from grader.isolation import choose
from grader.supervisor import Supervisor

cell = Cell("c", "import os\\ndef f():\\n    return [os.getpid(), os.getppid()]", True)
with Supervisor([cell], choose(), None, engines.Warm(("numpy",))) as process:
    print(*process.call("f", [], {}, seconds=20), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_do_zygote_and_forks_die_with_a_grader_that_is_killed():
    result = subprocess.run(
        [sys.executable, "-c", GRADER], cwd=ROOT, capture_output=True, text=True
    )
    fork, zygote = map(int, result.stdout.split())
    deadline = time.monotonic() + 10
    while (_alive(fork) or _alive(zygote)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(fork) and not _alive(zygote)


def test_do_all_engines_give_the_same_results():
    wrong = model_lab.RIGHT["triple"].replace("3 * x", "x + 2 * x if x[0] > 0 else x")
    broken = {"export": "def export(path):\n    raise OSError('full')"}
    results = {}
    for engine in engines.ENGINES:
        job = toy_lab.job(engine=engine)
        job = type(job)(
            model_lab.rubric, model_lab.lab(), job.resources, job.isolation, engine=engine
        )
        for name, answers in (("right", {}), ("wrong", {"triple": wrong}), ("broken", broken)):
            work = model_lab.answered(**{**model_lab.RIGHT, **answers})
            content = nbformat.writes(work).encode()
            result = grade_submission(Submission(name, name, content), job)
            results.setdefault(name, []).append(_without_times(result))
    for warm, cold, kernel in results.values():
        assert warm == cold == kernel
    assert results["right"][0]["score"] == model_lab.rubric.points


def _without_times(value):
    if isinstance(value, dict):
        return {key: _without_times(item) for key, item in value.items() if key != "seconds"}
    return [_without_times(item) for item in value] if isinstance(value, list) else value


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_are_values_the_same_through_a_fork():
    with supervise("import numpy as np\ndef f(x):\n    return x[::-1]") as process:
        np.testing.assert_array_equal(call(process, "f", np.arange(5)), [4, 3, 2, 1, 0])
