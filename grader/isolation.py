"""Which walls this machine can put around a student's process, found out at run time.

`landlock`: Landlock, seccomp, rlimits, and where the grader runs as root a user id of its own.
`bubblewrap`: namespaces made by bwrap, with the same seccomp filter and rlimits inside.
`none`: a child process with rlimits; only for code that one trusts, and only when asked for.
At each of them a control group of its own, where the grader may make one (`grader.cgroup`).
SECURITY.md says what each promises.
"""

from __future__ import annotations

import ctypes.util
import dataclasses
import functools
import itertools
import json
import os
import shutil
import site
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from grader import cgroup
from grader.errors import UserError
from grader.lockdown import Lockdown, landlock_abi

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
# All of the project that a student's process may read: no solutions, rubrics, tests or grades.
OWN_FILES = tuple(
    str(PACKAGE / name)
    for name in (
        "__init__.py",
        "child.py",
        "judge_child.py",
        "judges",
        "kernel.py",
        "lockdown.py",
        "shell.py",
        "wire.py",
    )
) + (str(ROOT / "shared"),)
SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/usr/share/fonts",
    "/etc/fonts",
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
KERNEL = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu")
PYTHON = (sys.executable, "-P", "-s", "-B")  # no folder but the libraries', and no files written
LEVELS = ("landlock", "bubblewrap", "none")
FIRST_UID, UIDS = 60_000, 5_000
# Graders side by side (workers of one machine) have neighbouring pids: their ids begin far apart.
_uids = itertools.count(os.getpid() * 2_971)


@dataclass(frozen=True)
class Isolation:
    """The level that is used, and in words what it consists of."""

    name: str
    description: str

    def command(
        self,
        module: str,
        channel: int,
        *,
        folder: Path,
        environment: dict[str, str],
        memory: int,
        file_size: int,
    ) -> list[str]:
        """The command line that runs `module CHANNEL LOCKDOWN` locked down, owning `folder`."""
        rules = self.rules(folder, memory=memory, file_size=file_size)
        walls = _bubblewrap(folder, environment) if self.name == "bubblewrap" else []
        python = [*PYTHON, "-m", module]
        return [*walls, *python, str(channel), json.dumps(dataclasses.asdict(rules))]

    def rules(self, folder: Path, *, memory: int, file_size: int) -> Lockdown:
        """What a process in `folder` locks itself down to; the folder becomes its own."""
        uid = self._user_id(folder)
        if uid is not None:
            os.chown(folder, uid, uid)
        return Lockdown(
            level=self.name,
            readable=[*library_stack(), *OWN_FILES, *SYSTEM, *DEVICES, *KERNEL],
            writable=[str(folder), "/dev/null"],
            memory=memory,
            file_size=file_size,
            uid=uid,
        )

    def _user_id(self, folder: Path) -> int | None:
        """A user id for a process in `folder`, None where it keeps the grader's."""
        if self.name != "landlock" or os.geteuid() != 0:
            return None
        owner = folder.stat().st_uid  # of an earlier process of the same submission
        if FIRST_UID <= owner < FIRST_UID + UIDS:
            return owner
        return FIRST_UID + next(_uids) % UIDS


@functools.cache
def library_stack() -> tuple[str, ...]:
    """The folders of Python and its packages."""
    paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    paths |= {str(Path(sys.base_prefix, "lib")), *site.getsitepackages()}
    return tuple(sorted(path for path in paths if os.path.isdir(path)))


@functools.cache
def why_not(level: str) -> str:
    """Why a level is not available here, '' where it is."""
    if level == "none":
        return ""
    if not sys.platform.startswith("linux"):
        return "it needs Linux"
    if ctypes.util.find_library("seccomp") is None:
        return "libseccomp is not installed (Debian, Ubuntu: apt install libseccomp2)"
    if level == "landlock":
        return "" if landlock_abi() else "the kernel offers no Landlock (Linux 5.13 does)"
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed (Debian, Ubuntu: apt install bubblewrap)"
    probe = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
    result = subprocess.run(probe, capture_output=True, text=True)
    return "" if result.returncode == 0 else f"bubblewrap cannot run here: {result.stderr.strip()}"


def choose(wanted: str = "auto") -> Isolation:
    """The isolation to use. Raises UserError where it is not available, with the remedy.

    "auto" takes the strongest that works and never "none".
    """
    if wanted != "none" and any(PACKAGE.is_relative_to(path) for path in library_stack()):
        raise UserError(
            f"The grader with its rubrics lies in {PACKAGE}, among the libraries, which student "
            "code may read. Remedy: install it with pip install --editable."
        )
    candidates = [level for level in LEVELS if level != "none"] if wanted == "auto" else [wanted]
    reasons = []
    for level in candidates:
        reason = why_not(level)
        if not reason:
            return Isolation(level, _describe(level))
        reasons.append(f"{level}: {reason}")
    raise UserError(
        f"Student code is not run without isolation, and there is none here. {'; '.join(reasons)}."
        " Remedy: install what is missing, or, for code that you trust, --isolation none."
    )


def strongest() -> Isolation:
    """The strongest that works here, "none" included: for one's own code, and for the judge."""
    level = next(level for level in LEVELS if not why_not(level))
    return Isolation(level, _describe(level))


def _describe(level: str) -> str:
    group = f" + {words}" if (words := cgroup.describe()) else ""
    if level == "none":
        return f"none: a child process with time and memory limits{group}"
    if level == "bubblewrap":
        return f"bubblewrap namespaces + seccomp + rlimits{group}"
    own = " + own user id" if os.geteuid() == 0 else ""
    return f"Landlock (ABI {landlock_abi()}) + seccomp + rlimits{own}{group}"


def _bubblewrap(folder: Path, environment: dict[str, str]) -> list[str]:
    words = [
        "bwrap",
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
    ]
    for name, value in environment.items():
        words += ["--setenv", name, value]
    # The interpreter, and ldconfig, by which libseccomp is found before the filter forbids it.
    executables = [sys.prefix, str(Path(sys.base_prefix, "bin")), "/sbin"]
    for path in [*SYSTEM, *executables, *library_stack(), *OWN_FILES]:
        words += ["--ro-bind-try", path, path]
    words += ["--bind", str(folder), str(folder), "--chdir", str(folder)]
    # What lies between the mounts is memory, of which nobody keeps account.
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/"]
