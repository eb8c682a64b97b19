"""Our command line, with the five exercises for the only lab.

`python -m benchmarks.ours FOLDER STACK grade SUBMISSIONS --out GRADES …` is `grader grade …` with
one thing changed: the lab that it finds, which `ours_form.make_class` wrote into FOLDER. Everything
that a class costs is in it: the command line, the gradebook, the feedback pages, the report. As
little as possible is imported here: the command comes to its own imports as soon as a user's.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from benchmarks.five_exercises import NAME, NUMBER
from grader import labs
from grader.rubric import Rubric


@dataclass(frozen=True)
class FiveExercises(labs.LabFiles):
    """The lab, released into a folder of its own."""

    folder: Path
    stack: str

    @property
    def lab(self) -> Path:
        """What a student gets."""
        return self.folder / f"{self.name}.ipynb"

    def rubric(self) -> Rubric:
        """The lab's exercises and checks."""
        from benchmarks.ours_rubric import make_rubric

        return make_rubric(self.stack)


class NoData:
    """`Resources` of a lab that has no data set."""

    def __init__(self, name: str = "none") -> None:
        self.dataset = SimpleNamespace(name="none")
        self.unseen = None


def main(words: list[str]) -> None:
    """End the process with the exit code of `grader …`."""
    from grader import cli, lab

    folder, stack, *arguments = words
    files = FiveExercises(NUMBER, NAME, Path(folder), stack)
    labs.all_labs = lambda: [files]
    lab.Resources = NoData  # before `grader.grade` takes it from there
    cli.main(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
