"""The machine that a figure was measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

# As /proc/cpuinfo names them: x86, then ARM (asimddp: dot product, asimdhp: half precision).
_FLAGS = (
    "avx2",
    "avx512f",
    "avx512_vnni",
    "avx_vnni",
    "avx_vnni_int8",
    "avx512_bf16",
    "avx512_fp16",
    "amx_int8",
    "amx_bf16",
    "asimd",
    "asimddp",
    "asimdhp",
    "i8mm",
    "bf16",
    "sve",
    "sve2",
)

# sysctl's keys on a Mac, and the same thing's name above.
_MAC_FLAGS = {
    "hw.optional.avx2_0": "avx2",
    "hw.optional.avx512f": "avx512f",
    "hw.optional.avx512vnni": "avx512_vnni",
    "hw.optional.AdvSIMD": "asimd",
    "hw.optional.arm.FEAT_DotProd": "asimddp",
    "hw.optional.arm.FEAT_FP16": "asimdhp",
    "hw.optional.arm.FEAT_I8MM": "i8mm",
    "hw.optional.arm.FEAT_BF16": "bf16",
}

_LIBRARIES = (
    "numpy",
    "torch",
    "tensorflow",
    "tensorflow-cpu",
    "keras",
    "onnx",
    "onnxruntime",
    "ai-edge-litert",
    "openvino",
    "nncf",
    "coremltools",
    "scikit-learn",
)


def hardware_card() -> dict[str, Any]:
    """What a measurement depends on, as plain data.

    cpu: model. cores: those this process may use. flags: the instruction sets that matter for int8,
    bf16 and fp16. memory_gib: of the machine, None where it cannot be told. os, python, libraries:
    versions. Never fails: what a machine does not tell is "unknown", None or left out.
    """
    cpu, flags = _mac_cpu() if platform.system() == "Darwin" else _linux_cpu()
    return {
        "cpu": cpu or platform.processor() or platform.machine() or "unknown",
        "machine": platform.machine(),
        "cores": _cores(),
        "flags": flags,
        "memory_gib": _memory_gib(),
        "os": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "libraries": _versions(),
    }


def _linux_cpu() -> tuple[str, list[str]]:
    """("", []) on a system without /proc/cpuinfo."""
    try:
        return parse_cpuinfo(Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return "", []


def parse_cpuinfo(text: str) -> tuple[str, list[str]]:
    """(model, flags that matter) of a /proc/cpuinfo of x86 or ARM.

    Most ARM kernels name no model, only the numbers of its maker and its part.
    """
    fields: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            fields.setdefault(key.strip(), value.strip())
    present = set((fields.get("flags") or fields.get("Features") or "").split())
    model = fields.get("model name") or fields.get("Hardware") or ""
    if not model and "CPU part" in fields:
        model = f"ARM implementer {fields.get('CPU implementer', '?')} part {fields['CPU part']}"
    return model, [flag for flag in _FLAGS if flag in present]


def _mac_cpu() -> tuple[str, list[str]]:
    keys = ("machdep.cpu.brand_string", *_MAC_FLAGS)
    try:
        # Unknown keys go to stderr and set the exit status; the others are still answered.
        answer = subprocess.run(
            ["sysctl", *keys], capture_output=True, text=True, timeout=5, check=False
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return "", []
    return parse_sysctl(answer)


def parse_sysctl(text: str) -> tuple[str, list[str]]:
    """(model, flags that matter) of sysctl's "key: value" lines on a Mac, Intel or Apple."""
    fields = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    present = {name for key, name in _MAC_FLAGS.items() if fields.get(key) == "1"}
    return fields.get("machdep.cpu.brand_string", ""), [f for f in _FLAGS if f in present]


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_gib() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (
        AttributeError,
        ValueError,
        OSError,
    ):  # no sysconf on Windows, not these names everywhere
        return None


def _versions() -> dict[str, str]:
    versions = {}
    for library in _LIBRARIES:
        try:
            versions[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    return versions
