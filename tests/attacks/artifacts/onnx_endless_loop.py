"""Writes an ONNX model that is a loop without end."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from grader import judge
from tests.attacks.model_lab import onnx_model, onnx_weight, writing

LAB = "onnx"
IN = [
    helper.make_tensor_value_info("i", TensorProto.INT64, []),
    helper.make_tensor_value_info("go", TensorProto.BOOL, []),
    helper.make_tensor_value_info("v", TensorProto.FLOAT, ["n", 4]),
]
OUT = [
    helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
    helper.make_tensor_value_info("next", TensorProto.FLOAT, ["n", 4]),
]
BODY = [helper.make_node("Identity", ["go"], ["go_on"]), helper.make_node("Abs", ["v"], ["next"])]
YES = numpy_helper.from_array(np.array(True))
AFTER = [
    helper.make_node("Constant", [], ["yes"], value=YES),
    helper.make_node(
        "Loop", ["", "yes", "h"], ["y"], body=helper.make_graph(BODY, "body", IN, OUT)
    ),
]
ANSWERS = {"export": writing(onnx_model(onnx_weight(), *AFTER).SerializeToString())}
SCORE = 3
VERDICTS = {"export.an_int8_graph_doubles": {"timed_out"}}


def arrange(world):
    world.patch.setattr(judge, "SECONDS", 6.0)
