"""The questions of lesson 05, TFLite and Core ML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.questions import Lesson

lesson = Lesson("05", notebook="05_tflite_and_coreml_for_mobile")

lesson.choice(
    "q1",
    "An app's package is a zip archive, yet Android's build tools keep .tflite files in it "
    "uncompressed. Why?",
    right="b",
    options={
        "a": "weights cannot be compressed: they are random numbers",
        "b": "an uncompressed file can be mapped into memory: weights are read where they lie, and "
        "only the pages that are touched are loaded",
        "c": "the phone has no program that unpacks them",
        "d": "compressed weights would be less accurate",
    },
    why={
        "a": "Float weights compress badly, zeros and small integers well; all are kept plain.",
        "b": "{bytes.stored:.0%} of your file are plain values. Mapped, they take no copy, and the "
        "system may drop their pages when memory is short, since it can read them again.",
        "c": "It can: other assets are compressed, and are unpacked into a copy when opened.",
        "d": "A zip archive gives back every bit. What is lost is that the file can be mapped.",
    },
)

lesson.choice(
    "q2",
    "A chip computes in 8-bit integers only. Which of your five files can run on it whole?",
    right="c",
    options={
        "a": "dynamic: its weights are int8",
        "b": "float16: it is the smallest step down",
        "c": "int8",
        "d": "16×8: its weights are int8 as well",
    },
    why={
        "a": "{tflite.dynamic.in_float} of its {tflite.dynamic.operators} operators take or give "
        "floats.",
        "b": "Its weights are turned into float32 before use: all of it is floating point.",
        "c": "{tflite.int8.in_float} operators are left in float, and it takes and gives int8.",
        "d": "What flows there has 16 bits, and a conversion from float stands at each end.",
    },
)


@lesson.number(
    "q3",
    "A pixel has the value 0.25. Which integer does your int8 network take for it? (The cell above "
    "gives scale and zero point.)",
    unit="",
    rtol=0.0,
    atol=0.51,
    why="round(0.25 / {int8.scale:.6f}) + {int8.zero}: a quarter of the 255 steps, begun at the "
    "zero point.",
)
def q3(figures: Mapping[str, Any]) -> float:
    return float(round(0.25 / figures["int8.scale"]) + figures["int8.zero"])


@q3.mistake("the zero point ({int8.zero}) is missing: it is the integer that stands for 0")
def q3_without_zero(figures: Mapping[str, Any]) -> float:
    return float(round(0.25 / figures["int8.scale"]))


@q3.mistake("the zero point has the wrong sign: q = round(x / s) + z")
def q3_sign(figures: Mapping[str, Any]) -> float:
    return float(round(0.25 / figures["int8.scale"]) - figures["int8.zero"])


@q3.mistake("that casts the pixel without its scale: 0.25 becomes 0, as nearly all pixels do")
def q3_cast(figures: Mapping[str, Any]) -> float:
    return 0.0


lesson.choice(
    "q4",
    "Three quarters of the large kernels are zero, and the int8 .tflite file is as large as "
    "before. What is right?",
    right="d",
    options={
        "a": "the pruning failed: zeros would have made it smaller",
        "b": "int8 has turned the zeros into other numbers",
        "c": "the interpreter skips zeros, so the file need not be smaller",
        "d": "each zero is stored as a byte; the gain is in what is downloaded, or takes a format "
        "that stores zeros otherwise",
    },
    why={
        "a": "{sparse.zeros:.0%} of the weights are zero; a dense kernel has a place for each.",
        "b": "Weights are symmetric: 0 is 0 in int8, exactly.",
        "c": "Dense kernels multiply by zeros like by any other number.",
        "d": "Zipped it is {before.sparse.zipped:,} bytes instead of {before.int8.zipped:,}. Core "
        "ML's mask of one bit a weight makes the file itself smaller.",
    },
)


@lesson.number(
    "q5",
    "The largest kernel has 36,864 weights. How many bytes does it take as a palette of 4 bits, "
    "with 16 values of float16?",
    unit="bytes",
    rtol=0.0,
    atol=0.5,
    why="Half a byte an index, and 16 values of 2 bytes: 18,432 + 32.",
)
def q5(figures: Mapping[str, Any]) -> float:
    return 36_864 * 4 / 8 + 16 * 2


@q5.mistake("the palette itself is missing: its 16 values stand in the file, too")
def q5_without_palette(figures: Mapping[str, Any]) -> float:
    return 36_864 * 4 / 8


@q5.mistake("those are bits, not bytes")
def q5_bits(figures: Mapping[str, Any]) -> float:
    return 36_864 * 4 + 16 * 16


@q5.mistake("an index has 4 bits, not a whole byte: two of them share one")
def q5_unpacked(figures: Mapping[str, Any]) -> float:
    return 36_864 + 16 * 2


@lesson.number(
    "q6",
    "The same kernel, three quarters of it zero, the others float16: how many bytes does it take "
    "with a mask of one bit a weight?",
    unit="bytes",
    rtol=0.0,
    atol=0.5,
    why="36,864 / 8 bytes of mask and 9,216 values of 2 bytes: 4,608 + 18,432.",
)
def q6(figures: Mapping[str, Any]) -> float:
    return 36_864 / 8 + 36_864 / 4 * 2


@q6.mistake("the mask is missing: without it nobody knows where the values belong")
def q6_without_mask(figures: Mapping[str, Any]) -> float:
    return 36_864 / 4 * 2


@q6.mistake("that keeps three quarters of the values: those are the ones that went")
def q6_wrong_share(figures: Mapping[str, Any]) -> float:
    return 36_864 / 8 + 36_864 * 3 / 4 * 2


@q6.mistake("a float16 takes two bytes")
def q6_one_byte(figures: Mapping[str, Any]) -> float:
    return 36_864 / 8 + 36_864 / 4


lesson.choice(
    "q7",
    "A compressed Core ML program keeps its accuracy in the evaluator. What is still open?",
    right="a",
    options={
        "a": "how fast it is on a phone, and what Apple's chips do with float16 sums",
        "b": "whether the weights were unfolded rightly",
        "c": "whether the converted graph is the network that went in",
        "d": "nothing: accuracy is all that counts",
    },
    why={
        "a": "The evaluator runs the program in another arithmetic, on another machine.",
        "b": "That it does show: the weights are those of the file, unfolded as coremltools does.",
        "c": "That it shows as well: the float32 program is {coreml.float32.gap:.0e} off at most.",
        "d": "A network that is right and too slow, or that warms the phone, is of no use.",
    },
)


@lesson.number(
    "q8",
    "At the worst moment, how many times as many bytes of results does your float32 network keep "
    "as the int8 one?",
    unit="times",
    rtol=0.02,
    why="{memory.float32:,} against {memory.int8:,} bytes: the same tensors, four bytes a number "
    "instead of one.",
)
def q8(figures: Mapping[str, Any]) -> float:
    return figures["memory.float32"] / figures["memory.int8"]


@q8.mistake("that is the other way round")
def q8_inverse(figures: Mapping[str, Any]) -> float:
    return figures["memory.int8"] / figures["memory.float32"]


@q8.mistake("that compares with 16×8, whose results have two bytes")
def q8_sixteen(figures: Mapping[str, Any]) -> float:
    return figures["memory.float32"] / figures["memory.int16x8"]
