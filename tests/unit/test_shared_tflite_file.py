"""Does the reader of .tflite files say what stands in them?"""

from __future__ import annotations

import pytest
from ai_edge_litert import schema_py_generated as schema

from shared.tflite_file import TFLiteFile


def tensor(name, shape, dtype, buffer=0, scales=(), zero_points=(), axis=0):
    """A tensor of the schema; buffer 0 is the empty one."""
    quantization = None
    if scales:
        quantization = schema.QuantizationParametersT(
            scale=list(scales), zeroPoint=list(zero_points), quantizedDimension=axis
        )
    kind = getattr(schema.TensorType, dtype.upper())
    return schema.TensorT(
        shape=list(shape), type=kind, buffer=buffer, name=name, quantization=quantization
    )


def packed(tensors, operators, codes, buffers) -> bytes:
    """The bytes of a file. operators: (code, inputs, outputs); buffers: bytes behind the empty."""
    graph = schema.SubGraphT(
        tensors=tensors,
        inputs=[0],
        outputs=[len(tensors) - 1],
        operators=[
            schema.OperatorT(opcodeIndex=code, inputs=list(inputs), outputs=list(outputs))
            for code, inputs, outputs in operators
        ],
    )
    signature = schema.SignatureDefT(
        inputs=[schema.TensorMapT(name="image", tensorIndex=0)],
        outputs=[schema.TensorMapT(name="logits", tensorIndex=len(tensors) - 1)],
        signatureKey="serving_default",
    )
    model = schema.ModelT(
        version=3,
        operatorCodes=codes,
        subgraphs=[graph],
        description="by hand",
        buffers=[schema.BufferT(), *(schema.BufferT(data=list(values)) for values in buffers)],
        signatureDefs=[signature],
    )
    builder = schema.flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def code(name, custom=None):
    number = getattr(schema.BuiltinOperator, name)
    return schema.OperatorCodeT(
        deprecatedBuiltinCode=min(number, 127), builtinCode=number, customCode=custom
    )


@pytest.fixture(scope="module")
def mixed() -> TFLiteFile:
    """float32 in, quantized, a convolution in int8, back, a softmax that stayed in float."""
    tensors = [
        tensor("image", (1, 4, 4, 1), "float32"),
        tensor("image_q", (1, 4, 4, 1), "int8", scales=[0.5], zero_points=[-3]),
        tensor("w", (2, 3, 3, 1), "int8", 1, [0.25, 0.125], [0, 0], 0),
        tensor("b", (2,), "int32", 2, [0.125, 0.0625], [0, 0], 0),
        tensor("y_q", (1, 2, 2, 2), "int8", scales=[1.0], zero_points=[7]),
        tensor("y", (1, 2, 2, 2), "float32"),
        tensor("p", (1, 2, 2, 2), "float32"),
    ]
    operators = [(0, [0], [1]), (1, [1, 2, 3], [4]), (2, [4], [5]), (3, [5, -1], [6])]
    codes = [code(name) for name in ("QUANTIZE", "CONV_2D", "DEQUANTIZE", "SOFTMAX")]
    return TFLiteFile(packed(tensors, operators, codes, [bytes(18), bytes(8)]))


def test_are_operators_and_types_those_of_the_file(mixed):
    names = [operator.name for operator in mixed.operators]
    assert names == ["QUANTIZE", "CONV_2D", "DEQUANTIZE", "SOFTMAX"]
    conv = mixed.operators[1]
    assert conv.activations == ("int8", "int8")  # the int32 bias and the weights do not flow
    assert (conv.weight.name, conv.weight.scales, conv.weight.axis) == ("w", (0.25, 0.125), 0)
    assert conv.outputs[0].zero_points == (7,)
    assert mixed.operators[0].weight is None
    assert [one.name for one in mixed.inputs + mixed.outputs] == ["image", "p"]
    assert mixed.inputs[0].shape == (1, 4, 4, 1)


def test_are_paddings_no_weights():
    """A table of int32 with two axes tells where to pad; nothing is multiplied by it?"""
    tensors = [
        tensor("x", (1, 4, 4, 1), "int8", scales=[1.0], zero_points=[0]),
        tensor("paddings", (4, 2), "int32", 1),
        tensor("y", (1, 6, 6, 1), "int8", scales=[1.0], zero_points=[0]),
    ]
    content = packed(tensors, [(0, [0, 1], [2])], [code("PAD")], [bytes(32)])
    (pad,) = TFLiteFile(content).operators
    assert pad.weight is None and pad.activations == ("int8", "int8")


def test_is_an_operator_that_stayed_in_float_found(mixed):
    """The softmax is; the two conversions and the integer convolution are not?"""
    assert [operator.name for operator in mixed.float_operators] == ["SOFTMAX"]


def test_is_an_input_that_was_left_out_not_listed(mixed):
    assert [one.name for one in mixed.operators[3].inputs] == ["y"]


def test_are_the_bytes_of_values_those_of_the_buffers(mixed):
    assert mixed.stored == 18 + 8
    assert mixed.bytes > mixed.stored
    stored = {one.name: one.stored for one in mixed.tensors}
    assert (stored["w"], stored["b"], stored["image"]) == (18, 8, 0)


def test_are_version_maker_and_signature_read(mixed):
    assert (mixed.version, mixed.description) == (3, "by hand")
    assert mixed.signatures == {"serving_default": (("image",), ("logits",))}


def test_are_late_custom_and_unknown_operators_named():
    tensors = [tensor(name, (1,), "float32") for name in "ab"]
    unknown = schema.OperatorCodeT(deprecatedBuiltinCode=127, builtinCode=9_999)
    codes = [code("GELU"), code("CUSTOM", "MyOwn"), unknown]
    operators = [(number, [0], [1]) for number in range(3)]
    names = [one.name for one in TFLiteFile(packed(tensors, operators, codes, [])).operators]
    assert names == ["GELU", "MyOwn", "operator 9999"]


def test_are_dynamic_range_weights_seen_beside_float_activations():
    """int8 weights alone do not make an operator integer?"""
    tensors = [
        tensor("x", (1, 4), "float32"),
        tensor("w", (3, 4), "int8", 1, [0.1], [0]),
        tensor("y", (1, 3), "float32"),
    ]
    content = packed(tensors, [(0, [0, 1], [2])], [code("FULLY_CONNECTED")], [bytes(12)])
    (dense,) = TFLiteFile(content).operators
    assert dense.in_float and dense.weight.dtype == "int8"


@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"PK\x03\x04" + bytes(60)])
def test_is_another_file_refused(content):
    with pytest.raises(ValueError, match="TFL3"):
        TFLiteFile(content)
