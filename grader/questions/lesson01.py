"""The questions of lesson 01, quantization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.questions import Lesson

lesson = Lesson("01", notebook="01_quantization_post_training_qat")

lesson.choice(
    "q1",
    "What is quantization, and why does it matter on a microcontroller?",
    right="c",
    options={
        "a": "weights near zero are left out, so that fewer are stored",
        "b": "a smaller network learns the answers of a larger one",
        "c": "numbers are mapped to a few integers: fewer bytes to store and to move, and products "
        "that need no floating-point unit",
        "d": "numbers are written with fewer decimals in the source code",
    },
    why={
        "a": "That is pruning. Quantization keeps every weight and makes each one coarser.",
        "b": "That is distillation. The network keeps its shape under quantization.",
        "c": "Memory and its traffic shrink with the bits, and many microcontrollers multiply "
        "integers only. Whether it is faster on a given machine is to be measured.",
        "d": "A rounded decimal in a float32 is still a float32 of four bytes.",
    },
)


@lesson.number(
    "q2",
    "One bit is worth 6.02 dB. By which factor does the power of the rounding error grow when you "
    "go from 8 bits to 6?",
    unit="",
    rtol=0.02,
    why="Each step becomes four times as wide; the power of the error goes with its square: 16.",
)
def q2(figures: Mapping[str, Any]) -> float:
    return 4.0 ** (8 - 6)


@q2.mistake("that is how much wider a step becomes: the power goes with the square")
def q2_width(figures: Mapping[str, Any]) -> float:
    return 2.0 ** (8 - 6)


@q2.mistake("those are decibels: the factor is 10 to the power of a tenth of them")
def q2_decibels(figures: Mapping[str, Any]) -> float:
    return 12.04


@lesson.number(
    "q3",
    "The range of the five numbers, -1 to 3, is mapped to signed 8-bit integers, -128 to 127. "
    "Which integer stands for 0?",
    unit="",
    rtol=0.0,
    atol=0.01,
    why="Unsigned it is {five.zero}; the signed integers begin 128 lower.",
)
def q3(figures: Mapping[str, Any]) -> float:
    return figures["five.zero"] - 128


@q3.mistake("that is the zero point among unsigned integers")
def q3_unsigned(figures: Mapping[str, Any]) -> float:
    return figures["five.zero"]


@q3.mistake("0 stands for 0 in a symmetric map only; this range is not symmetric")
def q3_symmetric(figures: Mapping[str, Any]) -> float:
    return 0.0


@q3.mistake("a zero point is an integer: only then is 0 itself exact")
def q3_float(figures: Mapping[str, Any]) -> float:
    return 1 / figures["five.scale"] - 128


lesson.choice(
    "q4",
    "Which tensor gains most from a zero point that is not 0?",
    right="b",
    options={
        "a": "the weights of a convolution",
        "b": "what comes out of a ReLU",
        "c": "a tensor whose values lie evenly on both sides of 0",
        "d": "the int32 sums",
    },
    why={
        "a": "They lie on both sides of 0 already; a zero point would only cost a correction.",
        "b": "Nothing there is negative, and without a zero point half of the integers lie idle: "
        "{relu.symmetric:.1f} dB against {relu.asymmetric:.1f} dB in your run.",
        "c": "Such a tensor is what the symmetric map is made for.",
        "d": "Sums are not rounded to 8 bits before they are rescaled.",
    },
)


@lesson.number(
    "q5",
    "A layer of 4,096 weights is stored in 4 bits, with one scale of 2 bytes for each group of 32. "
    "How many bytes is that?",
    unit="bytes",
    rtol=0.0,
    atol=0.5,
    why="4,096 / 2 bytes of weights and 4,096 / 32 scales of 2 bytes: the scales add half a bit to "
    "each weight.",
)
def q5(figures: Mapping[str, Any]) -> float:
    return 4096 / 2 + 2 * 4096 / 32


@q5.mistake("the scales are missing: they stand in the file as well")
def q5_without_scales(figures: Mapping[str, Any]) -> float:
    return 4096 / 2


@q5.mistake("that would be one byte a weight: two weights of 4 bits share one")
def q5_unpacked(figures: Mapping[str, Any]) -> float:
    return 4096 + 2 * 4096 / 32


@lesson.number(
    "q6",
    "With the bad image the extremes set the range of the third convolution's input. How many of "
    "the 255 steps are left for the range that the clean images have?",
    unit="steps",
    rtol=0.02,
    atol=0.5,
    why="255 steps are spread over {observer.minmax.range_bad8:.0f}, and only a range of "
    "{observer.minmax.range_clean8:.1f} is used.",
)
def q6(figures: Mapping[str, Any]) -> float:
    clean, bad = (figures[f"observer.minmax.range_{kind}8"] for kind in ("clean", "bad"))
    return 255 * clean / bad


@q6.mistake("that is how much wider the range became")
def q6_ratio(figures: Mapping[str, Any]) -> float:
    clean, bad = (figures[f"observer.minmax.range_{kind}8"] for kind in ("clean", "bad"))
    return bad / clean


lesson.choice(
    "q7",
    "Why does rescaling the channels on both sides of a ReLU not change the function, and would it "
    "with a sigmoid?",
    right="a",
    options={
        "a": "ReLU(f·x) = f·ReLU(x) for f > 0; a sigmoid has no such law, so the function changes",
        "b": "the factors cancel whatever stands between; a sigmoid would do as well",
        "c": "because batch norm undoes the factors",
        "d": "because the factors are close to 1",
    },
    why={
        "a": "A factor passes through a ReLU unchanged, and the next layer divides by it.",
        "b": "They cancel only where the function between lets a factor through.",
        "c": "The norms were folded in before; there is none left.",
        "d": "Here they spread over three powers of ten, and the logits moved by "
        "{unequal.change:.0e} at most.",
    },
)

lesson.choice(
    "q8",
    "When would you choose quantization-aware training over rounding after training?",
    right="d",
    options={
        "a": "always: it is more accurate",
        "b": "when there are no labelled images",
        "c": "when the result is needed within a minute",
        "d": "when rounding afterwards, well calibrated, loses too much: at few bits, or in "
        "networks that do not bear it, and there are data and time to train",
    },
    why={
        "a": "At 8 bits the gain in your run was {qat.gain8:+.1f} points: hardly worth a training.",
        "b": "Then it is out of the question: calibration needs images only, training needs labels "
        "(or a teacher).",
        "c": "It costs a training; rounding afterwards costs one pass over a few hundred images.",
        "d": "In your run it gained {qat.gain8:+.1f}, {qat.gain4:+.1f} and {qat.gain2:+.1f} points "
        "at 8, 4 and 2 bits.",
    },
)


@lesson.number(
    "q9",
    "Dynamic, static, weight-only: each has its place. Which percentage of this network's weights "
    "stayed in float when dynamic quantization was asked for all of it?",
    unit="%",
    rtol=0.0,
    atol=0.1,
    why="Only linear layers are changed: {dynamic.share:.1%} of the weights. A convolutional "
    "network wants static quantization.",
)
def q9(figures: Mapping[str, Any]) -> float:
    return 100 * (1 - figures["dynamic.share"])


@q9.mistake("that is the part that was changed")
def q9_changed(figures: Mapping[str, Any]) -> float:
    return 100 * figures["dynamic.share"]


@q9.mistake("it skips convolutions, and raises nothing: look at the types of the layers")
def q9_none(figures: Mapping[str, Any]) -> float:
    return 0.0
