"""Wrong and alternative answers to every exercise, and notebooks made from them.

`lab09/<exercise>.py` holds one answer a percent cell: `# %% wrong: name_of_the_misconception`
with a second line `# fails: check, other_exercise.check`, or `# %% right: another_way`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from grader.assemble import grade_id, is_answer

HEADER = re.compile(r"^# %% (wrong|right): (\w+)\n(?:# fails: (.*)\n)?", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """What a student could write into one answer cell."""

    exercise: str
    name: str
    right: bool
    fails: frozenset[str]  # ids of the checks that must fail, and no other
    source: str

    @property
    def id(self) -> str:
        """For test reports."""
        return f"{self.exercise}-{self.name}"


def answers(lab: str) -> list[Answer]:
    """All answers of a lab's corpus, by exercise."""
    found: list[Answer] = []
    for file in sorted((Path(__file__).parent / f"lab{lab}").glob("*.py")):
        found += parse(file.stem, file.read_text(encoding="utf-8"))
    return found


def parse(exercise: str, text: str) -> list[Answer]:
    """The answers in one file. Raises ValueError for a wrong one without its failing checks."""
    headers = list(HEADER.finditer(text))
    ends = [header.start() for header in headers[1:]] + [len(text)]
    found = []
    for header, end in zip(headers, ends, strict=True):
        kind, name, listed = header.groups()
        if (kind == "wrong") != bool(listed):
            raise ValueError(f"{exercise}: {name} is {kind}, and its failing checks are {listed}")
        checks = [part.strip() for part in (listed or "").split(",") if part.strip()]
        fails = frozenset(c if "." in c else f"{exercise}.{c}" for c in checks)
        source = text[header.end() : end].strip() + "\n"
        found.append(Answer(exercise, name, kind == "right", fails, source))
    return found


def with_answers(solution: NotebookNode, sources: Mapping[str, str]) -> NotebookNode:
    """A copy of `solution` in which some answer cells hold other sources."""
    notebook = copy.deepcopy(solution)
    cells = {grade_id(cell): cell for cell in notebook.cells if is_answer(cell)}
    for exercise, source in sources.items():
        cells[exercise].source = source
    return notebook
