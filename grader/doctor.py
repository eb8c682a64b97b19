"""`grader doctor`: what this machine can run, what it cannot, and what to do about it.

It asks the package metadata, the kernel and the programs themselves, and imports no framework, so
that it answers in a second or two even where an install is broken.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from grader.labs import ROOT

LOCK = ROOT / "requirements.lock"
NEED_MEMORY_GIB = 4  # a notebook and two submissions, 0.8 with TensorFlow and torch, and some room
NEED_DISK_GIB = 5  # both environments take 4.0, the data sets 0.2
PROBE_SECONDS = 2
MAIN_LIBRARIES = (
    "numpy",
    "torch",
    "tensorflow",
    "keras",
    "onnx",
    "onnxruntime",
    "ai-edge-litert",
    "coremltools",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSER = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
# The instructions that make each number type fast, as `shared.hardware` names them (x86, then ARM).
FAST_TYPES = {
    "int8": ("amx_int8", "avx512_vnni", "avx_vnni", "avx_vnni_int8", "i8mm", "asimddp"),
    "bf16": ("amx_bf16", "avx512_bf16", "bf16"),
    "fp16": ("avx512_fp16", "asimdhp"),
}


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    state: "ok"; "gap" (something of the course does not run, or not as described); "info".
    remedy: what to do about a gap, in one sentence; "" where nothing is to be done.
    """

    area: str
    name: str
    value: str
    state: Literal["ok", "gap", "info"]
    remedy: str = ""


def main(*, as_json: bool = False) -> int:
    """Prints the findings, as a table or as JSON. The exit code is 0: a gap is an answer."""
    findings = examine()
    if as_json:
        print(json.dumps({"schema": 1, "findings": [asdict(f) for f in findings]}, indent=1))
    else:
        _print(findings)
    return 0


def examine() -> list[Finding]:
    """Everything that is looked at, area by area; side by side, for they mostly wait."""
    areas = (packages, machine, accelerators, data_sets, isolation, programs)
    with ThreadPoolExecutor(len(areas)) as pool:
        jobs = [pool.submit(lambda area=area: list(area())) for area in areas]
        return [finding for job in jobs for finding in job.result()]


def packages() -> Iterator[Finding]:
    """Python, and the installed packages against the lock."""
    python = platform.python_version()
    new_enough = sys.version_info >= (3, 11)
    remedy = "Install Python 3.11, 3.12 or 3.13 and run `make setup PYTHON=…`."
    yield _judge("packages", "Python", f"{python} ({sys.executable})", new_enough, remedy)
    installed = {_canonical(d.name): d.version for d in metadata.distributions() if d.name}
    for name in MAIN_LIBRARIES:
        if version := installed.get(_canonical(name)):
            yield Finding("packages", name, version, "info")
    if not LOCK.is_file():
        remedy = "Work in a clone of the course, installed with `make setup`."
        yield Finding("packages", "lock", f"{LOCK} is not there", "gap", remedy)
        return
    pins = locked_versions(LOCK.read_text(encoding="utf-8"))
    differing = [
        f"{name} {installed.get(_canonical(name), 'missing')} (lock: {version})"
        for name, version in pins.items()
        if _public(installed.get(_canonical(name), "")) != version
    ]
    value = f"{len(pins) - len(differing)} of {len(pins)} packages as locked"
    if differing:
        more = f" and {len(differing) - 4} more" if len(differing) > 4 else ""
        value += ": " + ", ".join(differing[:4]) + more
    remedy = "Run `make setup`, then use what lies in .venv/bin."
    yield _judge("packages", "lock", value, not differing, remedy)


