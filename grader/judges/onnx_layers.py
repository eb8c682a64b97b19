"""The layers with weights of an ONNX graph, and in which types their numbers are really stored.

A quantized layer has three forms: between DequantizeLinear nodes ("QDQ"), as an operator on
integers with its scales (QLinearConv, QLinearMatMul, QGemm), or as an operator on integers whose
activations are quantized when it runs (ConvInteger, MatMulInteger; "dynamic").
Source: the operators' documentation in the ONNX repository; QGemm in ONNX Runtime's
docs/ContribOperators.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import onnx

# Places of the weight, and where the operator has them, of its scale and the input's zero point.
FLOAT_FORM = {"Conv": 1, "Gemm": 1, "MatMul": 1}
SCALED_FORM = {"QLinearConv": (3, 4, 2), "QLinearMatMul": (3, 4, 2), "QGemm": (3, 4, 2)}
INTEGER_FORM = {"ConvInteger": 1, "MatMulInteger": 1}
# What changes the shape of a tensor, or nothing, but no number in it.
LAYOUT = {"Identity", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze"}


def type_name(kind: int) -> str:
    """The name in numpy, or in ml_dtypes for a type that numpy has not: "float32", "int4".

    Raises KeyError for a number that is no type.
    """
    return onnx.helper.tensor_dtype_to_np_dtype(kind).name


def shape_of(value: onnx.ValueInfoProto) -> list[int | None]:
    """The shape, with None for what is not fixed."""
    dims = value.type.tensor_type.shape.dim
    return [n.dim_value if n.HasField("dim_value") else None for n in dims]


def operators(graph: onnx.GraphProto) -> Iterator[str]:
    """The operators in the graph's order, those of a node's own graphs after it."""
    for node in graph.node:
        yield node.op_type
        for below in subgraphs(node):
            yield from operators(below)


def subgraphs(node: onnx.NodeProto) -> Iterator[onnx.GraphProto]:
    """The graphs in a node's attributes: bodies of loops, branches."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def layers(graph: onnx.GraphProto, outside: _Scope | None = None) -> Iterator[dict[str, Any]]:
    """The fields of `grader.judge.ONNXLayer` of each layer, in the order of `operators`."""
    scope = _Scope.of(graph, outside)
    for node in graph.node:
        if node.op_type in FLOAT_FORM | SCALED_FORM | INTEGER_FORM:
            yield {"name": node.name, "op": node.op_type, **_numbers(node, scope)}
        for below in subgraphs(node):
            yield from layers(below, scope)


@dataclass
class _Scope:
    """What a name stands for: a stored tensor, the node that makes it, an input; who reads it."""

    outside: _Scope | None
    stored: dict[str, onnx.TensorProto] = field(default_factory=dict)
    makers: dict[str, onnx.NodeProto] = field(default_factory=dict)
    inputs: dict[str, onnx.ValueInfoProto] = field(default_factory=dict)
    readers: dict[str, list[onnx.NodeProto]] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: onnx.GraphProto, outside: _Scope | None) -> _Scope:
        """The names of one graph, in front of those around it."""
        scope = cls(outside)
        scope.inputs = {value.name: value for value in graph.input}
        scope.stored = {tensor.name: tensor for tensor in graph.initializer}
        for node in graph.node:
            if node.op_type == "Constant" and node.output:
                for attribute in node.attribute:
                    if attribute.name == "value":
                        scope.stored[node.output[0]] = attribute.t
            for name in node.output:
                scope.makers[name] = node
            for name in node.input:
                scope.readers.setdefault(name, []).append(node)
        return scope

    def origin(self, name: str) -> onnx.TensorProto | onnx.NodeProto | onnx.ValueInfoProto | None:
        """What makes the numbers of `name`, seen through changes of layout."""
        # Bounded, as a graph that nobody has checked may go round in a circle.
        for _ in range(len(self.makers) + 1):
            found = self._maker(name)
            if not (isinstance(found, onnx.NodeProto) and found.op_type in LAYOUT and found.input):
                return found
            name = found.input[0]
        return None

    def tensor(self, name: str) -> onnx.TensorProto | None:
        """The stored tensor behind `name`, None where it is computed."""
        found = self.origin(name)
        return found if isinstance(found, onnx.TensorProto) else None

    def only_reader(self, name: str) -> onnx.NodeProto | None:
        """The node that reads `name`, None where it is not one."""
        readers = self.readers.get(name, [])
        return readers[0] if len(readers) == 1 else None

    def _maker(self, name: str) -> onnx.TensorProto | onnx.NodeProto | onnx.ValueInfoProto | None:
        for names in (self.stored, self.makers, self.inputs):
            if name in names:
                return names[name]
        return self.outside._maker(name) if self.outside else None


