"""Does `papermill --engine grader-warm` leave the notebook that papermill itself leaves?"""

from __future__ import annotations

import importlib.metadata
import re
import sys

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from grader.papermill_engine import stack_of

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks on Linux only")

CELLS = (
    "x = 1",
    "print(x)\nprint('aside', file=__import__('sys').stderr)",
    "",
    "from IPython.display import HTML, display\ndisplay(HTML('<b>bold</b>'), {'a': [1]})\nx + 1",
    "shown = display('before', display_id='d')\nshown.update('after')",
    "import os\nos.path.basename(os.getcwd()), os.environ['MARK']",
    "x;",
    "import matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1)).gca().plot([1, 2])\nplt.show()",
    "await __import__('asyncio').sleep(0)",
    "1 / 0",
    "never = 'run'",
)


@pytest.fixture(autouse=True)
def registered():
    """As an installation does it that has the entry point; an older one of the project has not."""
    (entry,) = [
        one
        for one in importlib.metadata.entry_points(group="papermill.engine")
        if one.name == "grader-warm"
    ]
    papermill.engines.papermill_engines.register(entry.name, entry.load())


def run(cells, folder, engine, **options):
    """The notebook that is left, and what is raised."""
    (folder / "here").mkdir(exist_ok=True, parents=True)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [new_markdown_cell("# Title"), *map(new_code_cell, cells)]
    cells[1].metadata["tags"] = ["parameters"]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / "in.ipynb")
    raised = None
    try:
        papermill.execute_notebook(
            folder / "in.ipynb",
            folder / "out.ipynb",
            parameters={"x": 41},
            engine_name=engine,
            cwd=folder / "here",
            progress_bar=False,
            **options,
        )
    except (PapermillExecutionError, DeadKernelError, CellTimeoutError) as error:
        raised = error
    return nbformat.read(folder / "out.ipynb", 4), raised


def comparable(notebook):
    """Without times, and what names the run: addresses, paths, cell ids, colours and pictures."""
    found = []
    for cell in notebook.cells:
        outputs = [dict(output) for output in cell.get("outputs", [])]
        for output in outputs:
            if "traceback" in output:
                lines = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output["traceback"]))
                output["traceback"] = re.sub(r"(?m)^-+$", "", lines)
            if "image/png" in output.get("data", {}):
                output["data"]["image/png"] = "picture"
        status = cell.metadata.get("papermill", {})  # papermill adds cells that have none
        found.append({
            "source": cell.source, "count": cell.get("execution_count"), "outputs": outputs,
            "tags": cell.metadata.get("tags"), "status": status.get("status"),
            "exception": status.get("exception"),
        })  # fmt: skip
    return found, notebook.metadata.papermill["exception"], notebook.metadata["language_info"]


def test_is_the_output_the_one_of_papermills_own_engine(tmp_path, monkeypatch):
    monkeypatch.setenv("MARK", "of the caller")
    own, own_error = run(CELLS, tmp_path / "own", "nbclient")
    warm, error = run(CELLS, tmp_path / "warm", "grader-warm")
    nbformat.validate(warm)
    for theirs, ours in zip(*(comparable(one)[0] for one in (own, warm)), strict=True):
        assert ours == theirs
    assert comparable(warm) == comparable(own)
    assert (error.ename, error.evalue, error.exec_count) == ("ZeroDivisionError",
        own_error.evalue, own_error.exec_count)  # fmt: skip


def test_does_a_second_notebook_find_nothing_of_the_first(tmp_path):
    cells = ["x = 0", "left = 'left' in globals()\nleft, x", "left = True"]
    for _ in range(2):
        notebook, error = run(cells, tmp_path, "grader-warm")
        assert error is None
        assert notebook.cells[3].outputs[0].data["text/plain"] == "(False, 41)"


def test_are_the_end_of_the_process_and_of_its_time_told_as_papermill_tells_them(tmp_path):
    _, error = run(["x = 0", "import os\nos._exit(1)"], tmp_path, "grader-warm")
    assert isinstance(error, DeadKernelError)
    forever = ["x = 0", "while True: pass"]
    _, error = run(forever, tmp_path, "grader-warm", execution_timeout=1)
    assert isinstance(error, CellTimeoutError)


@pytest.mark.parametrize(
    ("source", "libraries"),
    [
        ("import torch.nn as nn, numpy", ("torch",)),
        ("from keras import layers\nimport matplotlib.pyplot", ("matplotlib", "tensorflow")),
        ("%matplotlib inline\n!ls\nfrom scipy import stats", ("scipy",)),
        ("def broken(:", ("numpy",)),
        ("from . import torch", ("numpy",)),
    ],
)
def test_is_imported_beforehand_what_the_cells_import(source, libraries):
    assert stack_of(new_notebook(cells=[new_code_cell(source)])) == libraries
