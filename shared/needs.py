"""What a cell would need and this machine lacks, as a noun that `Run.not_run` can say."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys

_SECONDS = 60  # importing a package of some hundred megabytes from a cold disk


def lacking(*packages: str, gpu: bool = False) -> str:
    """ "" where all is there; else what is not: "a GPU of NVIDIA and the package tensorrt".

    packages: by the names they are imported by. gpu: whether a GPU of NVIDIA that torch can use
    belongs to it, too. What is made for a GPU installs without its libraries; such packages are
    therefore really imported, in a process of its own, as `grader doctor` does it.
    """
    missing = ["a GPU of NVIDIA"] if gpu and not _has_gpu() else []
    for package in packages:
        if importlib.util.find_spec(package) is None:
            missing.append(f"the package {package}")
        elif gpu and not _imports(package):
            missing.append(f"the libraries of the package {package}")
    return _listed(missing)


def _has_gpu() -> bool:
    """Whether there is a card, and a torch that was built for it."""
    if shutil.which("nvidia-smi") is None:  # spares importing torch
        return False
    import torch

    return torch.cuda.is_available()


def _imports(package: str) -> bool:
    command = [sys.executable, "-c", f"import {package}"]
    try:
        asked = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0


def _listed(nouns: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(nouns[:-1]), nouns[-1]] if len(nouns) > 1 else nouns)
