"""Does the judge tell what a model file really holds, and open nothing but it?"""

from __future__ import annotations

import json
import re
import struct
import zlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from safetensors.numpy import save

from grader import judge, wire
from grader.errors import TimedOut
from grader.expect import Wrong
from grader.judge import ONNXLayer, judge_onnx, judge_safetensors, judge_tflite
from grader.judges import onnx as onnx_reader
from grader.lab import KernelTarget, Lab, Resources

IMAGES = np.random.default_rng(0).normal(size=(7, 1, 8, 8)).astype(np.float32)


def classifier(batch: int | str = "n") -> onnx.ModelProto:
    """Convolution, Relu and a linear layer: float32 (n, 1, 8, 8) -> (n, 10)."""
    draw = np.random.default_rng(1)
    arrays = {"w": (4, 1, 3, 3), "b": (4,), "v": (10, 144), "c": (10,)}
    stored = [
        numpy_helper.from_array(draw.normal(size=shape).astype(np.float32), name)
        for name, shape in arrays.items()
    ]
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["h"], "conv"),
        helper.make_node("Relu", ["h"], ["r"], "relu"),
        helper.make_node("Flatten", ["r"], ["f"], "flatten"),
        helper.make_node("Gemm", ["f", "v", "c"], ["y"], "linear", transB=1),
    ]
    entry = helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, 1, 8, 8])
    exit_ = helper.make_tensor_value_info("y", TensorProto.FLOAT, [batch, 10])
    return as_model(helper.make_graph(nodes, "g", [entry], [exit_], stored))


def as_model(graph: onnx.GraphProto, **options) -> onnx.ModelProto:
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10, **options
    )


class Calibration(CalibrationDataReader):
    def __init__(self) -> None:
        self._left = iter([{"x": IMAGES}])

    def get_next(self):
        return next(self._left, None)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, bytes]:
    """The classifier as float32, and quantized in each form that ONNX Runtime writes."""
    folder: Path = tmp_path_factory.mktemp("models")
    path = {name: str(folder / f"{name}.onnx") for name in ("float", "qdq", "operators", "dynamic")}
    onnx.save(classifier(), path["float"])
    static = {"per_channel": True, "weight_type": QuantType.QInt8}
    quantize_static(
        path["float"],
        path["qdq"],
        Calibration(),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        **static,
    )
    quantize_static(
        path["float"],
        path["operators"],
        Calibration(),
        quant_format=QuantFormat.QOperator,
        activation_type=QuantType.QInt8,
        **static,
    )
    quantize_dynamic(path["float"], path["dynamic"], per_channel=True, weight_type=QuantType.QInt8)
    return {name: Path(one).read_bytes() for name, one in path.items()}


LAYERS = {
    "float": [
        ONNXLayer("conv", "Conv", "float32", (4, 1, 3, 3), 0, "float32"),
        ONNXLayer("linear", "Gemm", "float32", (10, 144), 0, "float32"),
    ],
    "qdq": [
        ONNXLayer("conv", "Conv", "int8", (4, 1, 3, 3), 4, "uint8"),
        ONNXLayer("linear", "Gemm", "int8", (10, 144), 10, "uint8"),
    ],
    "operators": [
        ONNXLayer("conv_quant", "QLinearConv", "int8", (4, 1, 3, 3), 4, "int8"),
        ONNXLayer("linear_quant", "QGemm", "int8", (10, 144), 10, "int8"),
    ],
    "dynamic": [
        # ONNX Runtime quantizes convolutions per tensor here, whatever it is asked for.
        ONNXLayer("conv_quant", "ConvInteger", "int8", (4, 1, 3, 3), 1, "uint8"),
        ONNXLayer("linear_MatMul_quant", "MatMulInteger", "int8", (144, 10), 10, "uint8"),
    ],
}


@pytest.mark.parametrize("form", LAYERS)
def test_are_layers_and_results_those_of_the_file(files, form):
    report = judge_onnx(files[form], IMAGES)
    assert list(report.layers) == LAYERS[form]
    session = onnxruntime.InferenceSession(files[form], providers=["CPUExecutionProvider"])
    np.testing.assert_array_equal(report.results, session.run(None, {"x": IMAGES})[0])
    model = onnx.load_from_string(files[form])
    assert report.operators == tuple(node.op_type for node in model.graph.node)
    assert (report.bytes, report.opset) == (len(files[form]), 20)
    assert report.inputs == (("x", "float32", (None, 1, 8, 8)),)
    assert report.outputs == (("y", "float32", (None, 10)),)
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    assert report.initializers == {
        name: (array.dtype.name, array.shape) for name, array in stored.items()
    }


