"""A lab with a hidden value check and a model file that the judge opens, for attacks on both."""

from __future__ import annotations

from base64 import b85decode
from zlib import decompress

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from grader import expect
from grader.release import release
from grader.rubric import Rubric
from tests.unit.toy_lab import details

# A .tflite of one addition: float32 (1, 4) -> twice that. Compressed, in base 85.
PACKED = (
    "c-m!A%Syvg5It#QEi}}EMY`ysNY}yE`T?P>5a<JH5f_CjB#SJPLXDyzeuKDn>C#Vd;X?ch7k-"
    "3m<GDAJP;}ss$+>sV%$eH+Fh3q0*3m)}4b)MCMXn5!Imo4miM9dsh*1G3A`PbK5hn4OB#9~cF43P(PKUD-cRE>)h"
    "jVA(%pK}lTDy!?BfA?0(Q<ti#X;yVul@C9u!^un{)KoZo`^fS|0sRViJHt&Mm5(}TwAjx&6T81g_V0Wwa@$YV!!?"
    "EHjCoL)Kx&&?sn{h{~AiWV;`kQ60bi=@<zN9JNzGy+*zx?is&QuJsVt^-X%C=)?H~<g;)Dsh#yb-gcm`iDmH8Dy1"
    "#{r)Qb0tCHa7RF{GxjF`u!4?9I-k&j)MNQB5?|S%Y{WuXgErJ|88%&FYMNmwVa^#7!F8WYd<Jo*~~aneFC}j-"
    "lU9<);4s1vOVnHv"
)
TWICE = decompress(b85decode(PACKED))

rubric = Rubric(lab="98", notebook="98_model", title="Model")

triple = rubric.exercise("triple", title="Triple", difficulty=1, minutes=1)
export = rubric.exercise("export", title="Export", difficulty=1, minutes=1)


@triple.check(points=1, visible=True)
def of_known_numbers(lab):
    """Three times each element."""
    x = lab.rng.normal(size=5)
    expect.close(lab.triple(x), 3 * x, rtol=1e-12, atol=0, what="result")


@triple.check(points=2, seconds=2)
def of_other_numbers(lab):
    """Three times each element, of numbers that are drawn afresh."""
    x = lab.rng.normal(size=5)
    expect.close(lab.triple(x), 3 * x, rtol=1e-12, atol=0, what="result")


@export.prepare(seconds=5)
def write_the_model(lab):
    """The student's code writes its model."""
    lab.export("saved/model.tflite")


@export.check(points=3)
def the_model_doubles(lab):
    """The judge runs the file."""
    x = lab.rng.normal(size=(3, 4)).astype("float32")
    report = lab.judge_tflite("saved/model.tflite", x)
    expect.close(report.outputs, 2 * x, rtol=1e-6, atol=0, what="outputs")


ANSWERS = {
    "triple": "def triple(x):\n    ### BEGIN SOLUTION\n    return 3 * x\n    ### END SOLUTION",
    "export": "def export(path):\n    ### BEGIN SOLUTION\n    pass\n    ### END SOLUTION",
}
RIGHT = {
    "triple": "def triple(x):\n    return 3 * x",
    "export": (
        "import base64, os, zlib\n\n\ndef export(path):\n    os.mkdir('saved')\n"
        f"    content = zlib.decompress(base64.b85decode({PACKED!r}))\n"
        "    open(path, 'wb').write(content)"
    ),
}


def lab() -> NotebookNode:
    """What a student gets."""
    cells = [new_code_cell("import numpy as np", id="imports", metadata={"tags": ["setup"]})]
    for exercise in rubric.exercises:
        name = exercise.name
        answer = details(name, solution=True, locked=False)
        checked = details(f"{name}_check", grade=True, points=exercise.points)
        cells.append(new_code_cell(ANSWERS[name], id=name, metadata=answer))
        cells.append(new_code_cell(f'check("{name}")', id=f"{name}_check", metadata=checked))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return release(new_notebook(cells=cells, metadata={"kernelspec": kernel}), rubric)


def answered(**sources: str) -> NotebookNode:
    """A student's notebook: the lab with these answer cells."""
    notebook = lab()
    for cell in notebook.cells:
        if cell.id in sources:
            cell.source = sources[cell.id]
    return notebook
