"""Puts a link to a right ONNX model outside in the place of its file."""

from tests.attacks.model_lab import onnx_model, onnx_weight

LAB = "onnx"
ANSWERS = {
    "export": """
import os

def export(path):
    os.mkdir("saved")
    os.symlink(world["path"], path)
"""
}
SCORE = 3
VERDICTS = {"export.an_int8_graph_doubles": {"missing"}}


def arrange(world):
    world.canary("model.onnx").write_bytes(onnx_model(onnx_weight()).SerializeToString())
