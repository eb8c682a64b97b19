"""Which labs there are, and where their files lie."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UserError
from grader.rubric import Rubric

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class LabFiles:
    """One lab: its number and the name that its notebooks share."""

    number: str
    name: str

    @property
    def solution(self) -> Path:
        """The only source: task, reference answer, checks to show."""
        return ROOT / "solutions" / f"{self.name}.ipynb"

    @property
    def lab(self) -> Path:
        """What a student gets, generated from the solution."""
        return ROOT / "labs" / f"{self.name}.ipynb"

    def rubric(self) -> Rubric:
        """The lab's exercises and checks."""
        return importlib.import_module(f"grader.rubrics.lab{self.number}").rubric


def all_labs() -> list[LabFiles]:
    """Every lab, by number: those in `solutions/`, or in `labs/` of a copy without solutions."""
    notebooks = "[0-9][0-9]_*.ipynb"
    found = list((ROOT / "solutions").glob(notebooks)) or (ROOT / "labs").glob(notebooks)
    return [LabFiles(name[:2], name) for name in sorted(path.stem for path in found)]


def find_lab(text: str) -> LabFiles:
    """The lab that a person means by "9", "09", its name, or the path of its notebook."""
    stem = Path(text).stem
    for lab in all_labs():
        if stem in (lab.number, lab.number.lstrip("0"), lab.name):
            return lab
    known = ", ".join(lab.number for lab in all_labs()) or "none"
    raise UserError(f"There is no lab {text!r}. Labs in {ROOT}: {known}.")
