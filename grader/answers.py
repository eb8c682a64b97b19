"""Finding the answer to an exercise among a student's cells.

An answer is looked for in several ways, one after the other, so that a lost name, a split or a
merged cell costs no points. Python's own parser is not asked what a cell defines: its stack and
memory are at the mercy of the source, and this is the trusted process. Expressions that take no
more time than the text is long do.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from dataclasses import dataclass, field

from nbformat import NotebookNode

MAX_SOURCE = 1_000_000  # characters of a cell: the feedback shows it
MAX_PIECES = 50  # cells that one answer may stand in

# Strings and comments: an old attempt in quotes defines nothing.
QUOTED = re.compile(
    r'#[^\n]*+|("""|\'\'\')(?:\\.|(?!\1).)*+(?:\1|\Z)'
    r'|"(?:\\.|[^"\\\n])*+"?|\'(?:\\.|[^\'\\\n])*+\'?',
    re.DOTALL,
)
FUNCTION = re.compile(r"^(?:async[ \t]++)?(?:def|class)[ \t]++(\w++)", re.MULTILINE)
ASSIGNMENT = re.compile(r"^(\w++)[ \t]*+(?::[^=\n]*+)?=(?!=)", re.MULTILINE)
CODE_LINE = re.compile(r"^[ \t]*+(?=[^\s#])", re.MULTILINE)


def grade_id(cell: NotebookNode) -> str:
    """nbgrader's name of a cell, or ''."""
    details = cell.metadata.get("nbgrader")
    name = details.get("grade_id") if isinstance(details, dict) else None
    return name if isinstance(name, str) else ""


def is_answer(cell: NotebookNode) -> bool:
    """Whether a student writes into this cell."""
    details = cell.metadata.get("nbgrader")
    return isinstance(details, dict) and details.get("solution") is True


def name_of(cell: NotebookNode) -> str:
    """What a cell of the lab is called."""
    return grade_id(cell) or cell.id


def same(one: str, other: str) -> bool:
    """Whether two sources differ in blanks at their ends only."""
    return _normal(one) == _normal(other)