@dataclass(frozen=True)
class _Weight:
    """A stored tensor and the number of its scales."""

    tensor: onnx.TensorProto
    scales: int


def _numbers(node: onnx.NodeProto, scope: _Scope) -> dict[str, Any]:
    """Types, shape and scales of one layer."""
    if node.op_type in SCALED_FORM:
        at, scale, zero_point = SCALED_FORM[node.op_type]
        weight = _stored(_input(node, at), scope, _count(_input(node, scale), scope))
        input_dtype = _type_of(_input(node, zero_point), scope)
    elif node.op_type in INTEGER_FORM:
        at = INTEGER_FORM[node.op_type]
        weight = _stored(_input(node, at), scope, _scales_behind(node, scope))
        input_dtype = _type_of(_input(node, 0), scope)
    else:
        at = FLOAT_FORM[node.op_type]
        weight, activation = _float_weight(_input(node, at), scope), _input(node, 0)
        if weight is None and node.op_type != "Conv":  # W x instead of x W
            weight = _float_weight(_input(node, 0), scope)
            activation = _input(node, at) if weight else activation
        input_dtype = _activation(activation, scope)
    return {
        "weight_dtype": type_name(weight.tensor.data_type) if weight else "",
        "weight_shape": list(weight.tensor.dims) if weight else [],
        "weight_scales": weight.scales if weight else 0,
        "input_dtype": input_dtype,
    }


def _input(node: onnx.NodeProto, place: int) -> str:
    return node.input[place] if place < len(node.input) else ""


def _stored(name: str, scope: _Scope, scales: int) -> _Weight | None:
    tensor = scope.tensor(name)
    return _Weight(tensor, scales) if tensor is not None else None


def _float_weight(name: str, scope: _Scope) -> _Weight | None:
    """The tensor behind a weight: as it is, or in front of DequantizeLinear.

    One that is stored as float, and quantized when the model runs, is a float tensor.
    """
    found, scales = scope.origin(name), 0
    if isinstance(found, onnx.NodeProto) and found.op_type == "DequantizeLinear":
        scales = _count(_input(found, 1), scope)
        found = scope.origin(_input(found, 0))
        if isinstance(found, onnx.NodeProto) and found.op_type == "QuantizeLinear":
            found = scope.origin(_input(found, 0))
    return _Weight(found, scales) if isinstance(found, onnx.TensorProto) else None


def _activation(name: str, scope: _Scope) -> str:
    """The integer type that an activation goes through, "float32" where it goes through none."""
    found = scope.origin(name)
    if isinstance(found, onnx.NodeProto) and found.op_type == "DequantizeLinear":
        return _type_of(_input(found, 2), scope) or _type_of(_input(found, 0), scope)
    return "float32"


def _type_of(name: str, scope: _Scope) -> str:
    """The type of a tensor of integers, "" where the graph does not say it plainly."""
    found = scope.origin(name)
    if isinstance(found, onnx.TensorProto):
        return type_name(found.data_type)
    if isinstance(found, onnx.ValueInfoProto):
        return type_name(found.type.tensor_type.elem_type)
    if found is None:
        return ""
    if found.op_type == "DynamicQuantizeLinear":
        return "uint8"
    if found.op_type == "QuantizeLinear":
        return _quantized_type(found, scope)
    places = {"QLinearConv": 7, "QLinearMatMul": 7, "QGemm": 8}
    if found.op_type in places:
        return _type_of(_input(found, places[found.op_type]), scope)
    return ""


def _quantized_type(node: onnx.NodeProto, scope: _Scope) -> str:
    """Of QuantizeLinear: its zero point's, the attribute's, or the operator's default."""
    tensor = scope.tensor(_input(node, 2))
    if tensor is not None:
        return type_name(tensor.data_type)
    named = next((a.i for a in node.attribute if a.name == "output_dtype"), 0)
    return type_name(named) if named else "uint8"


def _count(name: str, scope: _Scope) -> int:
    """Elements of a stored tensor, 0 where it is not stored."""
    tensor = scope.tensor(name)
    count = 1 if tensor is not None else 0
    for n in tensor.dims if tensor is not None else ():
        count *= n
    return count


def _scales_behind(node: onnx.NodeProto, scope: _Scope) -> int:
    """Scales of an integer layer's weight: its result is cast and multiplied by
    (scale of the input · scale of the weight)."""
    cast = scope.only_reader(node.output[0]) if node.output else None
    product = scope.only_reader(cast.output[0]) if cast is not None and cast.output else None
    if cast is None or product is None or (cast.op_type, product.op_type) != ("Cast", "Mul"):
        return 0
    counts = [0]
    for name in product.input:
        found = scope.origin(name)
        product_of_scales = isinstance(found, onnx.NodeProto) and found.op_type == "Mul"
        counts += [_count(below, scope) for below in (found.input if product_of_scales else [name])]
    return max(counts)
