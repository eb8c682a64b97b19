"""`grader doctor`: does it see what is there, and say what to do about what is not?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import doctor, isolation
from grader.doctor import Finding
from shared import datafiles, hardware

AREAS = ["packages", "machine", "accelerators", "data", "isolation", "programs"]
Program = Callable[..., None]


def by_name(findings: object) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Puts programs of the test's making on PATH, and takes all others from it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def make(name: str, prints: str = "", complains: str = "", code: int = 0) -> None:
        path = folder / name
        path.write_text(f"#!/bin/sh\necho '{prints}'\necho '{complains}' >&2\nexit {code}\n")
        path.chmod(0o755)

    return make


def test_every_gap_has_one_remedy() -> None:
    """Does each gap come with one sentence to act on, and nothing else with any?"""
    findings = doctor.examine()
    assert list(dict.fromkeys(finding.area for finding in findings)) == AREAS
    for finding in findings:
        assert finding.name and finding.value
        assert bool(finding.remedy) == (finding.state == "gap"), finding
        assert not finding.remedy or finding.remedy.endswith(".")
        assert ". " not in finding.remedy


def test_it_is_quick_and_imports_no_framework() -> None:
    """Does it answer without loading what it asks about?"""
    code = (
        "import sys, time; start = time.perf_counter()\n"
        "from grader import doctor; doctor.main()\n"
        "heavy = {'torch', 'tensorflow', 'keras', 'coremltools', 'sklearn', 'nbformat'}\n"
        "print(sorted(heavy & set(sys.modules)), time.perf_counter() - start)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy, seconds = answer.stdout.splitlines()[-1].rsplit(" ", 1)
    assert heavy == "[]"
    # 0.9 s on two idle cores; the bound allows for tests running beside it.
    assert float(seconds) < 10


def test_json_is_the_same_findings(capsys: pytest.CaptureFixture[str]) -> None:
    """Can another program read it?"""
    assert doctor.main(as_json=True) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == 1
    assert {finding["area"] for finding in answer["findings"]} == set(AREAS)
    assert all(Finding(**finding) for finding in answer["findings"])


def test_table_shows_each_gap_and_its_remedy(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does a person see the value, the state and what to do, brackets and all?"""
    monkeypatch.setattr(doctor, "examine", lambda: [Finding("a", "b", "[c]", "gap", "Do d.")])
    assert doctor.main() == 0
    shown = capsys.readouterr().out
    assert "[c]" in shown and "→ Do d." in shown and "Gaps: 1" in shown


