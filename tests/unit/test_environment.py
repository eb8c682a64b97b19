"""The files that say which packages the course needs: do they agree, and do they hold?"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
import yaml

from grader.doctor import locked_versions
from grader.labs import ROOT

LOCKS = ("requirements.lock", "requirements-nbgrader.lock")
SETUP = ROOT / "setup" / "environment.sh"
# What needs a GPU or another system: lessons ask whether it is there, and go on without it.
NEVER_INSTALLED = {"litert_torch", "tensorrt", "torch_tensorrt"}


def canonical(requirement: str) -> str:
    """A requirement's name, as indexes compare it: "Jinja2>=3" is "jinja2"."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def declared(*, dev: bool) -> set[str]:
    """The packages that pyproject.toml asks for."""
    dependencies = list(project()["dependencies"])
    if dev:
        dependencies += project()["optional-dependencies"]["dev"]
    return {canonical(dependency) for dependency in dependencies}


def locked(name: str = "requirements.lock") -> dict[str, str]:
    pins = locked_versions((ROOT / name).read_text())
    return {canonical(package): version for package, version in pins.items()}


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_sorted_pins_only(name: str) -> None:
    """Is every line a comment or `name==version`, without a build's suffix, in order, once?"""
    lines = [line for line in (ROOT / name).read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.!]+", line)] == []
    names = [canonical(line) for line in lines]
    assert len(names) == len(set(names))
    assert lines == sorted(lines, key=str.upper)


@pytest.mark.parametrize("name", LOCKS)
def test_lock_brings_no_gpu_packages(name: str) -> None:
    """Can everybody install the lock, without gigabytes of one maker's libraries?"""
    unwanted = re.compile(r"nvidia-|triton|cuda|tensorflow-cpu|tf-keras")
    assert [package for package in locked(name) if unwanted.match(package)] == []


def test_lock_has_everything_that_pyproject_asks_for() -> None:
    """Is each declared dependency pinned?"""
    assert declared(dev=True) - locked().keys() == set()


def test_lock_meets_the_bounds_of_pyproject() -> None:
    """Is each pinned version one that pyproject.toml allows?"""
    from packaging.requirements import Requirement

    requirements = [Requirement(text) for text in project()["dependencies"]]
    assert [
        str(requirement)
        for requirement in requirements
        if locked()[canonical(requirement.name)] not in requirement.specifier
    ] == []


def test_pyproject_repeats_no_pin() -> None:
    """Does one file alone say which version is used?"""
    dependencies = project()["dependencies"] + project()["optional-dependencies"]["dev"]
    assert [text for text in dependencies if "==" in text] == []


def test_conda_environment_agrees() -> None:
    """Does environment.yml name the same packages, held to the lock, on the oldest Python?"""
    parts = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    (pip,) = [part["pip"] for part in parts if isinstance(part, dict)]
    assert pip[0] == "--constraint requirements.lock"
    assert pip[-1] == "--editable ."
    assert pip[1:-1] == sorted(pip[1:-1], key=str.upper)
    assert {canonical(line) for line in pip[1:-1]} == declared(dev=True)
    assert f"python={project()['requires-python'].removeprefix('>=')}" in parts


def test_nbgrader_is_pinned() -> None:
    """Is the nbgrader that labs are tested with the one that their metadata is written for?"""
    assert locked("requirements-nbgrader.lock")["nbgrader"] == "0.9.6"


@pytest.mark.parametrize("folder", ["grader", "shared", "notebooks", "solutions"])
def test_imports_are_declared(folder: str) -> None:
    """Is every package that code or a notebook imports declared, and not there by chance?"""
    owners = metadata.packages_distributions()
    ours = {"grader", "shared", "tests"}
    undeclared = {}
    for path in sources(ROOT / folder):
        for module in imported(path) - ours - sys.stdlib_module_names - NEVER_INSTALLED:
            distributions = {canonical(owner) for owner in owners.get(module, [module])}
            if not distributions & declared(dev=False):
                undeclared[module] = str(path.relative_to(ROOT))
    assert undeclared == {}


def sources(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.suffix in (".py", ".ipynb")]


def code_of(path: Path) -> str:
    """A module, or the code cells of a notebook without shell lines and magics."""
    if path.suffix == ".py":
        return path.read_text()
    cells = nbformat.read(path, as_version=4).cells
    lines = "\n".join(cell.source for cell in cells if cell.cell_type == "code").splitlines()
    return "\n".join("pass" if re.match(r"\s*[%!]", line) else line for line in lines)


