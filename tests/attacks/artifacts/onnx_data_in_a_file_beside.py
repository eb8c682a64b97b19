"""Writes an ONNX model and, as a file of its own beside it, the model's weight."""

from tests.attacks.model_lab import TWICE_EACH, onnx_with_weight_in, writing

LAB = "onnx"
ANSWERS = {
    "export": writing(onnx_with_weight_in("weight.bin"))
    + f"\n    open('saved/weight.bin', 'wb').write({TWICE_EACH.tobytes()!r})"
    + f"\n    open('weight.bin', 'wb').write({TWICE_EACH.tobytes()!r})"
}
SCORE = 3
VERDICTS = {"export.an_int8_graph_doubles": {"wrong"}}
