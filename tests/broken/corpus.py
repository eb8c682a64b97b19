"""Broken submissions of the toy lab, and what each of them earns.

`tests/broken/files/` holds them as files; `python -m tests.broken.corpus` writes them anew. Large
ones are made by the test.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from tests.unit import toy_lab

FILES = Path(__file__).with_name("files")
HONEST = nbformat.writes(toy_lab.answered(double=toy_lab.DOUBLE, total=toy_lab.TOTAL))


@dataclass(frozen=True)
class Case:
    """A broken file; `says` are texts that its reason, notes, errors or messages hold."""

    name: str
    make: Callable[[], bytes]
    score: float
    readable: bool
    says: tuple[str, ...]
    large: bool  # made by the test, not committed

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return FILES / f"{self.name}.ipynb"

    def content(self) -> bytes:
        """The file's bytes."""
        return self.make() if self.large else self.file.read_bytes()


CASES: dict[str, Case] = {}
Maker = Callable[[], bytes | str | NotebookNode | dict[str, Any]]


def case(
    score: float, *says: str, readable: bool = True, large: bool = False
) -> Callable[[Maker], Maker]:
    """Add a broken file: bytes, text, a notebook, or a JSON object."""

    def add(maker: Maker) -> Maker:
        def make() -> bytes:
            made = maker()
            if isinstance(made, dict):
                made = json.dumps(made, indent=1)
            return made.encode() if isinstance(made, str) else made

        CASES[maker.__name__] = Case(maker.__name__, make, score, readable, says, large)
        return maker

    return add


def unreadable(*says: str, large: bool = False) -> Callable[[Maker], Maker]:
    """Add a file in which there is nothing to grade."""
    return case(0, *says, readable=False, large=large)


def honest() -> dict[str, Any]:
    """A notebook worth 6 points, as plain JSON to be broken."""
    return json.loads(HONEST)


def cell(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """The cell of that id."""
    return next(one for one in notebook["cells"] if one["id"] == name)


def position(notebook: dict[str, Any], name: str) -> int:
    """Where the cell of that id stands."""
    return notebook["cells"].index(cell(notebook, name))


def own_cell(source: str | list[str], kind: str = "code") -> dict[str, Any]:
    """A cell that the student added."""
    own = {"cell_type": kind, "id": f"own-{len(source)}", "metadata": {}, "source": source}
    return own | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def all_cases() -> list[Case]:
    """The whole corpus."""
    from tests.broken import damaged, edited  # noqa: F401 - they add their cases

    return list(CASES.values())


if __name__ == "__main__":
    from tests.broken import corpus  # this module, as the others see it

    corpus.FILES.mkdir(exist_ok=True)
    for one in corpus.all_cases():
        if not one.large:
            one.file.write_bytes(one.make())
    print(f"{len(corpus.CASES)} cases; the small ones are in {corpus.FILES}")
