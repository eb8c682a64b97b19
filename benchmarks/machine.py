"""What the figures were made on."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

from benchmarks.routes import PEERS
from grader.isolation import strongest

OURS = ("numpy", "torch", "tensorflow", "ipykernel", "nbclient", "distributed")
THEIRS = ("nbgrader", "otter-grader", "nbclient", "ipykernel", "numpy", "torch")


def description() -> list[tuple[str, str]]:
    """Name and value of what a figure may depend on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return [
        ("processor", f"{_processor()}, {os.cpu_count()} logical cores"),
        ("memory", f"{memory / 2**30:.0f} GiB"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        ("isolation", strongest().description),
        ("here", ", ".join(f"{name} {metadata.version(name)}" for name in OURS)),
        ("peers' environment", ", ".join(f"{n} {v}" for n, v in peer_versions().items())),
        ("threads", "OMP_NUM_THREADS=1 for all"),
    ]


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in text.splitlines() if "model name" in line]
    return names[0] if names else platform.machine()


def peer_versions() -> dict[str, str]:
    """What the peers' environment holds; empty where it was not built."""
    python = PEERS / "python"
    if not python.exists():
        return {}
    code = (
        "import json, sys; from importlib.metadata import version;"
        "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
    )
    answer = subprocess.run(
        [python, "-c", code, *THEIRS], capture_output=True, text=True, check=True
    )
    return json.loads(answer.stdout)
