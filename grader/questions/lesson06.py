"""The questions of lesson 06, mixed precision training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.questions import Lesson

lesson = Lesson("06", notebook="06_mixed_precision_training")


@lesson.number(
    "q1",
    "What is the next number after 256 in BF16?",
    unit="",
    rtol=0.0,
    atol=0.01,
    why="Between 256 and 512 all steps are 256 times the step above 1, and that is 2⁻⁷.",
)
def q1(figures: Mapping[str, Any]) -> float:
    return 256 * (1 + figures["format.BF16.step"])


@q1.mistake("that is FP16's next number: it has ten bits of mantissa, BF16 seven")
def q1_fp16(figures: Mapping[str, Any]) -> float:
    return 256 * (1 + figures["format.FP16.step"])


@q1.mistake("257 needs eight bits after the leading one; BF16 has seven")
def q1_integer(figures: Mapping[str, Any]) -> float:
    return 257.0


@q1.mistake("that is the next power of two: the mantissa's seven bits lie between them")
def q1_power(figures: Mapping[str, Any]) -> float:
    return 512.0


lesson.choice(
    "q2",
    "Why does BF16 training do without loss scaling?",
    right="b",
    options={
        "a": "BF16 rounds to nearest, FP16 truncates",
        "b": "BF16 has FP32's exponent bits, so gradients that FP32 holds do not become zero",
        "c": "BF16 has more mantissa bits than FP16",
        "d": "BF16 gradients are computed in FP32 anyway",
    },
    why={
        "a": "Both round to nearest. What counts is where the numbers end.",
        "b": "Loss scaling moves gradients into a range; BF16's range is FP32's already.",
        "c": "It has fewer, seven against ten: it is the less precise of the two.",
        "d": "Sums are, but each gradient is stored in BF16 between two layers.",
    },
)


@lesson.number(
    "q3",
    "In your run, at a loss scale of 2¹²: which share (in percent) of the nonzero gradients "
    "arrives in FP16 damaged, as zero or as a subnormal number?",
    unit="%",
    rtol=0.0,
    atol=0.06,
    why="Both are damaged: a zero has lost everything, a subnormal number some of its bits. Few "
    "zeros do not mean that all is well.",
)
def q3(figures: Mapping[str, Any]) -> float:
    return figures["share.at12.zero"] + figures["share.at12.subnormal"]


@q3.mistake("those are the zeros; a subnormal number has lost bits, too")
def q3_zero(figures: Mapping[str, Any]) -> float:
    return figures["share.at12.zero"]


@q3.mistake("those are the subnormal ones; the zeros are damaged most of all")
def q3_subnormal(figures: Mapping[str, Any]) -> float:
    return figures["share.at12.subnormal"]


@lesson.number(
    "q4",
    "The least normal number of FP16 is 2⁻¹⁴. A gradient is 2⁻³⁷. Which exponent must the loss "
    "scale have at least, so that FP16 stores this gradient with all its bits?",
    unit="",
    rtol=0.0,
    atol=0.01,
    why="The scale adds to the exponent: −37 + 23 = −14.",
)
def q4(figures: Mapping[str, Any]) -> float:
    return 23.0


@q4.mistake("that brings it to the least number of all, 2⁻²⁴, with one bit left")
def q4_subnormal(figures: Mapping[str, Any]) -> float:
    return 13.0


@q4.mistake("that brings it to 1, which is more than it needs")
def q4_one(figures: Mapping[str, Any]) -> float:
    return 37.0


@lesson.number(
    "q5",
    "Somebody starts this training at 2⁶¹ instead of 2⁴⁵. How many steps are skipped before the "
    "first weight moves, by what your run has shown?",
    unit="steps",
    rtol=0.0,
    atol=0.5,
    why="Each skipped step halves the scale: it takes one step for each power of two down to "
    "2^{dynamic.first:.0f}. No weight moves meanwhile, and the batches differ only a little.",
)
def q5(figures: Mapping[str, Any]) -> float:
    return 61 - figures["dynamic.first"]


@q5.mistake("that many it takes from 2⁴⁵; the start is 16 powers of two higher")
def q5_same(figures: Mapping[str, Any]) -> float:
    return figures["dynamic.start"] - figures["dynamic.first"]


@q5.mistake("that is the exponent at which the first step is allowed")
def q5_exponent(figures: Mapping[str, Any]) -> float:
    return figures["dynamic.first"]


lesson.choice(
    "q6",
    "You train with GradScaler and clip_grad_norm_. In which order?",
    right="c",
    options={
        "a": "clip, backward, step, update",
        "b": "backward, clip, unscale_, step, update",
        "c": "backward, unscale_, clip, step, update",
        "d": "backward, step, unscale_, clip, update",
    },
    why={
        "a": "Before backward there is no gradient of this step to clip.",
        "b": "The norm is too large by the loss scale: everything is clipped, and after unscaling "
        "nearly nothing is left.",
        "c": "Whatever looks at gradients must see them unscaled; step then knows that they are.",
        "d": "The step has been taken by then: clipping comes too late.",
    },
)


@lesson.number(
    "q7",
    "A weight is exactly 1 and stored in BF16, rounded to nearest. Above which size does an upward "
    "update change it?",
    unit="",
    rtol=0.01,
    atol=0.0,
    why="Half of the step above 1, 2⁻⁷ / 2 = 2⁻⁸: less is rounded back to 1. (At exactly half, the "
    "tie goes to the even mantissa, which is 1.)",
)
def q7(figures: Mapping[str, Any]) -> float:
    return figures["vanish.half.BF16"]


@q7.mistake("that is a whole step; from half of it on, rounding goes up")
def q7_whole(figures: Mapping[str, Any]) -> float:
    return 2 * figures["vanish.half.BF16"]


@q7.mistake("that is half of FP16's step")
def q7_fp16(figures: Mapping[str, Any]) -> float:
    return figures["vanish.half.FP16"]


@q7.mistake("that is the least number that BF16 can hold: near zero it is fine, near 1 it is not")
def q7_least(figures: Mapping[str, Any]) -> float:
    return figures["format.BF16.least"]


@lesson.number(
    "q8",
    "At which value does a running sum of 0.1's stop growing in FP16, if the sum is rounded after "
    "each addition?",
    unit="",
    rtol=0.0,
    atol=0.5,
    why="From 256 on FP16's step is 0.25, and 0.1 is less than half of it.",
)
def q8(figures: Mapping[str, Any]) -> float:
    return figures["sum.FP16"]


@q8.mistake("that is FP16's greatest number; the sum stops long before, for want of precision")
def q8_greatest(figures: Mapping[str, Any]) -> float:
    return figures["format.FP16.greatest"]


@q8.mistake("that is where BF16 stops")
def q8_bf16(figures: Mapping[str, Any]) -> float:
    return figures["sum.BF16"]


@q8.mistake("that is the right sum; FP16 does not get there")
def q8_right(figures: Mapping[str, Any]) -> float:
    return figures["sum.FP32"]


lesson.choice(
    "q9",
    'You train under torch.autocast("cpu", torch.bfloat16) and save model.state_dict(). Which type '
    "do the weights in the file have, and why?",
    right="b",
    options={
        "a": "bfloat16: autocast converts the model",
        "b": "float32: autocast copies weights on the way into an operation, the parameters stay "
        "as they were",
        "c": "a mixture: bfloat16 for linear layers, float32 for norms",
        "d": "float16: files are always halved",
    },
    why={
        "a": "It converts the inputs of operations, one by one, and leaves the model alone.",
        "b": "The parameters are the master weights: the table of the hooks shows it.",
        "c": "That describes the copies that the operations work with, not the parameters.",
        "d": "A file holds what it is given.",
    },
)


@lesson.number(
    "q10",
    "How many bytes for each parameter does a training with FP32 master weights, FP32 gradients, "
    "Adam and a sixteen-bit copy of the weights hold, activations left out?",
    unit="bytes",
    rtol=0.0,
    atol=0.1,
    why="4 of weight, 4 of gradient, 4 + 4 of Adam's averages, and 2 of the copy.",
)
def q10(figures: Mapping[str, Any]) -> float:
    return 18.0


@q10.mistake("that is FP32 training: the sixteen-bit copy comes on top")
def q10_fp32(figures: Mapping[str, Any]) -> float:
    return 16.0


@q10.mistake("that would be so if everything was halved: master weights and averages are not")
def q10_half(figures: Mapping[str, Any]) -> float:
    return 8.0


@q10.mistake("Adam keeps two averages for each weight, not one")
def q10_one_average(figures: Mapping[str, Any]) -> float:
    return 14.0


lesson.choice(
    "q11",
    "A colleague measures: BF16 autocast on a laptop is slower than FP32, and concludes that mixed "
    "precision does not work. What is the best answer?",
    right="c",
    options={
        "a": "right, it only ever works on GPUs",
        "b": "autocast was used wrongly: it always is faster",
        "c": "whether it is faster depends on instructions, network and batch; it still halves "
        "most activation memory, and accuracy is a third, separate question",
        "d": "BF16 needs a GradScaler to become fast",
    },
    why={
        "a": "Processors with BF16 instructions gain, too, where the products are large.",
        "b": "Without BF16 instructions numbers are widened and rounded back: that costs time.",
        "c": "Time, memory and accuracy are measured apart, each on the machine in question.",
        "d": "A scaler changes gradients' range, and BF16 does not even need that.",
    },
)