def imported(path: Path) -> set[str]:
    """The top-level modules that a file imports anywhere in it."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(code_of(path))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.add(node.module.split(".")[0])
    return modules


def test_console_command_exists() -> None:
    """Does the install give the command `grader`, and does the command answer?"""
    (entry,) = metadata.entry_points(group="console_scripts", name="grader")
    assert entry.value == project()["scripts"]["grader"]
    command = Path(sys.executable).parent / "grader"
    answer = subprocess.run([command, "--help"], capture_output=True, text=True, check=True)
    assert "doctor" in answer.stdout


def test_no_install_address_is_committed() -> None:
    """Are packages asked for by name alone, wherever they come from?"""
    names = (*LOCKS, "pyproject.toml", "environment.yml", "Makefile")
    files = [ROOT / name for name in names] + sorted((ROOT / "setup").iterdir())
    address = re.compile(r"https?://|index-url|find-links|@ file:", re.IGNORECASE)
    assert [str(path) for path in files if address.search(path.read_text())] == []


def test_make_lists_its_targets() -> None:
    """Does `make` alone tell a newcomer the commands, and does each of them parse?"""
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^  make (\w+)", listed, re.MULTILINE)
    assert {"course", "test", "study"} <= set(targets)
    subprocess.run(["make", "--dry-run", *targets], cwd=ROOT, capture_output=True, check=True)


class TestSetup:
    """`setup/environment.sh`, with a lock that needs no download."""

    @pytest.fixture
    def checkout(self, tmp_path: Path) -> Path:
        (tmp_path / "setup").mkdir()
        (tmp_path / "setup" / SETUP.name).write_bytes(SETUP.read_bytes())
        (tmp_path / "empty.lock").write_text("# nothing\n")
        return tmp_path

    @staticmethod
    def run(
        checkout: Path, python: str = sys.executable, **more: str
    ) -> subprocess.CompletedProcess[str]:
        command = ["bash", checkout / "setup" / SETUP.name, "env", "empty.lock"]
        environment = {"PATH": "/usr/bin:/bin", "PYTHON": python} | more
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    def test_a_second_call_does_nothing(self, checkout: Path) -> None:
        """Is a finished environment left alone, and one that was cut short begun anew?"""
        first = self.run(checkout)
        assert first.returncode == 0, first.stderr
        assert "env is ready" in first.stdout
        second = self.run(checkout)
        assert (second.returncode, second.stdout, second.stderr) == (0, "", "")

        (packages,) = (checkout / "env").glob("lib/python*/site-packages")
        (packages / "template.py").write_text("{{ no Python }}\n")
        (packages / "module.py").write_text("value = 1\n")
        (checkout / "empty.lock").write_text("# something else\n")
        assert "env is ready" in self.run(checkout).stdout
        (compiled,) = packages.glob("__pycache__/[mt]*")
        assert compiled.name.startswith("module.")

        (checkout / "empty.lock").write_text("no-such-package==1.0\n")
        failed = self.run(checkout, PIP_NO_INDEX="1")
        assert failed.returncode != 0
        assert "No matching distribution found for no-such-package==1.0" in failed.stderr
        assert "env is not finished" in failed.stderr
        assert (packages / "module.py").exists()

        (checkout / "empty.lock").write_text("# nothing\n")
        assert "env is ready" in self.run(checkout).stdout
        assert not (packages / "module.py").exists()
        assert not (checkout / "env" / ".started").exists()

    def test_an_old_python_is_refused(self, checkout: Path) -> None:
        """Does a Python that is too old get a sentence, and no half an environment?"""
        old = checkout / "python3"
        old.write_text('#!/bin/sh\n[ "$1" != -V ] || { echo Python 3.9.2; exit; }\nexit 1\n')
        old.chmod(0o755)
        refused = self.run(checkout, str(old))
        assert refused.returncode == 1
        assert "Python 3.9.2; the course needs 3.11" in refused.stderr
        assert not (checkout / "env").exists()

    def test_no_python_is_refused(self, checkout: Path) -> None:
        """Does a Python that is not there get a sentence?"""
        refused = self.run(checkout, "no-such-python")
        assert refused.returncode == 1
        assert "there is no no-such-python" in refused.stderr


def test_environments_are_made_together(tmp_path: Path) -> None:
    """Where one of them fails, does `make test` stop, name it, and let the other end?"""
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    (tmp_path / "setup").mkdir()
    scripts = {
        "system_packages.sh": "exit 0",
        "environment.sh": "case $1 in *nbgrader) exit 3 ;; *) sleep 0.5; touch finished ;; esac",
    }
    for name, text in scripts.items():
        (tmp_path / "setup" / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / "setup" / name).chmod(0o755)
    made = subprocess.run(
        ["make", "test"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert made.returncode != 0
    assert "environment-nbgrader" in made.stderr and "Error 3" in made.stderr
    assert "ruff" not in made.stdout
    assert (tmp_path / "finished").exists()


def test_a_missing_system_package_stops_nothing(tmp_path: Path) -> None:
    """Where nothing may be installed, is each missing program named, with what it costs?"""
    for name in ("bash", "uname", "id"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    script = ROOT / "setup" / "system_packages.sh"
    answer = subprocess.run(
        [tmp_path / "bash", script],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0
    assert "missing system packages:" in answer.stdout
    for package in ("bubblewrap", "chromium", "chromium-driver"):
        assert f"  {package}: " in answer.stdout
    assert "to install:" in answer.stdout
