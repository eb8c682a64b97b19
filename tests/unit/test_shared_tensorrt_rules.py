"""Does every rule catch the network that breaks it, and only that one?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from shared import tensorrt_rules
from shared.tensorrt_rules import ADVICE, RULE, broken, check


def pair(tensor: str, result: str) -> list[onnx.NodeProto]:
    """QuantizeLinear and DequantizeLinear, with numbers of their own."""
    names = [f"{result}_scale", f"{result}_zero"]
    return [
        helper.make_node("QuantizeLinear", [tensor, *names], [f"{result}_q"], name=f"{result}_q"),
        helper.make_node("DequantizeLinear", [f"{result}_q", *names], [result], name=result),
    ]


def network() -> onnx.ModelProto:
    """A convolution beside a shortcut, int8 as TensorRT wants it: a clean report."""
    stored = {
        "in_scale": np.float32(0.1),
        "in_zero": np.int8(0),
        "w_q": np.ones((2, 2, 1, 1), np.int8),
        "w_scale": np.float32([0.1, 0.2]),
        "w_zero": np.int8([0, 0]),
    }
    nodes = [
        *pair("x", "in"),
        helper.make_node("DequantizeLinear", ["w_q", "w_scale", "w_zero"], ["w"], axis=0, name="w"),
        helper.make_node("Conv", ["in", "w"], ["c"], name="conv"),
        helper.make_node("Add", ["c", "in"], ["y"], name="sum"),
    ]
    shape = ["n", 2, 4, 4]
    graph = helper.make_graph(
        nodes,
        "block",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in stored.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def store(model: onnx.ModelProto, name: str, value: object) -> None:
    """Puts another tensor in a stored one's place."""
    (old,) = [tensor for tensor in model.graph.initializer if tensor.name == name]
    old.CopyFrom(numpy_helper.from_array(np.asarray(value), name))


def node(model: onnx.ModelProto, name: str) -> onnx.NodeProto:
    return next(one for one in model.graph.node if one.name == name)


def test_is_a_network_that_keeps_the_rules_left_alone():
    onnx.checker.check_model(network(), full_check=True)
    assert check(network()) == []


def asymmetric(model: onnx.ModelProto) -> None:
    store(model, "in_zero", np.int8(-3))


def unsigned(model: onnx.ModelProto) -> None:
    store(model, "in_zero", np.uint8(0))


def no_zero_point(model: onnx.ModelProto) -> None:
    """Without one, QuantizeLinear makes uint8."""
    del node(model, "in_q").input[2:], node(model, "in").input[2:]


def integer_operator(model: onnx.ModelProto) -> None:
    node(model, "conv").op_type = "QLinearConv"


def foreign_operator(model: onnx.ModelProto) -> None:
    node(model, "sum").domain = "com.microsoft"


def computed_scale(model: onnx.ModelProto) -> None:
    node(model, "in_q").input[1] = "x"


def scale_of_nothing(model: onnx.ModelProto) -> None:
    store(model, "w_scale", np.float32([0.1, 0.0]))


def activation_per_channel(model: onnx.ModelProto) -> None:
    store(model, "in_scale", np.float32([0.1, 0.2]))
    store(model, "in_zero", np.int8([0, 0]))


def weight_by_input(model: onnx.ModelProto) -> None:
    del node(model, "w").attribute[:]  # the default axis is 1


def quantized_bias(model: onnx.ModelProto) -> None:
    """ONNX Runtime's default: int32 with a DequantizeLinear of its own."""
    new = {"b_q": np.int32([1, 2]), "b_scale": np.float32([0.1, 0.2]), "b_zero": np.int32([0, 0])}
    for name, value in new.items():
        model.graph.initializer.append(numpy_helper.from_array(value, name))
    made = helper.make_node("DequantizeLinear", list(new), ["b"], axis=0, name="b")
    model.graph.node.insert(0, made)
    node(model, "conv").input.append("b")


@pytest.mark.parametrize(
    ("change", "rule", "times"),
    [
        (asymmetric, "zero point 0", 2),
        (unsigned, "signed int8", 2),
        (no_zero_point, "signed int8", 1),
        (integer_operator, "standard operators", 1),
        (foreign_operator, "standard operators", 1),
        (computed_scale, "constant scales", 1),
        (scale_of_nothing, "constant scales", 1),
        (activation_per_channel, "activations per tensor", 2),
        (weight_by_input, "weights by output", 1),
        (quantized_bias, "signed int8", 1),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_is_each_broken_rule_found_and_no_other(
    change: Callable[[onnx.ModelProto], None], rule: str, times: int
):
    model = network()
    change(model)
    assert broken(check(model)) == {rule: times}


def test_is_a_layer_with_one_quantized_input_pointed_out():
    model = network()
    node(model, "conv").input[0] = "x"
    assert broken(check(model)) == {}
    (finding,) = check(model)
    assert (finding.kind, finding.rule, finding.node) == (ADVICE, "inputs quantized", "conv")
    assert "what goes in" in finding.detail


def test_is_a_pair_between_a_layer_and_its_sum_pointed_out():
    model = network()
    node(model, "sum").input[0] = "between"
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*nodes[:-1], *pair("c", "between"), nodes[-1]])
    for name, value in {"between_scale": np.float32(0.1), "between_zero": np.int8(0)}.items():
        model.graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
    assert broken(check(model), ADVICE) == {"output left alone": 1}
    assert broken(check(model), RULE) == {}


@pytest.mark.parametrize("transposed", [0, 1])
def test_are_the_output_channels_of_a_dense_layer_where_its_operator_has_them(transposed: int):
    """Gemm with transB keeps (out, in), MatMul and a plain Gemm (in, out)."""
    for operator, right in (("Gemm", 1 - transposed), ("MatMul", 1)):
        for axis in (0, 1):
            model = network()
            node(model, "w").attribute[0].i = axis
            store(model, "w_q", np.ones((2, 2), np.int8))
            layer = node(model, "conv")
            layer.op_type = operator
            if operator == "Gemm":
                layer.attribute.append(helper.make_attribute("transB", transposed))
            expected = {} if axis == right else {"weights by output": 1}
            assert broken(check(model)) == expected, (operator, axis)


def test_has_every_rule_that_is_found_a_sentence():
    source = tensorrt_rules.RULES | tensorrt_rules.ADVICES
    assert len(source) == len(tensorrt_rules.RULES) + len(tensorrt_rules.ADVICES)
    model = network()
    for change in (asymmetric, unsigned, weight_by_input):
        change(model)
    assert {finding.rule for finding in check(model)} <= set(source)