@pytest.mark.parametrize("batch", ["n", 1])
def test_are_many_images_run_in_batches_of_any_kind(batch):
    model = classifier(batch)
    images = np.random.default_rng(2).normal(size=(103, 1, 8, 8)).astype(np.float32)
    report = judge_onnx(model.SerializeToString(), images)
    free = onnxruntime.InferenceSession(classifier().SerializeToString())
    np.testing.assert_allclose(report.results, free.run(None, {"x": images})[0], rtol=1e-4)


def with_linear(nodes: list[onnx.NodeProto], stored: list[onnx.TensorProto]) -> onnx.GraphProto:
    """A graph of x float32 (n, 4) -> y float32 (n, 3)."""
    entry = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 4])
    exit_ = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])
    return helper.make_graph(nodes, "g", [entry], [exit_], stored)


WEIGHT = numpy_helper.from_array(np.ones((4, 3), np.float32), "w")
SCALE = numpy_helper.from_array(np.array(0.1, np.float32), "s")
ZERO = numpy_helper.from_array(np.array(0, np.int8), "z")


def only_layer(graph: onnx.GraphProto) -> dict:
    (layer,) = onnx_reader.read(as_model(graph).SerializeToString(), None)["layers"]
    return layer


def test_is_a_weight_that_is_quantized_when_it_runs_reported_as_float():
    nodes = [
        helper.make_node("QuantizeLinear", ["w", "s", "z"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["d"]),
        helper.make_node("MatMul", ["x", "d"], ["y"], "int8_matmul"),
    ]
    layer = only_layer(with_linear(nodes, [WEIGHT, SCALE, ZERO]))
    assert (layer["weight_dtype"], layer["weight_shape"]) == ("float32", [4, 3])


def test_is_a_weight_that_is_computed_reported_as_none():
    nodes = [
        helper.make_node("Mul", ["w", "s"], ["v"]),
        helper.make_node("MatMul", ["x", "v"], ["y"]),
    ]
    layer = only_layer(with_linear(nodes, [WEIGHT, SCALE]))
    assert (layer["weight_dtype"], layer["weight_scales"]) == ("", 0)


def test_is_a_weight_seen_through_a_constant_and_a_transposition():
    turned = numpy_helper.from_array(np.ones((3, 4), np.int8), "")
    nodes = [
        helper.make_node("Constant", [], ["q"], value=turned),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["d"]),
        helper.make_node("Transpose", ["d"], ["t"], perm=[1, 0]),
        helper.make_node("MatMul", ["x", "t"], ["y"]),
    ]
    layer = only_layer(with_linear(nodes, [SCALE, ZERO]))
    assert (layer["weight_dtype"], layer["weight_scales"]) == ("int8", 1)
    assert layer["weight_shape"] == [3, 4] and layer["input_dtype"] == "float32"


def test_are_layers_inside_of_a_branch_reported():
    branches = {}
    for name in ("then_branch", "else_branch"):
        inner = helper.make_tensor_value_info(f"y_{name}", TensorProto.FLOAT, ["n", 3])
        node = helper.make_node("MatMul", ["x", "w"], [f"y_{name}"], name)
        branches[name] = helper.make_graph([node], name, [], [inner])
    yes = numpy_helper.from_array(np.array(True), "yes")
    graph = with_linear([helper.make_node("If", ["yes"], ["y"], **branches)], [WEIGHT, yes])
    answer = onnx_reader.read(as_model(graph).SerializeToString(), None)
    assert answer["operators"] == ["If", "MatMul", "MatMul"]
    assert {layer["name"] for layer in answer["layers"]} == set(branches)
    assert {layer["weight_dtype"] for layer in answer["layers"]} == {"float32"}


def outside(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="weights.bin")


def outside_without_saying_so(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].external_data.add(key="location", value="weights.bin")


