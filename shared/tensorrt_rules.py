"""Checks a quantized ONNX network against what TensorRT says it takes, without TensorRT.

TensorRT 11 reads the precision of every tensor out of the network ("strong typing") and takes 8-bit
integers only as QuantizeLinear and DequantizeLinear nodes ("explicit quantization"). A network that
breaks a `RULE` is refused by its parser or builder; one that goes against `ADVICE` builds and runs
slower than it could. This module knows the rules of the documentation, for INT8 and for the layers
Conv, Gemm and MatMul; it does not know TensorRT's kernels, and a clean report promises no speed.

Source: NVIDIA TensorRT 11 documentation, "Working with Quantized Types" and "Explicit
Quantization"; operator table of onnx-tensorrt (docs/operators.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import onnx

from shared.onnx_graph import stored, title

RULE, ADVICE = "rule", "advice"
INTEGER_OPERATORS = {
    "ConvInteger",
    "DynamicQuantizeLinear",
    "MatMulInteger",
    "QLinearConv",
    "QLinearMatMul",
}
WEIGHTED = {"Conv": 1, "Gemm": 1, "MatMul": 1}  # and the place of the weight
_STANDARD = {"", "ai.onnx"}
_TINY = np.finfo(np.float32).tiny


@dataclass(frozen=True)
class Finding:
    """One place that breaks a rule or goes against advice. kind: RULE or ADVICE; node: its name."""

    kind: str
    rule: str  # a few words, the same for all findings of the rule
    node: str
    detail: str


RULES = {
    "standard operators": "only operators of ONNX itself, none that computes on integers",
    "zero point 0": "a symmetric map: every zero point is 0",
    "signed int8": "the quantized type is int8; uint8 and int32 are not taken",
    "constant scales": "scales are stored in the file, and positive",
    "activations per tensor": "one scale for an activation",
    "weights by output": "a weight's scales lie along its output channels, or it has one",
}
ADVICES = {
    "inputs quantized": "all inputs of a layer with weights are quantized, or none of its numbers",
    "output left alone": "no pair between a layer with weights and the sum that it goes into",
}


def check(model: onnx.ModelProto) -> list[Finding]:
    """Everything that breaks a rule or goes against advice, in the graph's order.

    A network without QuantizeLinear and DequantizeLinear has nothing to check but its operators.
    """
    graph = _Graph(model)
    findings = []
    for node in model.graph.node:
        for one in (_operator, _pair, _layer, _sum):
            findings.extend(one(node, graph))
    return findings


def broken(findings: list[Finding], kind: str = RULE) -> dict[str, int]:
    """How many findings each rule has, for the rules (or advice) that have any."""
    found: dict[str, int] = {}
    for finding in findings:
        if finding.kind == kind:
            found[finding.rule] = found.get(finding.rule, 0) + 1
    return found


class _Graph:
    """Who makes a tensor, who reads it, and what is stored."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.stored = stored(model)
        self.makers = {name: node for node in model.graph.node for name in node.output}
        self.readers: dict[str, list[onnx.NodeProto]] = {}
        for node in model.graph.node:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)

    def maker(self, name: str) -> str:
        """The operator that makes a tensor; "" for an input and for a stored one."""
        return self.makers[name].op_type if name in self.makers else ""

    def source(self, name: str) -> str:
        """The tensor in front of the pairs that `name` comes through; itself without any."""
        while self.maker(name) in ("DequantizeLinear", "QuantizeLinear"):
            name = self.makers[name].input[0]
        return name

    def is_weight(self, name: str) -> bool:
        """Whether the numbers behind a tensor are stored."""
        return self.source(name) in self.stored

    def ends_in(self, name: str) -> Iterator[tuple[onnx.NodeProto, int]]:
        """The nodes, no pairs, that read a tensor or what pairs make of it, and at which input."""
        for reader in self.readers.get(name, []):
            if reader.op_type in ("QuantizeLinear", "DequantizeLinear"):
                if reader.input[0] == name:
                    yield from self.ends_in(reader.output[0])
            else:
                yield reader, list(reader.input).index(name)


