"""Does the reader of ONNX graphs see what is in a file, and nothing else?"""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from shared import onnx_graph


def tensor(name: str, array: np.ndarray) -> onnx.TensorProto:
    return numpy_helper.from_array(array, name)


@pytest.fixture
def model() -> onnx.ModelProto:
    """x (n, 2) -> two ways, one of them longer -> their sum."""
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["long1"], name="first"),
        helper.make_node("Relu", ["long1"], ["long2"]),
        helper.make_node("Neg", ["x"], ["short"]),
        helper.make_node("Add", ["long2", "short"], ["y"]),
        helper.make_node("Exp", ["y"], ["z"]),
    ]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2])]
    outputs = [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["n", 2])]
    stored = [tensor("w", np.eye(2, dtype=np.float32))]
    graph = helper.make_graph(nodes, "two ways", inputs, outputs, stored)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def test_are_operators_counted_with_their_domain(model):
    model.graph.node.append(helper.make_node("Relu", ["z"], ["again"]))
    model.graph.node.append(helper.make_node("Conv", ["z"], ["c"], domain="com.microsoft.nchwc"))
    found = onnx_graph.counts(model)
    assert found["Relu"] == 2 and found["nchwc.Conv"] == 1 and "Conv" not in found
    assert next(iter(found)) == "Relu"


def test_are_the_shapes_of_all_tensors_told_with_the_names_of_free_axes(model):
    shapes = onnx_graph.shapes(model)
    assert shapes["w"] == (2, 2)
    assert shapes["x"] == shapes["long2"] == shapes["z"] == ("n", 2)


def test_do_notes_go_and_does_everything_else_stay(model):
    model.graph.node[0].metadata_props.add(key="stack", value="/home/somebody/net.py")
    model.graph.initializer[0].doc_string = "a note"
    model.graph.metadata_props.add(key="k", value="v")
    before = model.ByteSize()
    saved = onnx_graph.strip_notes(model)
    assert saved == before - len(model.SerializeToString()) > len("/home/somebody/net.py")
    assert b"somebody" not in model.SerializeToString() and len(model.graph.node) == 5
    assert onnx_graph.strip_notes(model) == 0


def test_do_the_shares_of_bytes_add_up_to_the_file(model):
    model.graph.node[0].doc_string = "a note"
    shares = onnx_graph.byte_shares(model)
    assert sum(shares.values()) == len(model.SerializeToString())
    assert shares["numbers"] == 16
    assert shares["notes"] == 2 + len("a note") and model.graph.node[0].doc_string


@pytest.mark.parametrize(
    ("kind", "count", "expected"),
    [(TensorProto.INT8, 5, 5), (TensorProto.INT4, 5, 3), (TensorProto.FLOAT16, 5, 10)],
)
def test_are_packed_types_counted_packed(kind, count, expected):
    values = helper.make_tensor("t", kind, [count], [1] * count)
    assert onnx_graph.content_bytes(values) == expected


def test_does_each_node_stand_right_above_what_reads_it(model):
    """The longest way takes every row; the short one beside it hangs on to its sum."""
    assert onnx_graph.rows(model.graph.node) == [0, 1, 1, 2, 3]


def test_does_a_picture_show_every_node_once(model):
    figure = onnx_graph.picture({"whole": model.graph.node, "part": model.graph.node[:2]})
    words = [[t.get_text() for t in axis.texts if t.get_text()] for axis in figure.axes]
    assert sorted(words[0]) == ["Add", "Exp", "MatMul", "Neg", "Relu"]
    assert words[1] == ["MatMul", "Relu"]
    assert figure.axes[0].get_title() == "whole\n5 nodes"
    with pytest.raises(ValueError, match="no node"):
        onnx_graph.picture({"nothing": []})


def test_are_constants_of_both_kinds_stored(model):
    value = tensor("", np.float32([3.0]))
    model.graph.node.insert(0, helper.make_node("Constant", [], ["three"], value=value))
    assert onnx_graph.stored(model)["three"].tolist() == [3.0]
    assert set(onnx_graph.stored(model)) == {"three", "w"}
