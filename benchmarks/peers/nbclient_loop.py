"""nbclient alone: `python nbclient_loop.py FOLDER SCORES.json`, a kernel for each notebook.

The notebooks have nbgrader's form with all tests in it; a test cell that does not raise is a point.
"""

import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

scores = {}
for path in sorted(Path(sys.argv[1]).glob("*.ipynb")):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, allow_errors=True, timeout=60).execute()
    tests = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    scores[path.stem] = sum(
        all(output.output_type != "error" for output in cell.outputs) for cell in tests
    )
Path(sys.argv[2]).write_text(json.dumps(scores))
