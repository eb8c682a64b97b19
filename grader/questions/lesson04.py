"""The questions of lesson 04, conversion to ONNX and its runtimes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.questions import Lesson

lesson = Lesson("04", notebook="04_onnx_and_tensorrt_conversion")


@lesson.number(
    "q1",
    "Protobuf stores integers seven bits a byte. How many bytes does 784, the length of a text or "
    "the size of an axis, take (without the number of its field)?",
    unit="bytes",
    rtol=0.0,
    atol=0.1,
    why="784 needs ten bits; seven fit in the first byte, three in the second.",
)
def q1(figures: Mapping[str, Any]) -> float:
    return 2.0


@q1.mistake("a whole byte holds 255 at most, and here one of its eight bits says whether more come")
def q1_one(figures: Mapping[str, Any]) -> float:
    return 1.0


@q1.mistake("that is an int32 of fixed width: protobuf's integers are as long as their value needs")
def q1_fixed(figures: Mapping[str, Any]) -> float:
    return 4.0


lesson.choice(
    "q2",
    "A model of operator set 17 runs on your server. You export it again with set 20. What is "
    "certain?",
    right="c",
    options={
        "a": "it gets faster, since newer operators are better",
        "b": "every runtime that reads the IR version of the file can run it",
        "c": "only runtimes that know set 20 can run it",
        "d": "nothing changes: the set is a comment",
    },
    why={
        "a": "A set says what operators mean, not how fast a runtime's kernels are.",
        "b": "The IR version is of the protobuf's layout; what ReduceMean means is in the set.",
        "c": "What an operator means is not in the file, only the number of the set. Choose the "
        "newest that all your runtimes know.",
        "d": "In set 18 the axes of ReduceMean moved from an attribute to an input: read with the "
        "wrong set, the same bytes are another operator.",
    },
)

lesson.choice(
    "q3",
    "An exported FP32 model differs from PyTorch in the last digits of the logits. Is the export "
    "wrong?",
    right="b",
    options={
        "a": "yes: a correct conversion gives the same bits",
        "b": "that is told by the float64 result: wrong if it is much farther from it than PyTorch "
        "itself is",
        "c": "no, as long as no image changes its class",
        "d": "no: everything below 1e-3 is fine",
    },
    why={
        "a": "Two correct programs add in another order. PyTorch differs from itself, too: by "
        "{parity.batch:.0e} between batch sizes in your run.",
        "b": "In your run PyTorch is {parity.torch:.0e} away from the exact result, ONNX Runtime "
        "{parity.runtime:.0e}: the same kind of error.",
        "c": "A fault can be too small for these images and too large for others.",
        "d": "1e-3 of what? These logits reach {parity.scale:.0f}; those of another network 0.01.",
    },
)


@lesson.number(
    "q4",
    "At the level “extended”, each fused convolution does the work of two nodes. How many nodes "
    "fewer is that, for the convolutions that were fused in your run?",
    unit="nodes",
    rtol=0.0,
    atol=0.1,
    why="{level.fused} pairs became {level.fused} nodes: one fewer for each.",
)
def q4(figures: Mapping[str, Any]) -> float:
    return figures["level.fused"]


@q4.mistake("that counts both nodes of a pair; one of them is still there, with more to do")
def q4_both(figures: Mapping[str, Any]) -> float:
    return 2 * figures["level.fused"]


@q4.mistake("that is how many nodes are left, all kinds together")
def q4_left(figures: Mapping[str, Any]) -> float:
    return figures["level.extended.nodes"]


lesson.choice(
    "q5",
    "Ten layers of a file have int8 weights, and on your x86 server the file is as slow as FP32. "
    "What do you look at first?",
    right="a",
    options={
        "a": "the graph that the runtime rewrote: how many layers became integer kernels",
        "b": "the bytes of the file: is it four times smaller?",
        "c": "the accuracy: if it is the same, integers are not in use",
        "d": "the calibration images: with more of them it gets faster",
    },
    why={
        "a": "Pairs say where integers are; whether they are multiplied as integers is up to the "
        "runtime: {int8.u8s8.kernels} of 10 in U8S8, {int8.s8s8.kernels} in S8S8 in your run.",
        "b": "Both files store the same int8 weights: {int8.u8s8.bytes:,} and {int8.s8s8.bytes:,} "
        "bytes.",
        "c": "Rounding changes the results the same way, whether the product is then taken in "
        "integers or in floats.",
        "d": "Calibration sets ranges. It does not choose kernels.",
    },
)


@lesson.number(
    "q6",
    "Which percentage of the U8S8 file's bytes are the stored numbers themselves?",
    unit="%",
    rtol=0.0,
    atol=1.0,
    why="The rest are names of tensors and nodes, shapes and types: for a network this small they "
    "are why the file is not four times smaller.",
)
def q6(figures: Mapping[str, Any]) -> float:
    return 100 * figures["int8.share"]


@q6.mistake("that is the part of names, shapes and types")
def q6_rest(figures: Mapping[str, Any]) -> float:
    return 100 * (1 - figures["int8.share"])


@q6.mistake("that is what the U8S8 file is of the FP32 file")
def q6_ratio(figures: Mapping[str, Any]) -> float:
    return 100 * figures["int8.u8s8.bytes"] / figures["int8.fp32.bytes"]


@lesson.number(
    "q7",
    "From your table: how many images a second does PyTorch (not compiled) answer when they come "
    "in batches of 32?",
    unit="images a second",
    rtol=0.02,
    why="32 images in a call of so many milliseconds: 1000 · 32 / ms.",
)
def q7(figures: Mapping[str, Any]) -> float:
    return 1000 * 32 / figures["batch.torch.ms32"][0]


@q7.mistake("those are calls a second; each brings 32 images")
def q7_calls(figures: Mapping[str, Any]) -> float:
    return 1000 / figures["batch.torch.ms32"][0]


@q7.mistake("those are images a millisecond")
def q7_milliseconds(figures: Mapping[str, Any]) -> float:
    return 32 / figures["batch.torch.ms32"][0]


lesson.choice(
    "q8",
    "Which quantized ONNX file does TensorRT 11 take as it is?",
    right="d",
    options={
        "a": "one from ONNX Runtime with U8S8: integers are integers",
        "b": "one with QLinearConv nodes, since they are integers already",
        "c": "an FP32 file, together with the flag INT8 and a calibrator",
        "d": "one with pairs of int8, all zero points 0, float biases, one scale an activation",
    },
    why={
        "a": "Zero points that are not 0, and uint8: in your run {rules.u8s8.rule} places break a "
        "rule.",
        "b": "It knows integers as pairs of QuantizeLinear and DequantizeLinear only, and fuses "
        "those itself.",
        "c": "That was implicit quantization. Version 11 has removed flags and calibrators: types "
        "stand in the network.",
        "d": "Explicit and symmetric. Where the pairs stand then decides what can be fused.",
    },
)


@lesson.number(
    "q9",
    "A tensor behind a ReLU is quantized symmetrically to int8, −128 to 127. How many of the 256 "
    "integers can occur?",
    unit="integers",
    rtol=0.0,
    atol=0.1,
    why="Only 0 to 127. Unsigned with a zero point of 0 would use all 256: one bit, 6 dB.",
)
def q9(figures: Mapping[str, Any]) -> float:
    return 128.0


@q9.mistake("0 occurs as well: it is what the ReLU makes of everything negative")
def q9_without_zero(figures: Mapping[str, Any]) -> float:
    return 127.0


@q9.mistake("nothing negative comes out of a ReLU, so the negative integers are never used")
def q9_all(figures: Mapping[str, Any]) -> float:
    return 256.0


lesson.choice(
    "q10",
    "You ask ONNX Runtime for TensorRT, the session opens, and it is ten times slower than "
    "expected. No exception was raised. What do you ask first?",
    right="b",
    options={
        "a": "whether the images are on the GPU",
        "b": "which providers the session really has (`get_providers()`)",
        "c": "whether the timing cache is full",
        "d": "whether the batch is large enough",
    },
    why={
        "a": "Copies cost, but ask first whether there is a GPU in it at all.",
        "b": "A provider that is not there is dropped with a warning: you asked for "
        "{provider.asked} and got {provider.given}.",
        "c": "The cache makes the *build* shorter, not the calls.",
        "d": "Possible, and to be measured, once it is known what was measured.",
    },
)
