"""The questions of lesson 02, pruning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.questions import Lesson

lesson = Lesson("02", notebook="02_pruning_magnitude_optimal_brain")

lesson.choice(
    "q1",
    "A network stands at a minimum of its training loss. You take the gradient over all training "
    "images at once and rank the weights by |w·g|. What do you get?",
    right="b",
    options={
        "a": "the ranking that OBD would give",
        "b": "noise: the products are all about zero",
        "c": "the ranking by magnitude",
        "d": "the weights whose deletion lowers the loss",
    },
    why={
        "a": "OBD ranks by ½ h w², with second derivatives; the gradient has none of them.",
        "b": "At a minimum the gradient is zero: what is left of it is rounding and an unfinished "
        "descent. Summed over batches, |w·g| is not zero, for the batches disagree.",
        "c": "Magnitude times the same gradient for all would be that; g differs from weight to "
        "weight, and here it is about zero for all.",
        "d": "At a minimum no small change lowers the loss.",
    },
)


@lesson.number(
    "q2",
    "In the five weights, suppose that inputs 4 and 5 were not correlated at all. What would the "
    "OBS row say of weight 5?",
    unit="",
    rtol=0.0,
    atol=0.0006,
    why="Without correlation H is diagonal, [H⁻¹]qq is 1 / h, and OBS says what OBD says: ½ h w².",
)
def q2(figures: Mapping[str, Any]) -> float:
    return figures["five.obd"][4]


@q2.mistake("that is the value with the correlation of 0.9: without it no other weight can help")
def q2_correlated(figures: Mapping[str, Any]) -> float:
    return figures["five.obs"][4]


@q2.mistake("the factor ½ of the Taylor expansion is missing")
def q2_without_half(figures: Mapping[str, Any]) -> float:
    return 2 * figures["five.obd"][4]


@lesson.number(
    "q3",
    "LeNet's matrices are pruned to a sparsity of 90 %. How many weights are left in them?",
    unit="weights",
    rtol=0.0,
    atol=0.5,
    why="Sparsity is the fraction of zeros: one weight in ten of the three matrices stays.",
)
def q3(figures: Mapping[str, Any]) -> float:
    weights = figures["lenet.weights"]
    return weights - round(0.9 * weights)


@q3.mistake("that many are gone: sparsity counts the zeros")
def q3_zeros(figures: Mapping[str, Any]) -> float:
    return round(0.9 * figures["lenet.weights"])


@q3.mistake("that counts the biases among them, which are not pruned")
def q3_biases(figures: Mapping[str, Any]) -> float:
    return round(0.1 * figures["lenet.parameters"])


@lesson.number(
    "q4",
    "Steps of 10, 20, 30, 40 and 50 percent, each of the weights that remain: which sparsity, in "
    "percent, do they end at?",
    unit="%",
    rtol=0.0,
    atol=0.05,
    why="What stays is multiplied in each step: 0.9 · 0.8 · 0.7 · 0.6 · 0.5 = 0.1512.",
)
def q4(figures: Mapping[str, Any]) -> float:
    return figures["compound.at50"]


@q4.mistake("that would be so if each step named the sparsity of the whole matrix")
def q4_last(figures: Mapping[str, Any]) -> float:
    return 50.0


@q4.mistake("that is what stays")
def q4_stays(figures: Mapping[str, Any]) -> float:
    return 100 - figures["compound.at50"]


@lesson.number(
    "q5",
    "From which sparsity on, in percent, is COO with two 4-byte indices and a 4-byte value no "
    "larger than a dense array of 4-byte values? Leave headers out.",
    unit="%",
    rtol=0.0,
    atol=0.5,
    why="Twelve bytes for each weight that stays against four for each weight: one in three may "
    "stay.",
)
def q5(figures: Mapping[str, Any]) -> float:
    return 100 * (1 - figures["bytes.dense.at0"] / figures["bytes.COO.at0"])


@q5.mistake("that is where CSR begins to pay, with one index for each value")
def q5_csr(figures: Mapping[str, Any]) -> float:
    return 50.0


@q5.mistake("that is the fraction of weights that may stay, not of those that go")
def q5_stays(figures: Mapping[str, Any]) -> float:
    return 100 / 3


lesson.choice(
    "q6",
    "You mask the gradients in every step, train with Adam, and find weights that are not zero "
    "where they were pruned. Why?",
    right="b",
    options={
        "a": "the learning rate is too high",
        "b": "Adam's running averages still hold earlier gradients, and move the weights",
        "c": "the mask was transposed",
        "d": "cross-entropy never gives a gradient of zero",
    },
    why={
        "a": "A smaller rate moves them by less; it does not keep them.",
        "b": "The gradient is zero, the step is not: momentum, Adam's averages and weight decay "
        "move a weight without one. Mask the weights after the step.",
        "c": "A transposed mask of another shape would raise, and would let some weights alone.",
        "d": "A masked gradient is zero whatever the loss.",
    },
)


@lesson.number(
    "q7",
    "A cubic schedule leads from 0 to a final sparsity of 90 %. What is the sparsity, in percent, "
    "after half of the pruning steps?",
    unit="%",
    rtol=0.0,
    atol=0.06,
    why="s = 90 · (1 − (1 − ½)³) = 90 · ⅞: most is pruned early, while weights abound.",
)
def q7(figures: Mapping[str, Any]) -> float:
    return figures["schedule.cubic"][5]


@q7.mistake("that is the linear schedule")
def q7_linear(figures: Mapping[str, Any]) -> float:
    return figures["schedule.linear"][5]


@q7.mistake("that is 90 · (½)³: the power belongs to what is still to be pruned")
def q7_power(figures: Mapping[str, Any]) -> float:
    return 90 * 0.5**3


lesson.choice(
    "q8",
    "Somebody trains, prunes by 90 %, rewinds, retrains to 97 %, and calls it a winning ticket. "
    "What is missing?",
    right="b",
    options={
        "a": "a higher sparsity",
        "b": "a random ticket of the same sparsity, and the dense network, trained alike",
        "c": "a second-order criterion",
        "d": "nothing: 97 % speaks for itself",
    },
    why={
        "a": "A winning ticket may have any size; what matters is what it is compared with.",
        "b": "Only against a random mask of equal sparsity is it the ticket that wins, and only "
        "against the dense network is nothing lost.",
        "c": "The hypothesis was found with magnitudes; the criterion is not part of it.",
        "d": "If a random mask reaches 97 % too, the ticket has won nothing.",
    },
)

lesson.choice(
    "q9",
    "You cut a third of the channels out of a network with batch norms, and its accuracy is almost "
    "at chance. You have 500 images without labels and ten seconds. What helps most?",
    right="c",
    options={
        "a": "fine-tuning",
        "b": "a lower sparsity",
        "c": "taking the batch norms' statistics anew",
        "d": "int8 quantization",
    },
    why={
        "a": "Fine-tuning needs labels, and more time.",
        "b": "That may be needed in the end, but the stale statistics would spoil it as well.",
        "c": "The norms still subtract means and divide by deviations of the uncut network; new "
        "ones need forward passes only.",
        "d": "Quantization makes the network smaller, not better.",
    },
)


@lesson.number(
    "q10",
    "By which factor do the multiply-adds of an inner convolution fall, whose inputs and outputs "
    "are both halved?",
    unit="times",
    rtol=0.0,
    atol=0.01,
    why="Multiply-adds are proportional to inputs times outputs. The whole network gains a little "
    "less: its first convolution keeps its inputs, its last layer its outputs.",
)
def q10(figures: Mapping[str, Any]) -> float:
    return 4.0


@q10.mistake("that is one of the two halves only")
def q10_one_side(figures: Mapping[str, Any]) -> float:
    return 2.0


@q10.mistake("the kernel's height and width are not halved: channels are")
def q10_kernel(figures: Mapping[str, Any]) -> float:
    return 16.0


@q10.mistake("that is what was measured as time, on one machine, for the whole network")
def q10_time(figures: Mapping[str, Any]) -> float:
    return figures["resnet.gain.cut.by16"]


lesson.choice(
    "q11",
    "A model has to become faster on a phone whose runtime knows dense kernels only. Unstructured "
    "at 90 % or structured at 50 %, at equal accuracy?",
    right="b",
    options={
        "a": "unstructured: fewer weights, less time",
        "b": "structured: its arrays are smaller, and dense kernels profit",
        "c": "no difference: both skip the same multiplications",
        "d": "unstructured: a zip file loads faster",
    },
    why={
        "a": "A dense kernel multiplies by zero as carefully as by any other number.",
        "b": "Smaller dense arrays are faster everywhere. Unstructured pruning keeps more accuracy "
        "at the same number of weights, but its gain here is bytes on the way to the phone.",
        "c": "A dense kernel skips nothing.",
        "d": "The download is smaller, once; the question is about each inference.",
    },
)


@lesson.number(
    "q12",
    "At 80 % sparsity, how many times greater is the actual rise of the loss than the one that OBD "
    "predicted, in your run?",
    unit="times",
    rtol=0.05,
    atol=0.0,
    why="The prediction adds up diagonal second-order terms, of changes that are no longer small.",
)
def q12(figures: Mapping[str, Any]) -> float:
    return figures["obd.obd.at80.rise"] / figures["obd.predicted.at80"]


@q12.mistake("that is upside down: the prediction divided by what happened")
def q12_inverse(figures: Mapping[str, Any]) -> float:
    return figures["obd.predicted.at80"] / figures["obd.obd.at80.rise"]


@q12.mistake("that compares the prediction with the rise under magnitude pruning")
def q12_magnitude(figures: Mapping[str, Any]) -> float:
    return figures["obd.magnitude.at80.rise"] / figures["obd.predicted.at80"]


lesson.choice(
    "q13",
    "What distinguishes Optimal Brain Surgeon from Optimal Brain Damage?",
    right="b",
    options={
        "a": "OBS uses the gradient, OBD the Hessian",
        "b": "OBS uses the whole inverse Hessian, and moves the other weights as it deletes one",
        "c": "OBS needs no trained network",
        "d": "OBD deletes single weights, OBS whole channels",
    },
    why={
        "a": "Both leave the gradient out, for both start from a minimum.",
        "b": "OBD takes the diagonal of H for H itself and leaves the others alone; OBS does "
        "neither.",
        "c": "Both need a minimum: else the first-order term is not zero.",
        "d": "Both delete one weight at a time.",
    },
)


@lesson.number(
    "q14",
    "A 2:4 matrix of float16 keeps two of each four values, and two bits for each of them. How "
    "many bits is that for each weight of the dense matrix, on average?",
    unit="bits",
    rtol=0.0,
    atol=0.01,
    why="(2 · 16 + 2 · 2) / 4: nine sixteenths of the dense matrix, not one half.",
)
def q14(figures: Mapping[str, Any]) -> float:
    return figures["semi.bits"]


@q14.mistake("the bits that say which two of the four are missing")
def q14_values(figures: Mapping[str, Any]) -> float:
    return 8.0


@q14.mistake("that is for each value that is stored")
def q14_stored(figures: Mapping[str, Any]) -> float:
    return 18.0


lesson.choice(
    "q15",
    "A colleague says: there is magnitude, gradient-based, structured, unstructured and iterative "
    "pruning, and one has to choose one of the five. What is wrong?",
    right="b",
    options={
        "a": "nothing",
        "b": "they answer different questions: which weights, in what shapes, when; any answers "
        "can be combined",
        "c": "iterative pruning is always structured",
        "d": "gradient-based pruning cannot be iterative",
    },
    why={
        "a": "The five are not alternatives: this lesson's cubic schedule was iterative, "
        "unstructured and by magnitude.",
        "b": "Criterion, granularity and schedule are three choices.",
        "c": "The cubic schedule of part 6 pruned single weights.",
        "d": "A gradient can be taken before each step of a schedule.",
    },
)
