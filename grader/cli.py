"""The command line: a thin shell over each verb's `main`. Imports late, so that --help is quick."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from grader import __version__
from grader.errors import UserError

PATH = click.Path(path_type=Path)


def _finish(verb: Callable[[], int]) -> None:
    """Exit with the verb's code; a user's mistake is one sentence and code 2, no traceback."""
    try:
        code = verb()
    except UserError as error:
        click.echo(f"grader: {error}", err=True)
        code = 2
    except KeyboardInterrupt:
        click.echo("grader: interrupted", err=True)
        code = 130
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Release labs, run them, check answers, and grade classes.

    \b
    Example:
      grader release 09
      grader run solutions/09_lab_distill_teacher_student_on_mnist.ipynb
      grader grade submitted/ --lab 09 --out grades/
    """


@main.command()
@click.argument("labs", nargs=-1)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a lab is out of date.")
def release(labs: tuple[str, ...], check: bool) -> None:
    """Make the students' LABS (all, if none is named) from solutions/.

    Example: grader release 09
    """

    def verb() -> int:
        from grader.labs import all_labs, find_lab
        from grader.release import main

        return main([find_lab(lab) for lab in labs] or all_labs(), check=check)

    _finish(verb)


@main.command()
@click.argument("notebooks", nargs=-1, required=True, type=PATH)
@click.option(
    "--profile",
    type=click.Choice(["quick", "full"]),
    default="quick",
    show_default=True,
    help="quick: minutes; full: the paper's size.",
)
@click.option(
    "-p",
    "parameters",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="Set a parameter of the notebook (may be repeated).",
)
@click.option("--out", type=PATH, default=None, help="Folder of the results.  [default: build/run]")
def run(
    notebooks: tuple[Path, ...],
    profile: str,
    parameters: tuple[tuple[str, str], ...],
    out: Path | None,
) -> None:
    """Run NOTEBOOKS from top to bottom with papermill.

    Example: grader run solutions/09_lab_distill_teacher_student_on_mnist.ipynb -p seed 3
    """

    def verb() -> int:
        from grader.run import main

        options: dict[str, Any] = {} if out is None else {"out": out}
        values = {name: _value(text) for name, text in parameters}
        return main(notebooks, profile=profile, parameters=values, **options)

    _finish(verb)


def _value(text: str) -> Any:
    """A parameter as Python reads it: 3 is a number, True a boolean, the rest is text."""
    import ast

    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


@main.command()
@click.argument("notebook", type=PATH)
@click.option("--exercise", default=None, metavar="NAME", help="Only this exercise's checks.")
@click.option("--hidden", is_flag=True, help="The hidden checks as well.")
def check(notebook: Path, exercise: str | None, hidden: bool) -> None:
    """Run the visible checks of a NOTEBOOK, as `check("…")` does inside it.

    Exit code: 0 all pass, 1 some do not, 2 wrong usage.

    Example: grader check labs/09_lab_distill_teacher_student_on_mnist.ipynb
    """

    def verb() -> int:
        from grader.check import main

        return main(notebook, exercise=exercise, hidden=hidden)

    _finish(verb)


