"""A submission as it is graded: the pristine lab with the student's answer cells, nothing else.

Edited, moved, copied or deleted locked cells make no difference: they are taken from the lab.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nbformat import NotebookNode

from grader.answers import Submitted, find_answer, grade_id, is_answer, name_of, same

RUN_TAGS = {"parameters", "setup"}  # locked cells that are also run when a lab is graded


@dataclass(frozen=True)
class Cell:
    """A code cell to run; `name` is its grade_id, `answer` says who wrote it."""

    name: str
    source: str
    answer: bool


@dataclass
class Assembly:
    """The cells in the lab's order, and what a reader of the grade should know.

    An answer that stands in several cells is several cells here, of one name. `left_out` is a
    sentence on cells of the student's own, which are not run; '' where there are none.
    """

    cells: list[Cell]
    notes: list[str] = field(default_factory=list)
    left_out: str = ""

    def answer(self, exercise: str) -> str:
        """The source of an exercise's answer."""
        return "\n\n".join(c.source for c in self.cells if c.answer and c.name == exercise)


def assemble(lab: NotebookNode, submission: NotebookNode) -> Assembly:
    """Take setup cells and the order from `lab`, and the answers from `submission`.

    A missing answer stays a stub. Notes say which are missing, and which were not where they
    belong.
    """
    theirs = Submitted(lab, submission)
    assembly = Assembly([])
    missing = []
    for cell in lab.cells:
        if cell.cell_type != "code":
            continue
        if is_answer(cell):
            answer = find_answer(cell, theirs)
            missing += [] if answer.found else [grade_id(cell)]
            assembly.notes += answer.notes
            pieces = answer.pieces or [cell.source]
            assembly.cells += [Cell(grade_id(cell), piece, answer=True) for piece in pieces]
        elif RUN_TAGS & set(cell.metadata.get("tags", [])):
            assembly.cells.append(Cell(name_of(cell), cell.source, answer=False))
            assembly.notes += _changes(cell, theirs)
    assembly.notes += [f"The answer cell {name} is missing." for name in missing]
    if len(missing) == sum(is_answer(cell) for cell in lab.cells):
        assembly.notes.append("Not one answer cell is there: is it another lab's notebook?")
    assembly.left_out = theirs.left_out()
    return assembly


def _changes(cell: NotebookNode, theirs: Submitted) -> list[str]:
    if "parameters" in cell.metadata.get("tags", []):
        return []  # meant to be changed by the learner; grading uses the lab's own
    copies = theirs.called(name_of(cell))
    if not copies or any(same(theirs.cells[i].source, cell.source) for i in copies):
        return []
    return [f"The locked cell {name_of(cell)} was changed; the lab's own was used."]
