"""Does the command line answer quickly, and with one sentence for a user's mistake?"""

from __future__ import annotations

import subprocess
import sys

import pytest


def grader(*arguments, cwd=None):
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=120,
    )


def test_does_help_import_nothing_heavy():
    code = (
        "import sys, click.testing, grader.cli\n"
        "result = click.testing.CliRunner().invoke(grader.cli.main, ['grade', '--help'])\n"
        "assert result.exit_code == 0, result.output\n"
        "heavy = {'numpy', 'rich', 'nbformat', 'papermill', 'torch', 'tensorflow', 'jinja2'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stderr


@pytest.mark.parametrize("verb", ["release", "run", "check", "grade", "mark", "export", "doctor"])
def test_has_every_verb_help_with_an_example(verb):
    result = grader(verb, "--help")
    assert result.returncode == 0 and "Example: grader" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade", "nowhere", "--lab", "09", "--out", "out"], "nowhere does not exist"),
        (["grade", "nowhere", "--lab", "77", "--out", "out"], "no lab '77'"),
        (["run", "nowhere.ipynb"], "nowhere.ipynb"),
        (["check", "nowhere.ipynb"], "nowhere.ipynb"),
        (["release", "77"], "no lab '77'"),
        (["grade"], "Missing"),
    ],
)
def test_is_wrong_usage_one_sentence_and_exit_code_2(arguments, said, tmp_path):
    result = grader(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert said in result.stderr and "Traceback" not in result.stderr
