"""`check("exercise")` in the learner's notebook, and `grader check NOTEBOOK` in the shell.

Both run the visible checks. The first answers in the learner's own kernel, in well under a second;
the second in a process of its own, as grading does. Where nbgrader runs the notebook, the first
grades instead (`grader.exports.nbgrader`, which says whom that trusts).
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.checking import run_check
from grader.errors import UserError
from grader.feedback import ExerciseFeedback
from grader.lab import KernelTarget, Resources, Target
from grader.labs import find_lab
from grader.rubric import Rubric

if TYPE_CHECKING:
    from grader.exports.nbgrader import KernelGrade


def checks_for(lab: str, namespace: dict[str, Any]) -> NotebookChecks:
    """The `check` function of a lab's notebook; `namespace` is the notebook's `globals()`.

    Example: `check = checks_for("09", globals())`, then `check("softened_probabilities")`.
    """
    rubric = find_lab(lab).rubric()
    resources = Resources(rubric.dataset(str(namespace.get("dataset", "auto"))))
    return NotebookChecks(rubric, KernelTarget(namespace), resources)


class NotebookChecks:
    """Answers for one kernel: counts attempts, to give the next hint, and points so far."""

    def __init__(self, rubric: Rubric, target: Target, resources: Resources) -> None:
        self._rubric = rubric
        self._target = target
        self._resources = resources
        self._failures: Counter[str] = Counter()
        self._earned: dict[str, float] = {}

    def __call__(self, exercise: str) -> ExerciseFeedback | KernelGrade:
        """Check one exercise. Raises KeyError, listing the names, for an unknown one.

        Under nbgrader it runs the hidden checks as well, here in this kernel, and returns the
        points, which nbgrader takes for the cell's grade.
        """
        asked = self._rubric.by_name.get(exercise)
        if asked is None:
            names = ", ".join(self._rubric.by_name)
            raise KeyError(f"There is no exercise {exercise!r}. There are: {names}.")
        if os.environ.get("NBGRADER_EXECUTION"):
            from grader.exports.nbgrader import grade_in_kernel

            return grade_in_kernel(asked, self._target, self._resources)
        results = [
            run_check(check, self._target, self._resources, "visible")
            for check in asked.checks
            if check.visible
        ]
        if all(result.verdict == "passed" for result in results):
            self._failures[exercise] = 0
        elif any(result.verdict != "missing" for result in results):
            self._failures[exercise] += 1
        self._earned[exercise] = sum(result.awarded for result in results)
        return ExerciseFeedback(
            exercise=asked,
            results=results,
            hints=asked.hints[: self._failures[exercise]],
            earned=sum(self._earned.values()),
            visible_points=sum(
                check.points
                for one in self._rubric.exercises
                for check in one.checks
                if check.visible
            ),
            total_points=self._rubric.points,
        )


def main(notebook: Path, *, exercise: str | None = None, hidden: bool = False) -> int:
    """Run the checks of a notebook in a process of its own and print a table.

    The visible ones of all exercises; only those of `exercise` where it is given; the hidden ones
    as well with `hidden`. Returns 0 where all pass, 1 where some do not.
    """
    from rich.console import Console
    from rich.table import Table

    from grader import notebooks
    from grader.grade import grade_submission, make_job
    from grader.isolation import strongest
    from grader.submissions import Submission

    notebooks.read(notebook)  # an unreadable file is the caller's mistake here
    lab = find_lab(_lab_of(notebook))
    job = make_job(lab, strongest(), hidden=hidden)
    if exercise is not None:
        job = replace(job, rubric=_only(job.rubric, exercise))
    result = grade_submission(Submission(notebook.stem, str(notebook), notebook.read_bytes()), job)
    table = Table("exercise", "check", "verdict", "message", title=lab.name)
    checks = [(e, c) for e in result["exercises"] for c in e["checks"]]
    for one, check in checks:
        message = " ".join(filter(None, (check["message"], check["mistake"])))
        table.add_row(one["name"], check["name"], check["verdict"], message)
    console = Console()
    console.print(table)
    passed = sum(check["verdict"] == "passed" for _, check in checks)
    kind = "checks" if hidden else "visible checks"
    rest = "" if hidden else "; hidden checks decide on the others when graded"
    console.print(
        f"{passed} of {len(checks)} {kind} pass: {result['score']:g} of "
        f"{result['max_score']:g} points{rest}."
    )
    return 0 if passed == len(checks) else 1


def _only(rubric: Rubric, exercise: str) -> Rubric:
    """The rubric with one of its exercises."""
    if exercise not in rubric.by_name:
        names = ", ".join(rubric.by_name)
        raise UserError(f"There is no exercise {exercise!r}. There are: {names}.")
    return replace(rubric, exercises=[rubric.by_name[exercise]])


def _lab_of(notebook: Path) -> str:
    """The lab that a file belongs to, by its name or the folder that nbgrader keeps it in."""
    for text in (notebook.stem, notebook.parent.name):
        if text[:2].isdigit():
            return text[:2]
    return notebook.stem
