"""What a `.tflite` file says: its operators, the types they work on, and where its bytes are.

A converter that could not make an operator integer leaves it in float and says nothing. The file
says it: every tensor of the graph has a type, and a quantized one its scales. This module reads the
FlatBuffer with LiteRT's own schema and runs nothing.

Source: TensorFlow's `lite/schema/schema.fbs` (file identifier "TFL3"), as `ai_edge_litert` has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

IDENTIFIER = b"TFL3"
FLOATS = frozenset({"float16", "bfloat16", "float32", "float64"})
# They carry numbers from one type to another: their own types say nothing of the arithmetic.
CONVERSIONS = frozenset({"QUANTIZE", "DEQUANTIZE", "CAST"})
INDICES = frozenset({"int32", "int64"})  # of constants: shapes, axes, paddings, biases


@dataclass(frozen=True)
class Tensor:
    """One tensor of the graph.

    shape: as the file fixes it, 1 for a free batch axis. dtype: "int8", "float32", … scales,
    zero_points: of a quantized tensor, one for all or one for each place of `axis`. stored: bytes
    of the file that hold its values; 0 for what is computed.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int
    stored: int

    @property
    def constant(self) -> bool:
        """Whether its values stand in the file."""
        return self.stored > 0

    @property
    def weights(self) -> bool:
        """Whether it is a kernel or a matrix that stands in the file: no bias, no paddings."""
        return self.constant and len(self.shape) > 1 and self.dtype not in INDICES


@dataclass(frozen=True)
class Operator:
    """One operator, in the order of execution; an input that was left out is not listed."""

    name: str  # "CONV_2D"; of a custom one its own name
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]

    @property
    def activations(self) -> tuple[str, ...]:
        """The types of what flows in and out; no weights, no biases."""
        flowing = (*(t for t in self.inputs if not t.constant), *self.outputs)
        return tuple(tensor.dtype for tensor in flowing)

    @property
    def weight(self) -> Tensor | None:
        """The largest kernel or matrix among its inputs; None where there is none."""
        found = [tensor for tensor in self.inputs if tensor.weights]
        return max(found, key=lambda tensor: tensor.stored, default=None)

    @property
    def in_float(self) -> bool:
        """Whether numbers of floating point go in or come out (conversions do not count)."""
        return self.name not in CONVERSIONS and bool(FLOATS & set(self.activations))


class TFLiteFile:
    """The first graph of a `.tflite` file. Raises ValueError where the bytes are none."""

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert import schema_py_generated as schema

        if content[4:8] != IDENTIFIER:
            raise ValueError(f"no .tflite file: bytes 4 to 7 are {content[4:8]!r}, not b'TFL3'")
        self.bytes = len(content)
        self._model = schema.Model.GetRootAs(content)
        if self._model.SubgraphsLength() < 1:
            raise ValueError("a .tflite file without a graph")
        self._graph = self._model.Subgraphs(0)
        self._types = _names(schema.TensorType)
        self._kinds = _names(schema.BuiltinOperator)

    @property
    def version(self) -> int:
        """Of the schema: 3 for every file of today."""
        return self._model.Version()

    @property
    def description(self) -> str:
        """The converter that made the file, in its own words."""
        return (self._model.Description() or b"").decode()

    @cached_property
    def tensors(self) -> tuple[Tensor, ...]:
        """All tensors of the graph."""
        return tuple(
            self._tensor(self._graph.Tensors(i)) for i in range(self._graph.TensorsLength())
        )

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """What the graph takes."""
        return tuple(self.tensors[i] for i in _numbers(self._graph, "Inputs"))

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        """What the graph gives."""
        return tuple(self.tensors[i] for i in _numbers(self._graph, "Outputs"))

    @cached_property
    def operators(self) -> tuple[Operator, ...]:
        """The operators, in the order of execution."""
        found = (self._graph.Operators(i) for i in range(self._graph.OperatorsLength()))
        return tuple(
            Operator(
                self._kind(one.OpcodeIndex()),
                tuple(self.tensors[i] for i in _numbers(one, "Inputs") if i >= 0),
                tuple(self.tensors[i] for i in _numbers(one, "Outputs")),
            )
            for one in found
        )

    @property
    def signatures(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """name -> (names of the inputs, names of the outputs), as an app calls them."""
        signatures = [
            self._model.SignatureDefs(i) for i in range(self._model.SignatureDefsLength())
        ]
        return {
            one.SignatureKey().decode(): (
                tuple(one.Inputs(i).Name().decode() for i in range(one.InputsLength())),
                tuple(one.Outputs(i).Name().decode() for i in range(one.OutputsLength())),
            )
            for one in signatures
        }

    @property
    def stored(self) -> int:
        """Bytes of all values in the file; the rest of it are names, shapes, scales, offsets."""
        return sum(_stored(self._model.Buffers(i)) for i in range(self._model.BuffersLength()))

    @property
    def float_operators(self) -> tuple[Operator, ...]:
        """What still computes in floating point; empty in a file that is integer throughout."""
        return tuple(operator for operator in self.operators if operator.in_float)

    def _tensor(self, tensor: Any) -> Tensor:
        scales, zero_points, axis = (), (), 0
        quantization = tensor.Quantization()
        if quantization is not None:
            scales = tuple(float(s) for s in _numbers(quantization, "Scale"))
            zero_points = tuple(int(z) for z in _numbers(quantization, "ZeroPoint"))
            axis = quantization.QuantizedDimension()
        return Tensor(
            name=(tensor.Name() or b"").decode(),
            shape=tuple(int(n) for n in _numbers(tensor, "Shape")),
            dtype=self._types.get(tensor.Type(), f"type {tensor.Type()}").lower(),
            scales=scales,
            zero_points=zero_points,
            axis=axis,
            stored=_stored(self._model.Buffers(tensor.Buffer())),
        )

    def _kind(self, index: int) -> str:
        code = self._model.OperatorCodes(index)
        if code.CustomCode():
            return code.CustomCode().decode()
        # Files from before operator 127 have the number in the older, one-byte field alone.
        number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        return self._kinds.get(number, f"operator {number}")


def _names(enumeration: type) -> dict[int, str]:
    """number -> name of one of the schema's enumerations."""
    return {value: name for name, value in vars(enumeration).items() if isinstance(value, int)}


def _numbers(table: Any, field: str) -> np.ndarray:
    """A vector of numbers of a table; empty where the table has none."""
    if getattr(table, f"{field}IsNone")():
        return np.empty(0, np.int64)
    return getattr(table, f"{field}AsNumpy")()


def _stored(buffer: Any) -> int:
    """Bytes that a buffer holds; those of a large file lie behind the FlatBuffer."""
    return int(buffer.Size()) if buffer.Offset() > 1 else int(buffer.DataLength())
