"""Labs with a hidden value check and a file that the judge opens, one for each of its formats."""

from __future__ import annotations

from base64 import b85decode
from collections.abc import Callable
from dataclasses import dataclass
from zlib import decompress

import numpy as np
import onnx
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from onnx import TensorProto, helper
from safetensors.numpy import save

from grader import expect
from grader.lab import Lab
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

# The weights of the other two models.
TWICE_EACH = 2 * np.eye(4, dtype=np.int8)


def onnx_model(weight: TensorProto, *after: onnx.NodeProto) -> onnx.ModelProto:
    """x float32 (n, 4) times an integer weight (4, 4), and then the nodes from "h" to "y"."""
    scale = helper.make_tensor("scale", TensorProto.FLOAT, [], [1.0])
    zero = helper.make_tensor("zero", weight.data_type, [], [0])
    nodes = [
        helper.make_node("DequantizeLinear", [weight.name, "scale", "zero"], ["w"]),
        helper.make_node("MatMul", ["x", "w"], ["h" if after else "y"], "twice"),
        *after,
    ]
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 4]) for name in "xy")
    graph = helper.make_graph(nodes, "graph", [x], [y], [scale, zero, weight])
    sets = [helper.make_opsetid("", 20)]
    return helper.make_model(graph, opset_imports=sets, ir_version=10)


def onnx_weight() -> TensorProto:
    """The right weight, stored as int8."""
    return onnx.numpy_helper.from_array(TWICE_EACH, "weight")


def onnx_with_weight_in(location: str) -> bytes:
    """A model whose weight is said to lie in another file, at its start."""
    weight = TensorProto(name="weight", data_type=TensorProto.INT8, dims=[4, 4])
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value=location)
    weight.external_data.add(key="length", value="16")
    return onnx_model(weight).SerializeToString()


def writing(content: bytes) -> str:
    """The answer cell that writes these bytes."""
    return (
        "import os\n\n\ndef export(path):\n    os.mkdir('saved')\n"
        f"    open(path, 'wb').write({content!r})"
    )


@dataclass(frozen=True)
class ModelLab:
    """A lab, and the answers that earn its six points."""

    rubric: Rubric
    right: dict[str, str]

    def lab(self) -> NotebookNode:
        """What a student gets."""
        cells = [new_code_cell("import numpy as np", id="imports", metadata={"tags": ["setup"]})]
        for exercise in self.rubric.exercises:
            name = exercise.name
            answer = details(name, solution=True, locked=False)
            checked = details(f"{name}_check", grade=True, points=exercise.points)
            cells.append(new_code_cell(ANSWERS[name], id=name, metadata=answer))
            cells.append(new_code_cell(f'check("{name}")', id=f"{name}_check", metadata=checked))
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        return release(new_notebook(cells=cells, metadata={"kernelspec": kernel}), self.rubric)

    def answered(self, **sources: str) -> NotebookNode:
        """A student's notebook: the lab with these answer cells."""
        notebook = self.lab()
        for cell in notebook.cells:
            if cell.id in sources:
                cell.source = sources[cell.id]
        return notebook


ANSWERS = {
    "triple": "def triple(x):\n    ### BEGIN SOLUTION\n    return 3 * x\n    ### END SOLUTION",
    "export": "def export(path):\n    ### BEGIN SOLUTION\n    pass\n    ### END SOLUTION",
}


def _made(file: str, content: bytes, checks: dict[Callable[[Lab], None], float]) -> ModelLab:
    """A lab whose second exercise is to write `file`."""
    rubric = Rubric(lab="98", notebook="98_model", title="Model")
    triple = rubric.exercise("triple", title="Triple", difficulty=1, minutes=1)
    export = rubric.exercise("export", title="Export", difficulty=1, minutes=1)
    triple.check(points=1, visible=True)(of_known_numbers)
    triple.check(points=2, seconds=2)(of_other_numbers)
    export.prepare(seconds=5)(lambda lab: lab.export(file))
    for check, points in checks.items():
        export.check(points=points)(check)
    return ModelLab(
        rubric, {"triple": "def triple(x):\n    return 3 * x", "export": writing(content)}
    )


def of_known_numbers(lab: Lab) -> None:
    """Three times each element."""
    x = lab.rng.normal(size=5)
    expect.close(lab.triple(x), 3 * x, rtol=1e-12, atol=0, what="result")


def of_other_numbers(lab: Lab) -> None:
    """Three times each element, of numbers that are drawn afresh."""
    x = lab.rng.normal(size=5)
    expect.close(lab.triple(x), 3 * x, rtol=1e-12, atol=0, what="result")


def the_model_doubles(lab: Lab) -> None:
    """The judge runs the file."""
    x = lab.rng.normal(size=(3, 4)).astype("float32")
    report = lab.judge_tflite("saved/model.tflite", x)
    expect.close(report.outputs, 2 * x, rtol=1e-6, atol=0, what="outputs")


def an_int8_graph_doubles(lab: Lab) -> None:
    """The only layer is stored in int8, and the judge runs the file."""
    x = lab.rng.normal(size=(3, 4)).astype("float32")
    report = lab.judge_onnx("saved/model.onnx", x)
    stored = [layer.weight_dtype for layer in report.layers]
    expect.equal(stored, ["int8"], what="type of the stored weights")
    # ONNX Runtime multiplies integer weights with activations of 8 bits.
    expect.close(report.results, 2 * x, rtol=0.01, atol=0.05, what="results")


def the_weights_are_even(lab: Lab) -> None:
    """The file holds the weights."""
    report = lab.judge_safetensors("saved/model.safetensors")
    expect.close(report.tensors.get("weight"), TWICE_EACH, rtol=0, atol=0, what="weight")


TFLITE = _made("saved/model.tflite", TWICE, {the_model_doubles: 3})
ONNX = _made(
    "saved/model.onnx",
    onnx_model(onnx_weight()).SerializeToString(),
    {an_int8_graph_doubles: 3},
)
SAFETENSORS = _made(
    "saved/model.safetensors", save({"weight": TWICE_EACH}), {the_weights_are_even: 3}
)
rubric, RIGHT, lab, answered = TFLITE.rubric, TFLITE.right, TFLITE.lab, TFLITE.answered