@pytest.mark.parametrize(
    ("pin", "state", "says"),
    [
        ("rich=={rich}", "ok", "1 of 1 packages as locked"),
        ("rich==0.1", "gap", "0 of 1 packages as locked: rich {rich} (lock: 0.1)"),
        ("no-such==1.0", "gap", "no-such missing (lock: 1.0)"),
    ],
)
def test_packages_are_held_against_the_lock(
    pin: str, state: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is a package that is missing, or another version, named?"""
    from importlib.metadata import version

    lock = tmp_path / "lock"
    lock.write_text(f"# comment\n{pin.format(rich=version('rich'))}\n")
    monkeypatch.setattr(doctor, "LOCK", lock)
    finding = by_name(doctor.packages())["lock"]
    assert finding.state == state
    assert says.format(rich=version("rich")) in finding.value


def test_a_build_suffix_is_no_difference() -> None:
    """Is torch 2.13.0+cpu the locked 2.13.0?"""
    assert doctor._public("2.13.0+cpu") == "2.13.0"


@pytest.mark.parametrize(
    ("flags", "fast"),
    [
        (["avx2", "avx512f"], set()),
        (["avx512_vnni"], {"fast int8"}),
        (["asimd", "asimddp", "asimdhp", "bf16"], {"fast int8", "fast bf16", "fast fp16"}),
    ],
)
def test_instruction_sets_decide_what_is_fast(
    flags: list[str], fast: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is a number type called fast only where the processor has instructions for it?"""
    card = hardware.hardware_card() | {"flags": flags}
    monkeypatch.setattr(hardware, "hardware_card", lambda: card)
    kinds = [finding for finding in doctor.machine() if finding.name.startswith("fast ")]
    assert {finding.name for finding in kinds if finding.state == "ok"} == fast
    assert len(kinds) == 3


def test_flags_are_ones_that_the_hardware_card_reports() -> None:
    """Would a misspelt instruction set be noticed?"""
    assert {flag for flags in doctor.FAST_TYPES.values() for flag in flags} <= set(hardware._FLAGS)


def test_a_gpu_is_seen(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is an NVIDIA GPU named, and a torch that cannot use it noticed?"""
    program("nvidia-smi", "Some GPU, 16384 MiB, 570.1")
    monkeypatch.setattr(doctor, "_version", lambda name: "2.13.0")
    assert by_name(doctor.accelerators())["GPU"].state == "ok"
    monkeypatch.setattr(doctor, "_version", lambda name: "2.13.0+cpu")
    finding = by_name(doctor.accelerators())["GPU"]
    assert finding.state == "gap"
    assert "Some GPU" in finding.value and "2.13.0+cpu" in finding.value


def test_a_driver_without_a_gpu_is_none(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is a failing nvidia-smi not taken for a GPU?"""
    monkeypatch.setattr(doctor.platform, "system", lambda: "Linux")
    program("nvidia-smi", "No devices were found", code=6)
    assert by_name(doctor.accelerators())["GPU"].value == "none found"


def test_tensorrt_without_its_libraries_is_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is TensorRT imported for real, and not taken for there because its package is?"""
    package = tmp_path / "tensorrt.py"
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    package.write_text("raise ImportError('libnvinfer.so is missing')\n")
    assert "cannot be imported" in doctor._tensorrt(has_gpu=True).value
    package.write_text("__version__ = '11.4'\n")
    assert doctor._tensorrt(has_gpu=True).state == "ok"
    assert doctor._tensorrt(has_gpu=False).state == "gap"


@pytest.mark.parametrize(("system", "state"), [("Darwin", "ok"), ("Linux", "gap")])
def test_core_ml_predicts_on_macs_only(
    system: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is Core ML prediction promised where it works, and nowhere else?"""
    monkeypatch.setattr(doctor.platform, "system", lambda: system)
    assert by_name(doctor.accelerators())["Core ML prediction"].state == state


def test_data_sets_are_found_where_they_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is a set there only with all its files in full, in COURSE_DATA or in the cache?"""
    local, cache = tmp_path / "local", tmp_path / "cache"
    local.mkdir()
    monkeypatch.setenv("COURSE_DATA", str(local))
    monkeypatch.setenv("COURSE_CACHE", str(cache))
    assert by_name(doctor.data_sets())["mnist"].state == "gap"
    for file in datafiles.MNIST.values():
        blank(local / file.name, file.size)
    blank(cache / datafiles.CIFAR10_ARCHIVE.name, datafiles.CIFAR10_ARCHIVE.size)
    findings = by_name(doctor.data_sets())
    assert findings["mnist"].value == str(local / "mnist")
    assert findings["cifar-10"].value == str(cache / "cifar-10")
    assert findings["fashion-mnist"].state == "gap"
    blank(local / file.name, file.size - 1)
    assert by_name(doctor.data_sets())["mnist"].state == "gap"


def blank(path: Path, size: int) -> None:
    """A file of that size that takes no space."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.truncate(size)


def test_a_wrong_data_folder_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is a COURSE_DATA that names nothing pointed out?"""
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "nothing"))
    assert by_name(doctor.data_sets())["COURSE_DATA"].state == "gap"


def test_isolation_is_the_one_that_grading_chooses() -> None:
    """Does the doctor name the isolation that the gradebook will name?"""
    level = isolation.strongest()
    finding = by_name(doctor.isolation())["grading uses"]
    assert finding.value == level.description
    assert (finding.state == "ok") == (level.name != "none")


def test_no_isolation_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is a machine without walls told, with the reason?"""
    monkeypatch.setattr(isolation, "why_not", lambda level: "" if level == "none" else "no way")
    findings = by_name(doctor.isolation())
    assert findings["grading uses"].state == "gap"
    assert "--isolation none" in findings["grading uses"].remedy
    assert (findings["bubblewrap"].value, findings["bubblewrap"].state) == ("no way", "gap")


def test_seccomp_needs_its_actions(tmp_path: Path) -> None:
    """Is a kernel without filters told from one with them?"""
    actions = tmp_path / "actions_avail"
    assert not doctor.has_seccomp(actions)
    actions.write_text("kill_process trap errno allow\n")
    assert doctor.has_seccomp(actions)


def test_a_browser_that_does_not_fit_its_driver_is_a_gap(program: Program) -> None:
    """Are a browser and a driver of different versions noticed?"""
    missing = by_name(doctor.programs())
    assert missing["Chromium"].state == missing["chromedriver"].state == "gap"
    program("chromium", "Chromium 156.0.1")
    program("chromedriver", "ChromeDriver 156.0.2")
    assert "browser and driver" not in by_name(doctor.programs())
    program("chromedriver", "ChromeDriver 140.0.2")
    assert by_name(doctor.programs())["browser and driver"].state == "gap"


def test_a_program_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Does a program that never answers cost its deadline, and no more?"""
    monkeypatch.setattr(doctor, "PROBE_SECONDS", 0.2)
    assert doctor._ask(sys.executable, "-c", "import time; time.sleep(60)") == ""
