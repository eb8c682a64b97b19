"""Lab 08, exercises 10 and 11: the quantized file, judged, and how much of a file is int8."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from grader import expect
from grader.judge import ONNXReport, judge_onnx
from grader.lab import Lab
from grader.once import once
from grader.rubric import Exercise
from grader.rubrics import lab08_reference as reference
from grader.rubrics.lab08_reference import FLOAT32

whole = Exercise(
    "quantize_network",
    title="Quantize the network",
    difficulty=3,
    minutes=20,
    hints=(
        "The reader keeps an iterator over pieces of the images, and get_next returns "
        "{name: next piece}, or None at the end: next(iterator, None).",
        "ortq.quantize_static(loaded, str(path), reader, per_channel=True, "
        "activation_type=ortq.QuantType.QUInt8, weight_type=ortq.QuantType.QInt8).",
    ),
)

FILE = "resnet8_int8.onnx"
CALIBRATION = 100
LAYERS = 10  # seven 3 x 3 convolutions, two shortcuts, the dense layer
# The reference's files have 0.31 of FP32's bytes with one scale a channel, 0.30 with one a tensor
# (the graph and its names are not weights). With one of the three largest layers, which hold 82 %
# of the weights, left in FP32: 0.40 to 0.66.
MOST_BYTES = 0.35
# What may be lost on unseen images. On 2,000 that is the one point that the lab asks for. Between
# two networks of which one image in a hundred changes sides, the difference of their accuracies
# over n images has a standard deviation of sqrt(0.01 / n): 0.22 points at 2,000, 0.64 at the 247 of
# the digits. Two of the extra standard deviations are allowed there on top: 1.8 points, 4 images.
MOST_LOST, CHANGING, UNSEEN = 0.01, 0.01, 2_000
# Measured on the unseen images of CIFAR-10 (digits): over five draws of calibration images, the
# reference loses nothing; calibrated on pixels up to 255 it loses 75 points (91), on black images
# 56 (81), on a single image 2.9 (0), on noise 1.3 (0.4): the digits cannot tell the last two.


def allowed_loss(images: int) -> float:
    """The loss of accuracy that is allowed on so many images, a fraction."""
    extra = np.sqrt(CHANGING / images) - np.sqrt(CHANGING / UNSEEN)
    return MOST_LOST + 2 * max(float(extra), 0.0)


def _images(split_images: np.ndarray) -> np.ndarray:
    """(n, h, w, c) as float32 (n, 3, h, w)."""
    rgb = np.repeat(split_images, 3 // split_images.shape[3], axis=3)
    return np.ascontiguousarray(rgb.transpose(0, 3, 1, 2))


@once
def _float_classes(dataset: str, content: bytes, images: bytes, shape: tuple) -> np.ndarray:
    pixels = np.frombuffer(images, np.float32).reshape(shape)
    return judge_onnx(content, pixels).results.argmax(axis=1)


@whole.prepare(seconds=60)
def quantize_it(lab: Lab) -> None:
    """Calls the function once, with the FP32 file and calibration images."""
    split = lab.dataset.calibration
    chosen = lab.rng.choice(len(split), size=min(CALIBRATION, len(split)), replace=False)
    lab.quantize_network(
        reference.float_network(lab.dataset.name), _images(split.images[chosen]), FILE
    )


def _each_layer(report: ONNXReport, holds: list[bool], message: str, mistake: str) -> None:
    wrong = [
        f"{layer.name or layer.op}: weight {layer.weight_dtype or 'computed'} with "
        f"{layer.weight_scales} scales, input {layer.input_dtype}"
        for layer, good in zip(report.layers, holds, strict=True)
        if not good
    ]
    expect.that(not wrong, message, mistake=mistake, got="\n".join(wrong[:5]))


@whole.check(points=1, visible=True)
def integers_are_in_the_graph(lab: Lab) -> None:
    """Every layer has int8 weights, a scale for each channel, and a static uint8 input."""
    report = lab.judge_onnx(FILE)
    layers = report.layers
    expect.that(
        len(layers) == LAYERS,
        "The file has another number of layers than the network.",
        expected=LAYERS,
        got=len(layers),
    )
    expect.that(
        "DynamicQuantizeLinear" not in report.operators,
        "The ranges of the activations are computed anew for every image.",
        mistake="This is dynamic quantization: ortq.quantize_static takes them from calibration.",
    )
    _each_layer(
        report,
        [layer.weight_dtype == "int8" for layer in layers],
        "Not all weights are stored as int8.",
        "Is op_types_to_quantize restricted, or the weight type another one?",
    )
    _each_layer(
        report,
        [
            layer.weight_scales in (layer.weight_shape[0], layer.weight_shape[-1])
            for layer in layers
        ],
        "Not all weights have a scale for each output channel.",
        "per_channel=True is not the default.",
    )
    _each_layer(
        report,
        [layer.input_dtype == "uint8" for layer in layers],
        "Not all layers have a uint8 input.",
        "activation_type=ortq.QuantType.QUInt8; weights alone are not enough.",
    )


@whole.check(points=1, visible=True)
def the_file_is_small(lab: Lab) -> None:
    """At most 0.35 times the bytes of the FP32 file, and logits come out."""
    report = lab.judge_onnx(FILE)
    most = int(MOST_BYTES * len(reference.float_network("digits")))  # as large as CIFAR-10's
    expect.that(
        report.bytes <= most,
        "The file is too large.",
        mistake="int8 weights take a quarter of FP32's bytes: is all of the network in it?",
        expected=f"at most {most:,} bytes",
        got=f"{report.bytes:,} bytes",
    )
    shape = report.outputs[0][2]
    expect.that(
        len(shape) == 2 and shape[1] in (10, None),
        "The file does not give ten logits an image.",
        expected="(n, 10)",
        got=str(shape),
    )


@whole.check(points=4)
def as_accurate_as_fp32(lab: Lab) -> None:
    """On images that no notebook has loaded it is right as often as FP32."""
    unseen, name = lab.unseen, lab.dataset.name
    images = _images(unseen.images)
    report = lab.judge_onnx(FILE, images)
    logits = expect.array(report.results, "outputs for the unseen images", (len(unseen), 10))
    before = _float_classes(name, reference.float_network(name), images.tobytes(), images.shape)
    right = float(np.mean(before == unseen.labels))
    accuracy = float(np.mean(logits.argmax(axis=1) == unseen.labels))
    least = right - allowed_loss(len(unseen))
    expect.that(
        accuracy >= least,
        "The file is wrong about too many of the unseen images.",
        mistake="Ranges come from the calibration images, as they are given and all of them: "
        "other values, or a few of them only, clip what later comes.",
        expected=f"at least {least:.1%} right (FP32: {right:.1%})",
        got=f"{accuracy:.1%} right",
    )


share = Exercise(
    "integer_share",
    title="How much of a file is int8?",
    difficulty=2,
    minutes=10,
    hints=(
        "onnx.load_from_string(model).graph.initializer, and of those the ones with "
        "len(w.dims) >= 2. np.prod(w.dims) is how many numbers one has.",
        "w.data_type in (TensorProto.INT8, TensorProto.UINT8). Add up numbers, not tensors: sum of "
        "those in 8 bits over the sum of all.",
    ),
)


def _file(tensors: dict[str, np.ndarray]) -> bytes:
    """An .onnx file with these initializers (its one operator does nothing with them)."""
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["n"]) for n in "xy"]
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        "weights",
        ends[:1],
        ends[1:],
        [numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    return helper.make_model(graph).SerializeToString()


def _weights(lab: Lab, count: int, kinds: tuple[type, ...]) -> dict[str, np.ndarray]:
    return {
        f"w{number}": np.zeros(lab.rng.integers(2, 9, size=lab.rng.integers(2, 5)), kind)
        for number, kind in zip(range(count), kinds * count, strict=False)
    }


def _share(tensors: dict[str, np.ndarray]) -> float:
    weights = [w for w in tensors.values() if w.ndim >= 2]
    return sum(w.size for w in weights if w.itemsize == 1) / sum(w.size for w in weights)


@share.check(points=1, visible=True)
def numbers_in_eight_bits(lab: Lab) -> None:
    """A large weight in int8, two small ones in FP32."""
    tensors = {
        "a": np.zeros((16, 8, 3, 3), np.int8),
        "b": np.zeros((4, 16, 1, 1), np.float32),
        "c": np.zeros((10, 6), np.float32),
        "b.scale": np.zeros(16, np.float32),
        "b.zero_point": np.zeros(16, np.int8),
    }
    weights = [tensors[name] for name in "abc"]
    expect.close(
        lab.integer_share(_file(tensors)),
        _share(tensors),
        what="share",
        mistakes={
            "These are tensors counted, not the numbers in them.": 1 / 3,
            "These are bytes: a number in FP32 counts four times there.": (
                weights[0].nbytes / sum(w.nbytes for w in weights)
            ),
            "Scales and zero points count too: take two axes or more.": (
                (weights[0].size + 16) / (sum(w.size for w in weights) + 32)
            ),
            "This is the share of what is NOT in 8 bits.": 1 - _share(tensors),
        },
        **FLOAT32,
    )


@share.check(points=1)
def both_types_of_eight_bits(lab: Lab) -> None:
    """int8 and uint8 count; int32, int16 and float16 do not; names mean nothing."""
    for kinds in (
        (np.int8, np.uint8, np.float32),
        (np.int32, np.int8, np.float16, np.int16),
        (np.uint8, np.uint8),
        (np.float32, np.float16),
    ):
        tensors = _weights(lab, 7, kinds)
        tensors["fc_quantized"] = np.zeros((5, 3), np.float32)
        tensors["bias"] = np.zeros(400, np.int8)
        expect.close(lab.integer_share(_file(tensors)), _share(tensors), what="share", **FLOAT32)


@share.check(points=1)
def a_file_without_weights(lab: Lab) -> None:
    """Without a weight there is no share, so that is refused; a whole network has one."""
    raised = lab.raises("integer_share", _file({"bias": np.zeros(3, np.int8)}))
    expect.that(
        raised == "ValueError",
        "A file without weights should raise ValueError.",
        expected="ValueError",
        got=raised or "no exception",
    )
    got = lab.integer_share(reference.float_network("digits"))
    expect.close(got, 0.0, what="share of an FP32 network", **FLOAT32)
