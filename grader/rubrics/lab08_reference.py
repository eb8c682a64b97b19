"""What lab 08's exercises should come to, in numpy: the supervisor's side of every comparison.

x ≈ s · (q - z): s is the scale, z the zero point. Weights are (out, in, k, k), images (n, c, h, w).
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from grader import expect
from grader.once import once
from shared.checkpoints import load_checkpoint

# For answers that compute in float32: a few roundings of 6e-8 each, and sums of some hundred terms.
FLOAT32 = {"rtol": 1e-4, "atol": 1e-6}


def bounds(bits: int, signed: bool) -> tuple[int, int]:
    """The least and the greatest integer of so many bits."""
    half = 2 ** (bits - 1)
    return (-half, half - 1) if signed else (0, 2 * half - 1)


def parameters(
    low: float, high: float, bits: int, signed: bool, symmetric: bool
) -> tuple[float, int]:
    """Scale and zero point of a range, after widening it to contain 0."""
    low, high = min(low, 0.0), max(high, 0.0)
    bottom, top = bounds(bits, signed)
    if symmetric:
        return max(-low, high) / (2 ** (bits - 1) - 1) or 1.0, 0 if signed else 2 ** (bits - 1)
    scale = (high - low) / (top - bottom) or 1.0
    return scale, int(np.round(bottom - low / scale))


def quantized(
    x: np.ndarray, scale: float | np.ndarray, zero_point: int, bottom: int, top: int
) -> np.ndarray:
    """The integers of x, as int64."""
    return np.clip(np.round(x / scale) + zero_point, bottom, top).astype(np.int64)


def convolution(x: np.ndarray, weight: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """A convolution without bias, exact for integers (int64), (n, out, h', w')."""
    border = [(0, 0), (0, 0), (padding, padding), (padding, padding)]
    k = weight.shape[2]
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, border), (k, k), (2, 3))
    return np.einsum("nchwij,ocij->nohw", windows[:, :, ::stride, ::stride], weight)


def entropy_cost(histogram: np.ndarray, keep: int, levels: int) -> float:
    """KL divergence of a histogram from its clipped and rounded version, as the lab defines it."""
    p = histogram[:keep].astype(float)
    p[-1] += histogram[keep:].sum()
    q = np.zeros(keep)
    for group in np.array_split(np.arange(keep), levels):
        used = group[p[group] > 0]
        q[used] = histogram[group].sum() / max(len(used), 1)
    p, q = p / p.sum(), q / q.sum()
    used = p > 0
    return float(np.sum(p[used] * np.log(p[used] / np.maximum(q[used], 1e-9))))


def integers(got: object, dtype: str, shape: tuple[int, ...], what: str) -> np.ndarray:
    """`got` as int64, if it is an array of this integer type and shape. Raises `Wrong`."""
    expect.array(got, what, shape)
    found = got.dtype.name if isinstance(got, np.ndarray) else type(got).__name__
    expect.that(
        found == dtype,
        f"The {what} should be of another type.",
        mistake="The last step is .astype(…), after clamping.",
        expected=dtype,
        got=found,
    )
    return np.asarray(got, np.int64)


@once
def float_network(dataset: str) -> bytes:
    """The FP32 ResNet-8 of "cifar-10" or "digits" as an .onnx file, batch norms folded.

    Built from the checkpoint operator by operator: the same numbers as the lab's own export.
    """
    weights = load_checkpoint({"cifar-10": "resnet8-cifar10"}.get(dataset, "resnet8-digits"))
    nodes, tensors = [], []

    def layer(op: str, name: str, source: str, target: str, norm: str = "", **options: int) -> str:
        weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        if norm:
            factor = weights[f"{norm}.weight"] / np.sqrt(weights[f"{norm}.running_var"] + 1e-5)
            bias = (bias - weights[f"{norm}.running_mean"]) * factor + weights[f"{norm}.bias"]
            weight = weight * factor[:, None, None, None]
        names = [f"{name}.weight", f"{name}.bias"]
        tensors.extend(map(numpy_helper.from_array, (weight, bias), names))
        stride = options.pop("stride", 0)
        if op == "Conv":
            pad = weight.shape[2] // 2
            options = {"kernel_shape": weight.shape[2:], "pads": [pad] * 4, "strides": [stride] * 2}
        nodes.append(helper.make_node(op, [source, *names], [target], name, **options))
        return target

    def plain(op: str, *sources: str) -> str:
        nodes.append(helper.make_node(op, sources, [f"{op}_{len(nodes)}"]))
        return nodes[-1].output[0]

    x = plain("Relu", layer("Conv", "0", "images", "stem", "1", stride=1))
    for block, stride in ((3, 1), (4, 2), (5, 2)):
        name = f"{block}.conv1"
        y = plain("Relu", layer("Conv", name, x, f"{name}.y", f"{block}.bn1", stride=stride))
        name = f"{block}.conv2"
        y = layer("Conv", name, y, f"{name}.y", f"{block}.bn2", stride=1)
        if stride > 1:
            x = layer("Conv", f"{block}.shortcut", x, f"{block}.x", stride=stride)
        x = plain("Relu", plain("Add", y, x))
    x = plain("Flatten", plain("GlobalAveragePool", x))
    layer("Gemm", "8", x, "logits", transB=1)
    size = 8 if dataset == "digits" else 32
    ends = [
        helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, size, size]),
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 10]),
    ]
    graph = helper.make_graph(nodes, "resnet8", ends[:1], ends[1:], tensors)
    opset = [helper.make_opsetid("", 20)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=10)
    onnx.checker.check_model(model)
    return model.SerializeToString()
