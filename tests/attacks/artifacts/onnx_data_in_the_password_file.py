"""Writes an ONNX model whose weights are the first bytes of /etc/passwd."""

from tests.attacks.model_lab import onnx_with_weight_in, writing

LAB = "onnx"
ANSWERS = {"export": writing(onnx_with_weight_in("/etc/passwd"))}
SCORE = 3
VERDICTS = {"export.an_int8_graph_doubles": {"wrong"}}


def assert_unharmed(world, outcome):
    assert "root:" not in outcome.written
