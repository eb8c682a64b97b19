"""Writes an ONNX model that is called int8, whose weight is float and quantized when it runs."""

import numpy as np
from onnx import helper, numpy_helper

from tests.attacks.model_lab import TWICE_EACH, onnx_model, onnx_weight, writing

LAB = "onnx"
MODEL = onnx_model(onnx_weight())
MODEL.producer_name = "int8"
MODEL.metadata_props.add(key="weight_dtype", value="int8")
GRAPH = MODEL.graph
GRAPH.node[1].name = "MatMulInteger_int8"
# In front of what reads the int8 weight: a float one that is turned into it.
GRAPH.initializer[2].CopyFrom(numpy_helper.from_array(TWICE_EACH.astype(np.float32), "int8_weight"))
GRAPH.node.insert(
    0, helper.make_node("QuantizeLinear", ["int8_weight", "scale", "zero"], ["weight"])
)
ANSWERS = {"export": writing(MODEL.SerializeToString())}
SCORE = 3
VERDICTS = {"export.an_int8_graph_doubles": {"wrong"}}