def outside_in_a_constant(model: onnx.ModelProto) -> None:
    tensor = TensorProto(name="t", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    model.graph.node.append(helper.make_node("Constant", [], ["t"], value=tensor))


def outside_in_a_branch(model: onnx.ModelProto) -> None:
    inner = classifier()
    outside(inner)
    model.graph.node.append(helper.make_node("If", ["c"], ["t"], then_branch=inner.graph))


def huge(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].dims[0] = 1 << 40


def huge_by_numbers(model: onnx.ModelProto) -> None:
    tensor = TensorProto(name="t", data_type=TensorProto.INT64, dims=[1 << 40], int64_data=[1])
    model.graph.initializer.append(tensor)


def smaller(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].dims[0] = 1


def negative(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].dims[:] = [-4, -1, 3, 3]


def sparse(model: onnx.ModelProto) -> None:
    model.graph.sparse_initializer.add(dims=[1 << 40])


def own_operator(model: onnx.ModelProto) -> None:
    model.graph.node[1].domain = "my.operators"


def own_operators_announced(model: onnx.ModelProto) -> None:
    model.opset_import.append(helper.make_opsetid("my.operators", 1))


def own_function(model: onnx.ModelProto) -> None:
    model.functions.add(name="f", domain="com.microsoft")


def twice(model: onnx.ModelProto) -> None:
    model.graph.initializer.append(model.graph.initializer[0])


def no_operator_set(model: onnx.ModelProto) -> None:
    model.opset_import[0].domain = "com.microsoft"


def no_graph(model: onnx.ModelProto) -> None:
    model.ClearField("graph")


REFUSED = {
    outside: "outside the file",
    outside_without_saying_so: "outside the file",
    outside_in_a_constant: "outside the file",
    outside_in_a_branch: "outside the file",
    huge: "declared with",
    huge_by_numbers: "declared with",
    smaller: "declared with",
    negative: "no plain shape",
    sparse: "sparse",
    own_operator: "my.operators",
    own_operators_announced: "my.operators",
    own_function: "functions",
    twice: "same name",
    no_operator_set: "operator set",
    no_graph: "no graph",
}


@pytest.mark.parametrize("change", REFUSED, ids=lambda change: change.__name__)
def test_is_a_model_refused_that_is_more_than_a_graph_over_its_own_data(change):
    model = classifier()
    onnx_reader.read(model.SerializeToString(), None)
    change(model)
    with pytest.raises(ValueError, match=REFUSED[change]):
        onnx_reader.read(model.SerializeToString(), None)


@pytest.mark.parametrize("kind", ["UINT4", "INT4", "INT8", "BFLOAT16", "FLOAT8E4M3FN", "DOUBLE"])
def test_are_tensors_of_other_types_accepted_and_named_as_in_numpy(kind):
    model = classifier()
    number = getattr(TensorProto, kind)
    for name, count in (("even", 6), ("odd", 5)):
        model.graph.initializer.append(helper.make_tensor(name, number, [count], [1.0] * count))
        tensor = model.graph.initializer[-1]
        assert not tensor.HasField("raw_data")
        raw = numpy_helper.from_array(numpy_helper.to_array(tensor), f"{name}_raw")
        assert raw.HasField("raw_data")
        model.graph.initializer.append(raw)
    stored = onnx_reader.read(model.SerializeToString(), None)["initializers"]
    expected = numpy_helper.to_array(model.graph.initializer[-1]).dtype.name
    assert stored["odd"] == stored["odd_raw"] == [expected, [5]]
    assert stored["even"] == stored["even_raw"] == [expected, [6]]


def test_is_the_model_that_runs_the_one_that_is_reported():
    # By its bytes 4 to 7 ONNX Runtime recognizes files of its own format.
    model = classifier()
    model.producer_name = "ORTM"
    content = model.SerializeToString()
    assert content[4:8] == b"ORTM"
    assert judge_onnx(content, IMAGES).results.shape == (7, 10)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [((7, 1, 9, 9), "shape"), ((7, 8, 8), "shape"), ((7, 1, 8, 8), "batch is fixed to 2")],
)
def test_are_images_that_do_not_fit_an_answer(shape, reason):
    with pytest.raises(ValueError, match=reason):
        onnx_reader.read(classifier(2).SerializeToString(), np.zeros(shape, np.float32))


def test_are_results_without_a_row_for_each_image_refused():
    model = classifier()
    model.graph.node.append(helper.make_node("ReduceSum", ["y"], ["sum"], keepdims=0))
    model.graph.output[0].CopyFrom(helper.make_tensor_value_info("sum", TensorProto.FLOAT, []))
    with pytest.raises(ValueError, match="no row for each image"):
        onnx_reader.read(model.SerializeToString(), IMAGES)


TENSORS = {
    "half": np.arange(6, dtype=np.float16).reshape(2, 3),
    "int8": np.full((40, 50), -3, np.int8),
    "mask": np.array([True, False]),
    "none": np.zeros((2, 0), np.float32),
    "number": np.array(2.5),
}


def test_are_tensors_those_of_the_file():
    content = save(TENSORS, {"scheme": "symmetric", "größe": "1"})
    report = judge_safetensors(content)
    assert report.bytes == len(content) > report.compressed_bytes == len(zlib.compress(content, 9))
    assert report.metadata == {"scheme": "symmetric", "größe": "1"}
    assert report.tensors.keys() == TENSORS.keys()
    for name, array in TENSORS.items():
        assert report.tensors[name].dtype == array.dtype, name
        np.testing.assert_array_equal(report.tensors[name], array, strict=True)


