"""GitHub Classroom: a workflow with one autograding step an exercise, and their report.

A step runs `grader check --exercise NAME --hidden` on the lab in the student's repository. The
command grader gives all points of a step or none, so an exercise that is partly right earns none
there; and a student can change what lies in the repository, the checks included. Both are GitHub
Classroom's terms: for marks that count, collect the notebooks and run `grader grade`.

GitHub has announced the end of GitHub Classroom, and the actions' own README calls them deprecated;
the workflow itself is plain GitHub Actions. Workflow and job are called what the reporter asks for.
"""

from __future__ import annotations

import json
import re

from grader.errors import UserError
from grader.labs import LabFiles
from grader.rubric import Exercise

GRADER = "classroom-resources/autograding-command-grader@v1"
REPORTER = "classroom-resources/autograding-grading-reporter@v1"
MINUTES = 15  # of a step; a submission's own limit is ten minutes (grader.process.Limits)

HEAD = """\
# Made by `grader export classroom --lab {lab}`; do not edit.
name: Autograding Tests
on: [push, workflow_dispatch, repository_dispatch]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  run-autograding-tests:
    runs-on: ubuntu-latest
    if: github.actor != 'github-classroom[bot]'
    steps:
      - name: Checkout code
        uses: actions/checkout@v4
      - name: Python
        uses: actions/setup-python@v5
        with:
          python-version: "3.12"
          cache: pip
          cache-dependency-path: requirements.lock
      - name: Install the course
        run: make setup PYTHON=python
"""
STEP = """\
      - name: {title}
        id: {id}
        uses: {grader}
        with:
          test-name: {title}
          setup-command: ""
          command: {command}
          timeout: {minutes}
          max-score: {points}
"""
TAIL = """\
      - name: Autograding Reporter
        uses: {reporter}
        env:
{results}
        with:
          runners: {runners}
"""


def export(files: LabFiles, isolation: str) -> bytes:
    """The workflow's text. Raises UserError where an exercise's points are not a whole number.

    `isolation` is not asked: `grader check` takes the strongest that the runner offers.
    """
    exercises = files.rubric().exercises
    results = [
        f'          {name.upper()}_RESULTS: "${{{{steps.{name}.outputs.result}}}}"'
        for name in (exercise.name for exercise in exercises)
    ]
    tail = TAIL.format(
        reporter=REPORTER,
        results="\n".join(results),
        runners=",".join(exercise.name for exercise in exercises),
    )
    steps = "".join(_step(exercise, files) for exercise in exercises)
    return (HEAD.format(lab=files.number) + steps + tail).encode()


def _step(exercise: Exercise, files: LabFiles) -> str:
    if exercise.points != int(exercise.points):
        raise UserError(
            f"{exercise.name} has {exercise.points:g} points; GitHub Classroom's graders count in "
            "whole ones."
        )
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", exercise.name):
        raise UserError(f"{exercise.name!r} cannot be the id of a step: letters, digits and _.")
    command = f".venv/bin/grader check labs/{files.name}.ipynb --exercise {exercise.name} --hidden"
    return STEP.format(
        title=json.dumps(exercise.title, ensure_ascii=False),  # a JSON string is a YAML string
        id=exercise.name,
        grader=GRADER,
        command=json.dumps(command),
        minutes=MINUTES,
        points=int(exercise.points),
    )
