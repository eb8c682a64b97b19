"""Gradescope: the zip that runs this grader there, and the results.json that it writes.

The zip holds grader, shared, the one lab and its rubric; no solutions, no tests, no other rubric.
Hidden checks are shown when the grades are published (`after_published`): until then Gradescope
also keeps the total back, so that nobody probes them by handing in again and again; and as in the
feedback of `grader grade`, they are told without expected and got values.

Student code runs in the same isolation as here. Where the container has neither Landlock nor a
working bubblewrap, nothing is run: the submission gets 0 and a text that says so, and the
instructor either has the container changed or builds the zip with `--isolation none`.

Format: Gradescope's "Autograder Specifications" (gradescope-autograders.readthedocs.io).
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shlex
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader import labs, notebooks
from grader.cells import plain
from grader.errors import UserError
from grader.labs import LabFiles
from grader.rubric import Rubric
from grader.submissions import find_one

PROJECT = (
    "LICENSE",
    "README.md",
    "pyproject.toml",
    "requirements.lock",
    "setup/environment.sh",
)
SCRIPTS = {"setup.sh": "gradescope_setup.sh", "run_autograder": "gradescope_run_autograder"}
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the date of every member: equal input, equal zip


def export(files: LabFiles, isolation: str) -> bytes:
    """The zip for a lab. Raises UserError where a file of it is missing.

    `TORCH_PIP_ARGS` of the environment goes into it, as for the Makefile.
    """
    if not files.lab.exists():
        raise UserError(f"{files.lab} is missing. Remedy: grader release {files.number}")
    settings = {
        "LAB": files.number,
        "ISOLATION": isolation,
        "TORCH_PIP_ARGS": os.environ.get("TORCH_PIP_ARGS", ""),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = [f"{name}={shlex.quote(value)}\n" for name, value in settings.items()]
        _add(archive, "autograder.env", "".join(lines).encode())
        for name, template in SCRIPTS.items():
            path = labs.ROOT / "grader" / "templates" / template
            _add(archive, name, path.read_bytes(), mode=0o755)
        for path in _project(files):
            try:
                _add(archive, path.relative_to(labs.ROOT).as_posix(), path.read_bytes())
            except OSError as error:
                raise UserError(f"Cannot read {path}: {error.strerror}.") from error
    return content.getvalue()


def _project(files: LabFiles) -> Iterator[Path]:
    for name in PROJECT:
        yield labs.ROOT / name
    yield files.lab
    for package in ("grader", "shared"):
        for path in sorted((labs.ROOT / package).rglob("*")):
            place = path.relative_to(labs.ROOT)
            other = place.parts[1] == "rubrics" and not path.name.startswith(
                (f"lab{files.number}", "__init__.")
            )
            if path.is_file() and "__pycache__" not in place.parts and not other:
                yield path


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int = 0o644) -> None:
    info = zipfile.ZipInfo(name, LONG_AGO)
    info.external_attr = (0o100000 | mode) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def grade(submission: Path, results: Path, *, lab: str, isolation: str) -> int:
    """Grade the notebook in the folder `submission`, and write Gradescope's file `results`.

    Whatever is in the folder, there is a file with a score and a reason.
    """
    from grader.grade import grade_submission, make_job
    from grader.isolation import choose

    files = labs.find_lab(lab)
    try:
        job = make_job(files, choose(isolation))
    except UserError as error:
        print(error)
        report = failed(
            "This submission was not graded: the autograder is not set up completely. That says "
            "nothing about your notebook. Tell your instructor, who finds the reason in the "
            "autograder's output.",
            files.rubric().points,
        )
    else:
        result = grade_submission(find_one(submission, files.name), job)
        print(f"{result['status']}: {result['score']:g} of {result['max_score']:g}")
        print(f"isolation: {job.isolation.description}")
        report = results_of(result, job.rubric)
    notebooks.write_text(json.dumps(report, indent=1), results)
    return 0


def results_of(result: dict[str, Any], rubric: Rubric) -> dict[str, Any]:
    """A result of `grader.grade` in Gradescope's format."""
    if result["status"] != "graded":
        return failed(f"This submission cannot be read: {result['reason']}.", rubric.points)
    lines = [
        f"{exercise['name']}: the answer cell failed: {exercise['cell_error']}"
        for exercise in result["exercises"]
        if exercise["cell_error"]
    ]
    tests = [
        _test(f"{number}.{place}", check, rubric.by_name[exercise["name"]])
        for number, exercise in enumerate(result["exercises"], 1)
        for place, check in enumerate(exercise["checks"], 1)
    ]
    return {
        "score": result["score"],
        "execution_time": round(result["seconds"]),
        "output": plain("\n".join([*result["notes"], *lines])),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def _test(number: str, check: dict[str, Any], exercise: Any) -> dict[str, Any]:
    titles = {one.name: one.title for one in exercise.checks}
    told = [
        ("", check["message"]),
        ("likely mistake: ", check["mistake"]),
        ("hint: ", check["hint"]),
    ]
    if check["visible"]:
        told += [("expected: ", check["expected"]), ("got: ", check["got"])]
    return {
        "number": number,
        "name": plain(f"{exercise.title}: {titles[check['name']]}"),
        "score": check["awarded"],
        "max_score": check["points"],
        "status": "passed" if check["verdict"] == "passed" else "failed",
        "output": plain("\n".join(label + text for label, text in told if text)),
        "visibility": "visible" if check["visible"] else "after_published",
    }


def failed(reason: str, max_score: float) -> dict[str, Any]:
    """The file for a submission without a grade: 0 points, and why."""
    test = {
        "name": "Grading",
        "score": 0,
        "max_score": max_score,
        "status": "failed",
        "output": plain(reason),
        "visibility": "visible",
    }
    return {
        "score": 0,
        "output": plain(reason),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": [test],
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Grade one submission, in Gradescope's container.")
    parser.add_argument("submission", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--lab", required=True)
    parser.add_argument("--isolation", required=True)
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    raise SystemExit(
        grade(given.submission, given.results, lab=given.lab, isolation=given.isolation)
    )
