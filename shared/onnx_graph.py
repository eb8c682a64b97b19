"""Reads the graph of an ONNX model: operators, shapes, bytes, and a picture of it.

A model is a protobuf message: a list of nodes, each with an operator's name and the names of the
tensors that go in and come out, and the stored tensors ("initializers").
Source: onnx.proto and docs/IR.md of the ONNX repository.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx

from shared.plots import COLOURS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Shape = tuple[int | str | None, ...]
_STANDARD = {"", "ai.onnx"}
# Operators that only carry numbers between types or layouts, for the colours of a picture.
_CARRIERS = {"QuantizeLinear", "DequantizeLinear", "ReorderInput", "ReorderOutput", "Transpose"}
_BOX = 1.15  # inches from the middle of a node to that of its neighbour
_WEIGHTED = {"Conv", "FusedConv", "Gemm", "FusedGemm", "MatMul", "QLinearConv", "QGemm"}


def title(node: onnx.NodeProto) -> str:
    """The operator, with its last word of domain where it is not a standard one: "nchwc.Conv"."""
    domain = "" if node.domain in _STANDARD else node.domain.rpartition(".")[2] + "."
    return domain + node.op_type


def counts(model: onnx.ModelProto) -> dict[str, int]:
    """How often each operator stands in the graph, the most frequent first."""
    return dict(Counter(title(node) for node in model.graph.node).most_common())


def shapes(model: onnx.ModelProto) -> dict[str, Shape]:
    """The shape of every tensor that shape inference can tell, stored ones included.

    A number where an axis is fixed, its name where it has one ("n"), None where nothing is known.
    """
    graph = onnx.shape_inference.infer_shapes(model).graph
    found: dict[str, Shape] = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        dims = value.type.tensor_type.shape.dim
        found[value.name] = tuple(
            axis.dim_value if axis.HasField("dim_value") else axis.dim_param or None
            for axis in dims
        )
    return found


def strip_notes(model: onnx.ModelProto) -> int:
    """Takes the exporter's notes out, in place; how many bytes shorter the file becomes.

    Notes are `metadata_props` (call stacks with this machine's folders, names of modules) and
    `doc_string`, of the model, its graph, nodes and tensors. No number of the network changes.
    """
    before = model.ByteSize()
    graph = model.graph
    values = (*graph.input, *graph.output, *graph.value_info)
    for part in (model, graph, *graph.node, *values, *graph.initializer):
        del part.metadata_props[:]
        part.ClearField("doc_string")
    return before - model.ByteSize()


def byte_shares(model: onnx.ModelProto) -> dict[str, int]:
    """Where the file's bytes are: "numbers", "names", "notes", "the rest"; together its length.

    numbers: the stored tensors' contents. names: of tensors and nodes, wherever they stand. the
    rest: shapes, types, attributes, and protobuf's own tags and lengths.
    """
    graph = model.graph
    numbers = sum(content_bytes(tensor) for tensor in graph.initializer)
    names = sum(len(tensor.name.encode()) for tensor in graph.initializer)
    for node in graph.node:
        names += sum(len(n.encode()) for n in (node.name, *node.input, *node.output))
    for value in (*graph.input, *graph.output, *graph.value_info):
        names += len(value.name.encode())
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    notes = strip_notes(bare)
    rest = model.ByteSize() - numbers - names - notes
    return {"numbers": numbers, "names": names, "notes": notes, "the rest": rest}


def content_bytes(tensor: onnx.TensorProto) -> int:
    """Bytes of a stored tensor's numbers, as arrays keep them (types below a byte are packed)."""
    array = onnx.numpy_helper.to_array(tensor)
    bits = {
        onnx.TensorProto.INT4: 4,
        onnx.TensorProto.UINT4: 4,
        onnx.TensorProto.FLOAT4E2M1: 4,
    }.get(tensor.data_type, 8 * array.dtype.itemsize)
    return -(-array.size * bits // 8)


def rows(nodes: Sequence[onnx.NodeProto]) -> list[int]:
    """For each node the row of a picture that it belongs into, from 0, the top.

    Every node stands above all that read it, and as near to them as it can; the longest way through
    the graph has a node in every row. nodes: in the graph's order.
    """
    below: dict[str, int] = {}  # tensor: how many rows there must be from its maker on downwards
    heights = []
    for node in reversed(nodes):
        height = max((below.get(name, 0) for name in node.output), default=0)
        heights.append(height)
        for name in node.input:
            below[name] = max(below.get(name, 0), height + 1)
    return [max(heights) - height for height in reversed(heights)]


def picture(graphs: Mapping[str, Iterable[onnx.NodeProto]], *, height: float = 0.32) -> Figure:
    """Graphs side by side, each under its name, from top to bottom; stored tensors are left out.

    Filled boxes have weights, hatched ones only change types or layouts. height: inches a row.
    Raises ValueError where there is no node.
    """
    import matplotlib.pyplot as plt

    drawn = {name: list(nodes) for name, nodes in graphs.items()}
    if not drawn or not all(drawn.values()):
        raise ValueError("there is no node to draw")
    longest = 1 + max(max(rows(nodes)) for nodes in drawn.values())
    widths = [max(Counter(rows(nodes)).values()) for nodes in drawn.values()]
    figure, axes = plt.subplots(
        1,
        len(drawn),
        figsize=(_BOX * sum(widths), 0.5 + height * longest),
        width_ratios=widths,
        squeeze=False,
    )
    for axis, (name, nodes) in zip(axes[0], drawn.items(), strict=True):
        _draw(axis, nodes)
        axis.set(title=f"{name}\n{len(nodes)} nodes", ylim=(longest - 0.4, -0.6))
    plt.close(figure)
    return figure


def _draw(axis: Any, nodes: Sequence[onnx.NodeProto]) -> None:
    """One graph: its rows, and an arrow for each tensor between two nodes."""
    of_nodes = rows(nodes)
    beside, places = Counter(of_nodes), []
    taken: Counter[int] = Counter()
    for row in of_nodes:
        places.append((taken[row] - (beside[row] - 1) / 2, row))
        taken[row] += 1
    makers = {name: i for i, node in enumerate(nodes) for name in node.output}
    for place, node in zip(places, nodes, strict=True):
        for source in {makers[name] for name in node.input if name in makers}:
            axis.annotate(
                "",
                xy=(place[0], place[1] - 0.32),
                xytext=(places[source][0], places[source][1] + 0.32),
                arrowprops={"arrowstyle": "-|>", "color": "#777777", "linewidth": 0.8},
            )
        axis.text(*place, title(node), ha="center", va="center", fontsize=6.5, bbox=_box(node))
    width = max(beside.values()) / 2
    axis.set_xlim(-width, width)
    axis.set_axis_off()


def _box(node: onnx.NodeProto) -> dict[str, Any]:
    style = {"boxstyle": "round,pad=0.2", "edgecolor": "#555555", "linewidth": 0.7}
    if node.op_type in _WEIGHTED:
        return {**style, "facecolor": "#a9cde6"}
    if node.op_type in _CARRIERS:
        return {**style, "facecolor": "white", "hatch": "////", "edgecolor": COLOURS[1]}
    return {**style, "facecolor": "white"}


def stored(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    """Every stored tensor by name: initializers, and the values of Constant nodes."""
    found = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant":
            for attribute in node.attribute:
                if attribute.name == "value":
                    found[node.output[0]] = onnx.numpy_helper.to_array(attribute.t)
    return found