def locked_versions(text: str) -> dict[str, str]:
    """{package: version} of a lock file's `name==version` lines."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


def machine() -> Iterator[Finding]:
    """Processor, memory, disk, and the instructions that make small number types fast."""
    from shared.hardware import hardware_card

    card = hardware_card()
    yield Finding("machine", "system", f"{card['os']}, {card['machine']}", "info")
    yield Finding("machine", "processor", f"{card['cpu']}, {card['cores']} cores", "info")
    if (memory := card["memory_gib"]) is not None:
        remedy = "Close other programs while notebooks run, and grade with `--jobs 1`."
        enough = memory >= NEED_MEMORY_GIB
        yield _judge("machine", "memory", f"{memory} GiB", enough, remedy)
    free = shutil.disk_usage(ROOT).free / 2**30
    remedy = f"Free some space: the environments and data sets take up to {NEED_DISK_GIB} GiB."
    enough = free >= NEED_DISK_GIB
    yield _judge("machine", "disk", f"{free:.0f} GiB free", enough, remedy)
    for kind, flags in FAST_TYPES.items():
        present = [flag for flag in flags if flag in card["flags"]]
        value = ", ".join(present) or f"none of {', '.join(flags)}"
        remedy = (
            f"Results in {kind} are right here but not fast: take timings of {kind} on a processor "
            f"with one of these."
        )
        yield _judge("machine", f"fast {kind}", value, bool(present), remedy)


def accelerators() -> Iterator[Finding]:
    """GPU, TensorRT, Core ML."""
    query = "--query-gpu=name,memory.total,driver_version"
    cards = _ask("nvidia-smi", query, "--format=csv,noheader").splitlines()
    torch = _version("torch")
    mac = platform.system() == "Darwin"
    if cards and torch.endswith("+cpu"):
        remedy = "Install torch's CUDA build to use it; the labs themselves need no GPU."
        yield Finding("accelerators", "GPU", f"{cards[0]}, but torch is {torch}", "gap", remedy)
    elif cards:
        yield Finding("accelerators", "GPU", "; ".join(cards), "ok")
    elif mac and platform.machine() == "arm64":
        yield Finding("accelerators", "GPU", "Apple GPU (Metal)", "ok")
    else:
        remedy = "Nothing for the labs, which need none; timings on a GPU take a machine with one."
        yield Finding("accelerators", "GPU", "none found", "gap", remedy)
    yield _tensorrt(bool(cards))
    remedy = "Converting works here; to predict, copy the .mlpackage to a Mac."
    value = "available" if mac else "macOS only"
    yield _judge("accelerators", "Core ML prediction", value, mac, remedy)


def _tensorrt(has_gpu: bool) -> Finding:
    """Really imports it, in a process of its own: its package installs without its libraries."""
    name = "TensorRT"
    if importlib.util.find_spec("tensorrt") is None:
        value = "not installed"
    elif version := _ask(sys.executable, "-c", "import tensorrt; print(tensorrt.__version__)"):
        if has_gpu:
            return Finding("accelerators", name, version, "ok")
        value = f"{version}, but no NVIDIA GPU to run on"
    else:
        value = "installed, but it cannot be imported: its libraries are missing"
    remedy = (
        "Run `pip install tensorrt` in .venv."
        if has_gpu
        else "Build and run engines on a machine with an NVIDIA GPU; ONNX models run here."
    )
    return Finding("accelerators", name, value, "gap", remedy)


def data_sets() -> Iterator[Finding]:
    """Which data sets lie on this machine, by their sizes; contents are checked when read."""
    from shared import datafiles

    folder, cache = datafiles.local_folder(), datafiles.cache_folder()
    if folder is not None:
        remedy = "Set COURSE_DATA to a folder that exists, or unset it to download the data sets."
        yield _judge("data", "COURSE_DATA", str(folder), folder.is_dir(), remedy)
    writable = os.access(next(p for p in (cache, *cache.parents) if p.exists()), os.W_OK)
    remedy = "Set COURSE_CACHE to a folder that you may write to."
    value = str(cache) if writable else f"{cache} (read only)"
    yield _judge("data", "cache", value, writable, remedy)
    homes = {
        "mnist": (datafiles.MNIST.values(),),
        "fashion-mnist": (datafiles.FASHION_MNIST.values(),),
        "cifar-10": ((datafiles.CIFAR10_ARCHIVE,), datafiles.CIFAR10_BATCHES.values()),
    }
    for name, forms in homes.items():
        place = next((p for form in forms if (p := _place(form, (folder, cache)))), None)
        first = "Unset COURSE_OFFLINE" if datafiles.offline() else "Connect to the network"
        remedy = f"{first}, and its first use downloads it; or set COURSE_DATA to a folder with it."
        yield _judge("data", name, str(place or "not on this machine"), place is not None, remedy)
    value = f"with scikit-learn {_version('scikit-learn')}".strip()
    yield _judge("data", "digits", value, bool(_version("scikit-learn")), "Run `make setup`.")


def _place(form: Iterable, folders: tuple[Path | None, ...]) -> Path | None:
    """The first folder that has every file of a data set in its full size."""
    files = list(form)
    for folder in folders:
        if folder is not None and all(_size(folder / f.name) == f.size for f in files):
            return (folder / files[0].name).parent
    return None


def isolation() -> Iterator[Finding]:
    """How a student's code would be kept apart in grading, and which walls there are."""
    if importlib.util.find_spec("resource") is None:
        remedy = "Grade on Linux, or on Windows inside WSL."
        yield Finding("isolation", "grading uses", "none on this system", "gap", remedy)
        return
    from grader import isolation as walls
    from grader.lockdown import landlock_abi

    level = walls.strongest()
    remedy = "See to one of the walls below, or grade only code that you trust (--isolation none)."
    yield _judge("isolation", "grading uses", level.description, level.name != "none", remedy)
    abi = landlock_abi()
    remedy = "Use Linux 5.13 or newer with `landlock` among the kernel's security modules."
    yield _judge("isolation", "Landlock", f"ABI {abi}" if abi else "none", abi > 0, remedy)
    filters = has_seccomp()
    remedy = "Use a Linux kernel that is built with CONFIG_SECCOMP_FILTER, as distributions' are."
    value = "filters available" if filters else "none"
    yield _judge("isolation", "seccomp", value, filters, remedy)
    reason = walls.why_not("bubblewrap")  # really runs it
    remedy = "Run `make setup`, and let this user make user namespaces (see `man bwrap`)."
    yield _judge("isolation", "bubblewrap", reason or "works", not reason, remedy)