def packed(header: object, data: bytes, size: int | None = None) -> bytes:
    """A safetensors file with any header."""
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text) if size is None else size) + text + data


def described(dtype: str, shape: list[int], *offsets: int) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": list(offsets)}


BAD = {
    "bfloat16": (packed({"a": described("BF16", [2], 0, 4)}, bytes(4)), "BF16.*F32"),
    "float8": (packed({"a": described("F8_E4M3", [4], 0, 4)}, bytes(4)), "F8_E4M3"),
    "unknown type": (packed({"a": described("F128", [1], 0, 16)}, bytes(16)), "F128"),
    "overlap": (
        packed({"a": described("U8", [4], 0, 4), "b": described("U8", [4], 2, 6)}, bytes(6)),
        "SafetensorError",
    ),
    "hole": (
        packed({"a": described("U8", [2], 0, 2), "b": described("U8", [2], 4, 6)}, bytes(6)),
        "SafetensorError",
    ),
    "rest": (packed({"a": described("U8", [2], 0, 2)}, bytes(6)), "SafetensorError"),
    "huge shape": (packed({"a": described("U8", [2**60], 0, 2)}, bytes(2)), "SafetensorError"),
    "huge header": (packed({}, b"", 2**62), "SafetensorError"),
    "empty": (b"", "SafetensorError"),
}


@pytest.mark.parametrize("case", BAD)
def test_is_a_header_refused_that_does_not_fit_its_file(case):
    content, reason = BAD[case]
    with pytest.raises(Wrong) as caught:
        judge_safetensors(content)
    assert re.search(reason, caught.value.got), caught.value.got


def test_does_a_model_that_never_ends_end_at_the_deadline(monkeypatch):
    monkeypatch.setattr(judge, "SECONDS", 3.0)
    with pytest.raises(TimedOut):
        judge_onnx(endless().SerializeToString(), np.zeros((1, 3), np.float32))


def endless() -> onnx.ModelProto:
    """A loop without a limit, whose condition stays true."""
    boolean, number = TensorProto.BOOL, TensorProto.FLOAT
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["go_on"]),
            helper.make_node("Identity", ["v"], ["w"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", boolean, []),
            helper.make_tensor_value_info("v", number, ["n", 3]),
        ],
        [
            helper.make_tensor_value_info("go_on", boolean, []),
            helper.make_tensor_value_info("w", number, ["n", 3]),
        ],
    )
    yes = numpy_helper.from_array(np.array(True), "yes")
    entry = helper.make_tensor_value_info("x", number, ["n", 3])
    exit_ = helper.make_tensor_value_info("y", number, ["n", 3])
    loop = helper.make_node("Loop", ["", "yes", "x"], ["y"], body=body)
    return as_model(helper.make_graph([loop], "g", [entry], [exit_], [yes]))


@pytest.mark.parametrize("open_", [judge_onnx, judge_safetensors, judge_tflite])
def test_is_each_other_format_refused(open_, files):
    for content in (b"", b"text", save(TENSORS), files["qdq"]):
        own = {judge_onnx: files["qdq"], judge_safetensors: save(TENSORS)}.get(open_)
        if content != own:
            with pytest.raises(Wrong):
                open_(content)


def test_is_a_file_refused_that_is_too_large(monkeypatch):
    monkeypatch.setattr(judge, "LARGEST", 1000)
    with pytest.raises(Wrong, match="larger"):
        judge_safetensors(bytes(1001))


@pytest.mark.parametrize("answer", [[], {}, {"tensors": [["a", [7], 1]], "metadata": {}}, None])
def test_is_an_answer_of_a_parser_that_was_taken_over_no_report(monkeypatch, answer):
    monkeypatch.setattr(wire, "receive", lambda *_: wire.encode(answer))
    with pytest.raises(Wrong):
        judge_safetensors(save(TENSORS))


def test_does_a_check_in_the_notebook_get_the_same_report(files, tmp_path):
    class Run:
        folder = tmp_path

    (tmp_path / "model.onnx").write_bytes(files["float"])
    (tmp_path / "weights.safetensors").write_bytes(save(TENSORS))
    lab = Lab(KernelTarget({"run": Run}), np.random.default_rng(0), Resources("digits"))
    assert lab.judge_onnx("model.onnx", IMAGES).results.shape == (7, 10)
    assert lab.judge_safetensors("weights.safetensors").tensors.keys() == TENSORS.keys()