@main.command()
@click.argument("submissions", type=PATH)
@click.option("--lab", required=True, help="Number or name of the lab, for example 09.")
@click.option("--out", required=True, type=PATH, help="Folder of the gradebook and the report.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Submissions graded side by side.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="Draws the hidden inputs, together with each submission's content.",
)
@click.option(
    "--dataset",
    type=click.Choice(["auto", "mnist", "cifar-10", "digits"]),
    default="auto",
    show_default=True,
    help="Data that artifacts are judged on; auto: the lab's own.",
)
@click.option(
    "--isolation",
    type=click.Choice(["auto", "landlock", "bubblewrap", "none"]),
    default="auto",
    show_default=True,
    help="auto: the strongest that works here; none: only for code that you trust.",
)
@click.option(
    "--engine",
    type=click.Choice(["warm", "cold", "kernel"]),
    default="warm",
    show_default=True,
    help="warm: libraries are imported once for all; cold: for each submission; kernel: so, and in "
    "a Jupyter kernel, behind the same walls. Equal grades.",
)
@click.option("--regrade", is_flag=True, help="Grade all again; marks that people gave stay.")
@click.option(
    "--scheduler",
    default=None,
    metavar="tcp://HOST:PORT",
    help="Let the workers of this Dask scheduler grade, instead of --jobs here (see README).",
)
@click.option("--policy", type=PATH, default=None, help="Late penalties: a TOML file (see README).")
def grade(submissions: Path, **options: Any) -> None:
    """Grade SUBMISSIONS: a folder of <student>.ipynb, nbgrader's submitted/, or a zip of either.

    \b
    Writes gradebook.sqlite, grades.csv, results.json, feedback/<student>.html and index.html to
    --out. Run again, it grades what is new or changed, and goes on where it was cut off.
    Exit code: 0 all graded, 1 some could not be read (listed), 2 wrong usage.

    Example: grader grade submitted/ --lab 09 --out grades/ --jobs 2
    """

    def verb() -> int:
        from grader.engines import begin

        # Its libraries are imported in a process of their own, while this one imports the rest.
        begin(options["engine"], options["isolation"], options["lab"])
        from grader.grade import main

        return main(submissions, **options)

    _finish(verb)


@main.command()
@click.argument("student")
@click.argument("exercise")
@click.argument("points", type=float, required=False)
@click.option("--out", required=True, type=PATH, help="Folder of the gradebook.")
@click.option("--comment", default="", help="Shown to the student.")
@click.option("--clear", is_flag=True, help="Take the mark back instead.")
def mark(
    student: str, exercise: str, points: float | None, out: Path, comment: str, clear: bool
) -> None:
    """Give POINTS to a STUDENT's EXERCISE by hand; regrading keeps them.

    Example: grader mark ann distillation_loss 3 --comment "right idea" --out grades/
    """

    def verb() -> int:
        from grader.mark import main

        if (points is None) != clear:
            raise UserError("Give POINTS, or --clear to take a mark back.")
        return main(student, exercise, points, out=out, comment=comment)

    _finish(verb)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(as_json: bool) -> None:
    """Say what this machine can run, what it cannot, and what to do about it.

    Example: grader doctor
    """

    def verb() -> int:
        from grader.doctor import main

        return main(as_json=as_json)

    _finish(verb)


@main.command()
@click.argument(
    "target",
    type=click.Choice(["canvas", "moodle", "junit", "gradescope", "classroom", "nbgrader"]),
)
@click.option("--out", required=True, type=PATH, help="The file to write.")
@click.option("--from", "grades", type=PATH, help="canvas, moodle, junit: the gradebook's folder.")
@click.option("--roster", type=PATH, help="canvas, moodle: CSV of who a student is there.")
@click.option("--column", help='canvas, moodle: name of the marks\' column.  [default: "Lab NN"]')
@click.option("--lab", help="gradescope, classroom, nbgrader: its number or name.")
@click.option(
    "--isolation",
    type=click.Choice(["auto", "landlock", "bubblewrap", "none"]),
    default="auto",
    show_default=True,
    help="gradescope: as in `grader grade`.",
)
def export(target: str, **options: Any) -> None:
    """Write marks for TARGET, or set a lab up there.

    \b
    canvas, moodle   CSV that the gradebook imports; with --roster, a CSV with a column
                     `submission` (the name in our gradebook) and the target's own
                     id columns, as in a file that it exports
    junit            XML: a suite a student, a test case a check
    gradescope       the autograder's zip for a lab
    classroom        GitHub Classroom's workflow for a lab
    nbgrader         the notebook for its source/LAB/

    Exit code: 0 all students are in it, 1 some are not in the roster (listed), 2 wrong usage.

    Example: grader export canvas --from grades/ --roster canvas.csv --out marks.csv
    """

    def verb() -> int:
        from grader.exports import main

        return main(target, **options)

    _finish(verb)
