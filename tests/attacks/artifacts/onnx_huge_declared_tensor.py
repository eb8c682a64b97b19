"""Writes an ONNX model with a weight of 16 bytes that claims to have a trillion rows."""

from tests.attacks.model_lab import onnx_model, onnx_weight, writing

LAB = "onnx"
HUGE = onnx_weight()
HUGE.dims[0] = 1 << 40
ANSWERS = {"export": writing(onnx_model(HUGE).SerializeToString())}
SCORE = 3
VERDICTS = {"export.an_int8_graph_doubles": {"wrong"}}