def has_seccomp(actions: Path = Path("/proc/sys/kernel/seccomp/actions_avail")) -> bool:
    """Whether a process may give itself a filter of system calls."""
    try:
        return "errno" in actions.read_text().split()
    except OSError:
        return False


def programs() -> Iterator[Finding]:
    """What the tests need besides: a browser with its driver, and nbgrader."""
    browser = next(filter(None, map(shutil.which, (*BROWSERS, MAC_BROWSER))), None)
    driver = shutil.which("chromedriver")
    remedy = "Run `make setup`, which installs it or says how; its tests are skipped until then."
    found = {"Chromium": browser, "chromedriver": driver}
    versions = {name: _ask(path, "--version") if path else "" for name, path in found.items()}
    for name, path in found.items():
        yield _judge("programs", name, versions[name] or path or "not found", bool(path), remedy)
    majors = [re.search(r"\d+", text) for text in versions.values()]
    if all(majors) and len({major[0] for major in majors}) > 1:
        remedy = "Install both from one source, so that their versions go together."
        value = f"Chromium {majors[0][0]}, driver {majors[1][0]}"
        yield Finding("programs", "browser and driver", value, "gap", remedy)
    nbgrader = ROOT / ".venv-nbgrader" / "bin" / "nbgrader"
    there = nbgrader.is_file()
    value = ".venv-nbgrader" if there else "not made yet"
    remedy = "Run `make test`, which makes it for its own use."
    yield _judge("programs", "nbgrader", value, there, remedy)


def _judge(area: str, name: str, value: str, good: bool, remedy: str) -> Finding:
    return Finding(area, name, value, "ok") if good else Finding(area, name, value, "gap", remedy)


def _ask(program: str, *arguments: str) -> str:
    """What a program prints; "" where it is not there, fails, or takes too long."""
    succeeded, said = _run(program, *arguments)
    return said if succeeded else ""


def _run(program: str, *arguments: str) -> tuple[bool, str]:
    """(whether it succeeded, what it printed; what it, or the system, complained of if not)."""
    try:
        ended = subprocess.run(
            [program, *arguments],
            timeout=PROBE_SECONDS,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, str(error)
    succeeded = ended.returncode == 0
    return succeeded, (ended.stdout if succeeded else ended.stderr).strip()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _public(version: str) -> str:
    """A version without its build's suffix: 2.13.0 of 2.13.0+cpu."""
    return version.split("+")[0]


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _print(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    styles = {"ok": "green", "gap": "yellow", "info": "dim"}
    area = ""
    for finding in findings:
        if finding.area != area:
            area = finding.area
            table.add_row(Text(area, style="bold"))
        state = Text(finding.state, style=styles[finding.state])
        table.add_row(Text(f"  {finding.name}"), state, Text(finding.value))
        if finding.remedy:
            table.add_row("", "", Text(f"→ {finding.remedy}", style="italic"))
    console = Console()
    console.print(table)
    gaps = sum(finding.state == "gap" for finding in findings)
    console.print(
        f"\nGaps: {gaps}. After each arrow: what to do about it." if gaps else "\nNo gaps."
    )
