"""Writes an ONNX model with an operator of a library of its own."""

from onnx import helper

from tests.attacks.model_lab import onnx_model, onnx_weight, writing

LAB = "onnx"
OWN = onnx_model(onnx_weight(), helper.make_node("System", ["h"], ["y"], domain="my.library"))
OWN.opset_import.append(helper.make_opsetid("my.library", 1))
ANSWERS = {"export": writing(OWN.SerializeToString())}
SCORE = 3
VERDICTS = {"export.an_int8_graph_doubles": {"wrong"}}
