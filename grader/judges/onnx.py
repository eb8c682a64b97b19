"""What an .onnx file holds, read by the onnx package and run by ONNX Runtime on one processor.

A graph is checked before anything else looks at it: no data outside the file, no code of its own
(custom operators, local functions), no tensor that claims more than the file holds.
Source: onnx.proto and docs/IR.md of the ONNX repository, IR version 13.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
import onnxruntime
from google.protobuf.message import DecodeError
from onnxruntime.capi import onnxruntime_pybind11_state as state

from grader.judges.onnx_layers import layers, operators, shape_of, type_name

FAULTS = (
    DecodeError,
    state.EPFail,
    state.Fail,
    state.InvalidArgument,
    state.InvalidGraph,
    state.InvalidProtobuf,
    state.NoSuchFile,
    state.NotImplemented,
    state.RuntimeException,
)
DOMAINS = {"": "", "ai.onnx": "", "ai.onnx.ml": "ai.onnx.ml", "com.microsoft": "com.microsoft"}
BATCH = 100
# Elements of these types stand in pairs and fours in a byte; the others in whole bytes.
IN_ONE_BYTE = {
    onnx.TensorProto.UINT4: 2,
    onnx.TensorProto.INT4: 2,
    onnx.TensorProto.FLOAT4E2M1: 2,
    onnx.TensorProto.UINT2: 4,
    onnx.TensorProto.INT2: 4,
}


def read(content: bytes, images: np.ndarray | None) -> dict[str, Any]:
    """The fields of `grader.judge.ONNXReport`, and its results for `images` float32 (n, …)."""
    model = onnx.ModelProto()
    model.ParseFromString(content)
    model.DiscardUnknownFields()
    _refuse(model)
    stored = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in stored]
    return {
        "opset": next(one.version for one in model.opset_import if not DOMAINS[one.domain]),
        "operators": list(operators(model.graph)),
        "inputs": [_described(value) for value in inputs],
        "outputs": [_described(value) for value in model.graph.output],
        "initializers": {
            tensor.name: [type_name(tensor.data_type), list(tensor.dims)]
            for tensor in model.graph.initializer
        },
        "layers": list(layers(model.graph)),
        "results": None if images is None else _results(model, inputs, images),
    }


def _refuse(model: onnx.ModelProto) -> None:
    """Raise ValueError for a model that is not a plain graph of known operators over own data."""
    if not model.graph.node or not model.ir_version:
        raise ValueError("there is no graph in it")
    if model.functions or model.training_info:
        raise ValueError("it has functions or training steps of its own: export it without")
    sets = [DOMAINS.get(one.domain, one.domain) for one in model.opset_import]
    if "" not in sets or len(set(sets)) < len(sets):
        raise ValueError("it does not say, or says twice, which operator set it uses")
    domains = set(sets)
    for graph in _graphs(model.graph):
        domains |= {DOMAINS.get(node.domain, node.domain) for node in graph.node}
        if graph.sparse_initializer:
            raise ValueError("it has sparse initializers, which are not read: store them dense")
        names = [tensor.name for tensor in graph.initializer]
        if len(set(names)) < len(names):
            raise ValueError("two of its initializers have the same name")
        for tensor in _tensors(graph):
            _refuse_tensor(tensor)
    if unknown := sorted(domains - DOMAINS.keys()):
        raise ValueError(f"it has operators that ONNX Runtime does not bring with it: {unknown}")


def _refuse_tensor(tensor: onnx.TensorProto) -> None:
    if tensor.external_data or tensor.data_location != onnx.TensorProto.DEFAULT:
        raise ValueError(
            f"the data of {tensor.name!r} lies outside the file: store it inside "
            "(onnx.save without save_as_external_data)"
        )
    if tensor.HasField("segment") or any(n < 0 for n in tensor.dims):
        raise ValueError(f"{tensor.name!r} has no plain shape")
    count = 1
    for n in tensor.dims:
        count *= n
    packed = IN_ONE_BYTE.get(tensor.data_type, 1)
    if tensor.HasField("raw_data"):
        size = 1 if packed > 1 else np.dtype(_numpy(tensor.data_type)).itemsize
        held = len(tensor.raw_data) // size
    else:
        field = onnx.helper.tensor_dtype_to_field(tensor.data_type)
        complex_ = tensor.data_type in (onnx.TensorProto.COMPLEX64, onnx.TensorProto.COMPLEX128)
        held = len(getattr(tensor, field)) // (2 if complex_ else 1)
    if held != -(-count // packed):
        raise ValueError(
            f"{tensor.name!r} is declared with {count} elements {list(tensor.dims)}, and the file "
            f"holds {held * packed}"
        )


def _numpy(kind: int) -> np.dtype:
    if kind == onnx.TensorProto.STRING:
        raise ValueError("text stored as raw bytes")
    return onnx.helper.tensor_dtype_to_np_dtype(kind)


def _graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """A graph and those in the attributes of its nodes. The parser limits how deep they nest."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for below in (*((attribute.g,) if attribute.HasField("g") else ()), *attribute.graphs):
                yield from _graphs(below)


def _tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    """The tensors stored in one graph, those of its nodes' attributes included."""
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("sparse_tensor") or attribute.sparse_tensors:
                raise ValueError("it has sparse constants, which are not read: store them dense")
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def _described(value: onnx.ValueInfoProto) -> list[Any]:
    """Name, dtype and shape, with None for a dimension that is not fixed."""
    if not value.type.HasField("tensor_type"):
        raise ValueError(f"{value.name!r} is not a tensor")
    return [value.name, type_name(value.type.tensor_type.elem_type), shape_of(value)]


def _results(
    model: onnx.ModelProto, inputs: list[onnx.ValueInfoProto], images: np.ndarray
) -> np.ndarray:
    """The first output for `images`, float32 (n, …)."""
    if len(inputs) != 1 or _described(inputs[0])[1] != "float32":
        raise ValueError(f"it should have one float32 input: {[_described(v) for v in inputs]}")
    name, _, shape = _described(inputs[0])
    fits = len(shape) == images.ndim and all(
        n in (None, m) for n, m in zip(shape[1:], images.shape[1:], strict=True)
    )
    if not fits:
        raise ValueError(f"its input has the shape {shape}, the images {list(images.shape[1:])}")
    batch = shape[0] or BATCH
    if shape[0] is not None and (batch > BATCH or len(images) % batch):
        raise ValueError(f"its batch is fixed to {batch}: export it with a free batch, or with 1")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # A file can be ONNX to one parser and of the runtime's own format to another.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    first = session.get_outputs()[0].name
    parts = []
    for start in range(0, len(images), batch):
        part = images[start : start + batch]
        (result,) = session.run([first], {name: part})
        if not isinstance(result, np.ndarray) or result.shape[:1] != (len(part),):
            raise ValueError("its first output has no row for each image")
        parts.append(result.astype(np.float32))
    return np.concatenate(parts)
