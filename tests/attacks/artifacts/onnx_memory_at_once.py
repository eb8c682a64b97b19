"""Writes a small ONNX model that asks for 64 GB when it runs."""

from onnx import TensorProto, helper

from tests.attacks.model_lab import onnx_model, onnx_weight, writing

LAB = "onnx"
SHAPE = helper.make_tensor("", TensorProto.INT64, [2], [1 << 32, 4])
AFTER = [
    helper.make_node("Constant", [], ["shape"], value=SHAPE),
    helper.make_node("ConstantOfShape", ["shape"], ["zeros"]),
    helper.make_node("ReduceSum", ["zeros"], ["sum"]),
    helper.make_node("Add", ["h", "sum"], ["y"]),
]
ANSWERS = {"export": writing(onnx_model(onnx_weight(), *AFTER).SerializeToString())}
SCORE = 3
VERDICTS = {"export.an_int8_graph_doubles": {"wrong"}}
