"""Writes an ONNX model whose weight lies in another file, named by its whole path."""

from tests.attacks.model_lab import ONNX, TWICE_EACH, onnx_with_weight_in, writing

LAB = "onnx"
SCORE = 3
VERDICTS = {"export.an_int8_graph_doubles": {"wrong"}}
BUBBLEWRAP = True


def submission(notebook, world):
    outside = world.canary("weights.bin")
    outside.write_bytes(TWICE_EACH.tobytes())
    source = writing(onnx_with_weight_in(str(outside)))
    return ONNX.answered(**{**ONNX.right, "export": source})
