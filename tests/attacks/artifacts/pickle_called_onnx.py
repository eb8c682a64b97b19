"""Writes a pickle under the name of an ONNX model."""

from tests.attacks.artifacts import pickle

LAB = "onnx"
ANSWERS = pickle.ANSWERS
arrange, assert_unharmed = pickle.arrange, pickle.assert_unharmed
SCORE = 3
VERDICTS = {"export.an_int8_graph_doubles": {"wrong"}}
