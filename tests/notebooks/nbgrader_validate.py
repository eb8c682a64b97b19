"""Run in nbgrader's own environment: does nbgrader accept the metadata of these notebooks?

It applies the steps with which `nbgrader generate_assignment` checks a source, and exits with an
error where one of them refuses.
"""

import sys

import nbformat
from nbgrader.preprocessors import CheckCellMetadata, ClearSolutions, LockCells
from traitlets.config import Config

config = Config()
config.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
for path in sys.argv[1:]:
    notebook = nbformat.read(path, as_version=4)
    for step in (LockCells, ClearSolutions, CheckCellMetadata):
        notebook, _ = step(config=config).preprocess(notebook, {"nbgrader": {}})
    stubs = sum("raise NotImplementedError()" in cell.source for cell in notebook.cells)
    print(f"{path}: valid, {stubs} stubs")
