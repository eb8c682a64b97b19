"""What a command costs: seconds, CPU seconds and memory, its children and theirs included.

The command runs under a small process of its own, `python cost.py REQUEST.json`, which adopts every
process that it leaves behind, so that none of their time is lost.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
SAMPLE_SECONDS = 0.1
LIMIT_SECONDS = 2 * 3600.0  # no command here takes so long, but one of a peer's has hung


@dataclass(frozen=True)
class Cost:
    """Of one run of a command; memory in bytes, 0 where the system does not tell (no /proc)."""

    seconds: float  # until the command itself ended
    cpu_seconds: float  # user and system, of all its processes
    memory: int  # peak over samples of all its processes together, shared pages counted once
    own_memory: int  # peak resident size of the command's first process alone
    code: int


def measure(
    command: Sequence[str | Path],
    *,
    folder: Path,
    environment: Mapping[str, str],
    log: Path,
    limit: float = LIMIT_SECONDS,
) -> Cost:
    """Run `command` in `folder`, for `limit` seconds at most; what it prints goes to `log`."""
    request = {
        "command": [str(word) for word in command],
        "folder": str(folder),
        "environment": dict(environment),
        "log": str(log),
        "limit": limit,
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(request, file)
        file.flush()
        answer = subprocess.run(
            [sys.executable, "-S", "-E", __file__, file.name],
            capture_output=True,
            text=True,
            check=True,
        )
    return Cost(**json.loads(answer.stdout))


def main(request: dict) -> dict:
    """Run the request's command; the fields of its `Cost`."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    peaks = {"memory": 0, "own_memory": 0}
    ended = threading.Event()
    with open(request["log"], "ab") as log:
        before = time.perf_counter()
        process = subprocess.Popen(
            request["command"],
            cwd=request["folder"],
            env=request["environment"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        sampler = threading.Thread(target=_sample, args=[process.pid, peaks, ended], daemon=True)
        sampler.start()
        try:
            code = process.wait(request["limit"])
        except subprocess.TimeoutExpired:
            for one in _below(os.getpid()):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
            code = process.wait()
        seconds = time.perf_counter() - before
    ended.set()
    sampler.join()
    _reap()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": seconds,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        **peaks,
        "code": code,
    }


def _sample(root: int, peaks: dict[str, int], ended: threading.Event) -> None:
    while not ended.wait(SAMPLE_SECONDS):
        total = sum(_proportional(process) for process in _below(os.getpid()))
        peaks["memory"] = max(peaks["memory"], total)
        peaks["own_memory"] = max(peaks["own_memory"], _field(f"/proc/{root}/status", "VmHWM:"))


def _below(process: int) -> list[int]:
    """Its children, and theirs."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{process}/task"):
            children = Path(f"/proc/{process}/task/{thread}/children").read_text()
            found += [int(child) for child in children.split()]
    except OSError:
        return found  # gone meanwhile, or no /proc
    return found + [grandchild for child in found for grandchild in _below(child)]


def _proportional(process: int) -> int:
    """Bytes in memory; of a page that several processes share, each has its part."""
    return _field(f"/proc/{process}/smaps_rollup", "Pss:")


def _field(path: str, name: str) -> int:
    try:
        with open(path, encoding="ascii") as lines:
            for line in lines:
                if line.startswith(name):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass  # gone meanwhile, or not told
    return 0


def _reap() -> None:
    """Wait for what the command has left behind; what does not end within 10 s is not counted."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.01)
        except ChildProcessError:
            return


if __name__ == "__main__":
    print(json.dumps(main(json.loads(Path(sys.argv[1]).read_text()))))
