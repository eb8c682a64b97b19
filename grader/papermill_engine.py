"""papermill's engine `grader-warm`: notebooks run in forks of a process that has imported already.

    papermill --engine grader-warm in.ipynb out.ipynb

It pays where one Python process runs many notebooks (`papermill.execute_notebook(…,
engine_name="grader-warm")`): libraries are imported with the first of them. For notebooks that one
trusts, as all of papermill: they run with the rights, the folder and the environment of who calls,
without limits. No widgets, and no input.
"""

from __future__ import annotations

import ast
import os
import platform
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import Engine, NotebookExecutionManager

from grader import nursery, wire
from grader.process import student_environment

# What notebooks import, and what is imported beforehand for it (`grader.zygote.STACKS`).
LIBRARIES = {
    "torch": "torch",
    "tensorflow": "tensorflow",
    "keras": "tensorflow",
    "scipy": "scipy",
    "matplotlib": "matplotlib",
}
LARGEST = 1 << 30  # bytes of a cell's outputs
LANGUAGE = {
    "name": "python",
    "version": platform.python_version(),
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": 3},
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}


class WarmEngine(Engine):
    """Runs a notebook's cells in one fork, until one of them fails."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        stack: Sequence[str] | None = None,
        execution_timeout: float | None = None,
        **options: Any,
    ) -> None:
        """Run `nb_man.nb`. stack: as a rubric's, by default what the cells import.

        execution_timeout: seconds for each cell. Raises DeadKernelError where the process ends.
        """
        notebook = nb_man.nb
        libraries = tuple(stack) if stack is not None else stack_of(notebook)
        with _Fork(libraries) as fork:
            for index, cell in enumerate(notebook.cells):
                nb_man.cell_start(cell, index)
                runs = cell.cell_type == "code" and cell.source.strip()
                try:
                    if runs and not fork.run(cell, execution_timeout):
                        nb_man.cell_exception(cell, index)
                        break
                finally:
                    nb_man.cell_complete(cell, cell_index=index)
        notebook.metadata["language_info"] = dict(LANGUAGE)


def stack_of(notebook: NotebookNode) -> tuple[str, ...]:
    """The libraries that a notebook's cells import, as far as they can be imported once for all."""
    found = {
        LIBRARIES[name]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for name in _imported(cell.source)
        if name in LIBRARIES
    }
    return tuple(sorted(found)) or ("numpy",)


def _imported(source: str) -> Iterator[str]:
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


class _Fork:
    """A process that runs cells where the caller is, and shows all that they show."""

    def __init__(self, libraries: tuple[str, ...]) -> None:
        self._channel, theirs = socket.socketpair()
        with theirs, open(os.devnull, "wb") as nowhere:
            self._child = nursery.of(libraries).fork(theirs.fileno(), nowhere.fileno())
        inline = {"MPLBACKEND": student_environment(Path())["MPLBACKEND"]}
        setup = {
            "environment": {**inline, **os.environ},
            "folder": os.getcwd(),
            "rules": None,
            "whole": True,
        }
        wire.send(self._channel, wire.encode(setup))

    def __enter__(self) -> _Fork:
        return self

    def __exit__(self, *error: object) -> None:
        self._channel.close()
        self._child.end()

    def run(self, cell: NotebookNode, seconds: float | None) -> bool:
        """Run a cell, and keep what it shows in it; False where it fails and may not."""
        request = {"id": 0, "op": "cell", "source": cell.source, "counted": True}
        try:
            wire.send(self._channel, wire.encode(request))
            reply = wire.decode(wire.receive(self._channel, seconds, LARGEST))
        except TimeoutError:
            raise CellTimeoutError.error_from_timeout_and_cell(
                "Cell execution timed out", int(seconds or 0), cell
            ) from None
        except wire.Closed:
            raise DeadKernelError("Kernel died") from None
        cell.outputs = [nbformat.from_dict(output) for output in reply.get("outputs", [])]
        cell.execution_count = reply.get("count")
        return reply["ok"] or "raises-exception" in cell.metadata.get("tags", [])