def _operator(node: onnx.NodeProto, graph: _Graph) -> Iterator[Finding]:
    if node.domain not in _STANDARD or node.op_type in INTEGER_OPERATORS:
        yield Finding(RULE, "standard operators", node.name, f"{title(node)} is none that it knows")


def _pair(node: onnx.NodeProto, graph: _Graph) -> Iterator[Finding]:
    """QuantizeLinear and DequantizeLinear: zero points, types, scales."""
    if node.op_type not in ("QuantizeLinear", "DequantizeLinear"):
        return
    zero = node.input[2] if len(node.input) > 2 else ""
    kind = _quantized_type(node, graph, zero)
    if kind not in ("int8", ""):
        yield Finding(RULE, "signed int8", node.name, f"the integers are {kind}")
    if zero and zero not in graph.stored:
        yield Finding(RULE, "zero point 0", node.name, f"the zero point {zero} is computed")
    elif zero and np.any(graph.stored[zero] != 0):
        values = np.unique(graph.stored[zero]).tolist()
        yield Finding(RULE, "zero point 0", node.name, f"zero point {values[0]}")
    scale = graph.stored.get(node.input[1])
    if scale is None:
        yield Finding(RULE, "constant scales", node.name, f"the scale {node.input[1]} is computed")
        return
    if not (np.isfinite(scale).all() and (scale >= _TINY).all()):
        yield Finding(RULE, "constant scales", node.name, f"a scale of {scale.min():g}")
    if scale.size == 1:
        return
    if not graph.is_weight(node.input[0]):
        yield Finding(RULE, "activations per tensor", node.name, f"{scale.size} scales")
        return
    axis = next((a.i for a in node.attribute if a.name == "axis"), 1)
    for reader, place in graph.ends_in(node.output[0]):
        wanted = _output_axis(reader, place)
        rank = graph.stored[graph.source(node.input[0])].ndim
        if wanted is not None and axis % rank != wanted:
            detail = f"scales along axis {axis}, outputs of {reader.op_type} along {wanted}"
            yield Finding(RULE, "weights by output", node.name, detail)


def _quantized_type(node: onnx.NodeProto, graph: _Graph, zero: str) -> str:
    """The type of the integers: the zero point's; without one, of what is stored; uint8 else."""
    if zero:
        return graph.stored[zero].dtype.name if zero in graph.stored else ""
    if node.op_type == "DequantizeLinear":
        if node.input[0] in graph.stored:
            return graph.stored[node.input[0]].dtype.name
        return ""  # the QuantizeLinear before it has been asked
    named = next((a.i for a in node.attribute if a.name == "output_dtype"), 0)
    return onnx.helper.tensor_dtype_to_np_dtype(named or onnx.TensorProto.UINT8).name


def _output_axis(node: onnx.NodeProto, place: int) -> int | None:
    """The axis of the output channels of the weight at this input; None for other inputs."""
    if WEIGHTED.get(node.op_type) != place:
        return None
    if node.op_type == "Gemm":
        return 0 if any(a.name == "transB" and a.i for a in node.attribute) else 1
    return {"Conv": 0, "MatMul": 1}[node.op_type]


def _layer(node: onnx.NodeProto, graph: _Graph) -> Iterator[Finding]:
    """A layer of which one input is quantized and the other is not computes in float."""
    if node.op_type not in WEIGHTED:
        return
    both = [graph.maker(name) == "DequantizeLinear" for name in node.input[:2]]
    if both[0] != both[1]:
        missing = "its weight" if both[0] else "what goes in"
        yield Finding(ADVICE, "inputs quantized", node.name, f"{missing} is not quantized")


def _sum(node: onnx.NodeProto, graph: _Graph) -> Iterator[Finding]:
    """A pair right behind a layer keeps the sum from being fused with it."""
    if node.op_type != "Add":
        return
    for name in node.input:
        behind = graph.maker(name) == "DequantizeLinear"
        if behind and graph.maker(graph.source(name)) in WEIGHTED:
            detail = f"a pair stands between {graph.maker(graph.source(name))} and the sum"
            yield Finding(ADVICE, "output left alone", node.name, detail)