def _normal(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def functions(source: str) -> set[str]:
    """The functions and classes that a cell defines, also where it is no valid Python."""
    return set(FUNCTION.findall(_bare(source)))


def definitions(source: str) -> set[str]:
    """The names that a cell binds on its top level."""
    return functions(source) | set(ASSIGNMENT.findall(_bare(source)))


def _bare(source: str) -> str:
    source = textwrap.dedent(source) if starts_indented(source) else source
    return QUOTED.sub('""', source)


def starts_indented(source: str) -> bool:
    """Whether the first line of code cannot stand alone: a cell was split above it."""
    first = CODE_LINE.search(source)
    return first is not None and first.group() != ""


class Submitted:
    """A submission's cells, and what each of them is in the lab.

    `owners` holds the name of the lab's cell that each one is by its grade_id or, where that is
    lost, by its cell id; `LOCKED` where only its text is the lab's; '' where it is the student's
    own. `used` are the cells that answers were taken from.
    """

    LOCKED = "\0"  # no cell is called so

    def __init__(self, lab: NotebookNode, submission: NotebookNode) -> None:
        self.cells = submission.cells
        self.used: set[int] = set()
        self._by_grade_id = {grade_id(cell) for cell in lab.cells} - {""}
        self._by_id = {cell.id: name_of(cell) for cell in lab.cells}
        self._ids = Counter(cell.get("id") for cell in self.cells)
        self._locked = {_normal(cell.source) for cell in lab.cells if not is_answer(cell)} - {""}
        self._answers = {grade_id(cell) for cell in lab.cells if is_answer(cell)}
        self.owners = [self._owner(cell) for cell in self.cells]
        self.functions = [functions(cell.source[:MAX_SOURCE]) for cell in self.cells]

    def called(self, name: str) -> list[int]:
        """The cells that are the lab's cell of this name."""
        return [i for i, owner in enumerate(self.owners) if owner == name]

    def named(self, name: str) -> list[int]:
        """Those of them that still carry the name in their metadata."""
        return [i for i in self.called(name) if grade_id(self.cells[i]) == name]

    def own(self, i: int) -> bool:
        """Whether there is a cell `i`, with code, that the student added."""
        return (
            0 <= i < len(self.cells)
            and self.owners[i] == ""
            and self.cells[i].cell_type in ("code", "raw")
            and self.cells[i].source.strip() != ""
        )

    def other_answer(self, i: int, name: str) -> bool:
        """Whether cell `i` is the answer to another exercise than `name`."""
        return self.owners[i] in self._answers - {name}

    def left_out(self) -> str:
        """A sentence on the student's own cells that are not run; '' where there are none."""
        cells = [i for i in range(len(self.cells)) if self.own(i) and i not in self.used]
        if not cells:
            return ""
        names = sorted(set().union(*(definitions(self.cells[i].source[:10_000]) for i in cells)))
        listed = f"; they define {_listed(names)}" if names else ""
        return (
            f"{len(cells)} of the student's own cells were not run: an answer must stand in its "
            f"answer cell{listed}."
        )

    def _owner(self, cell: NotebookNode) -> str:
        if grade_id(cell) in self._by_grade_id:
            return grade_id(cell)
        if cell.get("id") in self._by_id and self._ids[cell.get("id")] == 1:
            return self._by_id[cell.id]
        return self.LOCKED if _normal(cell.source) in self._locked else ""


@dataclass
class Answer:
    """What was found: the sources to run, in order; none where there is nothing but the stub."""

    found: bool = False
    pieces: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def by_grade_id(stub: NotebookNode, theirs: Submitted) -> list[int]:
    """The cells that carry the exercise's name."""
    return theirs.named(grade_id(stub))


def by_cell_id(stub: NotebookNode, theirs: Submitted) -> list[int]:
    """The cell that an editor took the name from."""
    return theirs.called(grade_id(stub))


def by_functions(stub: NotebookNode, theirs: Submitted) -> list[int]:
    """The student's own cells that define a function of the stub."""
    asked = functions(stub.source)
    return [i for i, names in enumerate(theirs.functions) if names & asked and theirs.own(i)]


def in_other_answers(stub: NotebookNode, theirs: Submitted) -> list[int]:
    """The cell of another answer that this one was merged into."""
    asked, name = functions(stub.source), grade_id(stub)
    cells = enumerate(theirs.functions)
    return [i for i, names in cells if names & asked and theirs.other_answer(i, name)]


FINDERS = (
    (by_grade_id, ""),
    (by_cell_id, "by its cell id, its name being lost"),
    (by_functions, "in a cell of the student's own, by the functions that it defines"),
    (in_other_answers, "in the cell of another answer"),
)


def find_answer(stub: NotebookNode, theirs: Submitted) -> Answer:
    """The student's answer to the exercise of `stub`, the lab's answer cell."""
    answer = Answer()
    for finder, how in FINDERS:
        cells = finder(stub, theirs)
        answer.found |= bool(cells)
        cells = _written(stub, _with_halves(stub, cells, theirs), theirs, answer.notes)
        if cells:
            theirs.used.update(cells)
            answer.pieces = _joined(stub, cells, theirs, answer.notes)
            answer.notes += _remarks(stub, cells, answer.pieces, theirs, how)
            break
    return answer


def _with_halves(stub: NotebookNode, cells: list[int], theirs: Submitted) -> list[int]:
    """`cells`, and what an editor split off them into cells without a name, right beside them."""
    written = [i for i in cells if not same(theirs.cells[i].source, stub.source)]
    asked = functions(stub.source)
    asked -= set().union(*(definitions(theirs.cells[i].source[:MAX_SOURCE]) for i in written))
    found = set(cells)
    for i in written:
        before, after = i - 1, i + 1
        while theirs.own(before) and theirs.functions[before] & asked:
            found.add(before)
            before -= 1
        while theirs.own(after) and (
            theirs.functions[after] & asked or starts_indented(theirs.cells[after].source)
        ):
            found.add(after)
            after += 1
    return sorted(found)


def _written(
    stub: NotebookNode, cells: list[int], theirs: Submitted, notes: list[str]
) -> list[int]:
    """Those of `cells` that hold more than the stub, and not too much."""
    written = []
    for i in cells:
        source = theirs.cells[i].source
        if len(source) > MAX_SOURCE:
            notes.append(f"A cell of {len(source):,} characters was not run ({grade_id(stub)}).")
        elif source.strip() and not same(source, stub.source):
            written.append(i)
    return written[-MAX_PIECES:]


def _joined(stub: NotebookNode, cells: list[int], theirs: Submitted, notes: list[str]) -> list[str]:
    """The sources to run: halves of a function put together, and older copies left out."""
    pieces: list[str] = []
    for before, i in zip([None, *cells], cells, strict=False):
        source = theirs.cells[i].source
        if before == i - 1 and starts_indented(source):
            pieces[-1] += "\n" + source
        else:
            pieces.append(source)
    asked, kept, later = functions(stub.source), [], set()
    for piece in reversed(pieces):
        mine = definitions(piece) & asked
        if not mine or mine - later:
            kept.insert(0, piece)
        later |= mine
    name = grade_id(stub)
    if len(kept) < len(pieces):
        notes.append(f"There are {len(pieces)} answer cells {name}: the last one counts.")
    if len(kept) > 1:
        notes.append(f"The answer {name} stands in {len(kept)} cells: all were run, in order.")
    return kept


def _remarks(
    stub: NotebookNode, cells: list[int], pieces: list[str], theirs: Submitted, how: str
) -> list[str]:
    """What a reader of the grade should know of how the answer was found."""
    name, notes = grade_id(stub), []
    if how:
        notes.append(f"The answer {name} was found {how}.")
    for kind in sorted({theirs.cells[i].cell_type for i in cells} - {"code"}):
        notes.append(f"The answer {name} is no code cell ({kind[:20]!r}): its text was run.")
    source = "\n".join(pieces)
    missing = functions(stub.source) - definitions(source)
    others = functions(source) - functions(stub.source)
    if missing and others:
        notes.append(
            f"The answer {name} defines {_listed(sorted(others))}, but not "
            f"{_listed(sorted(missing))}."
        )
    return notes


def _listed(names: list[str]) -> str:
    more = ["…"] if len(names) > 5 else []
    return ", ".join([f"`{name[:40]}`" for name in names[:5]] + more)
