"""The questions of lesson 03, on distillation."""

from __future__ import annotations

import numpy as np
from scipy import stats

from grader.questions import Lesson
from grader.questions.model import Figures

lesson = Lesson("03", notebook="03_knowledge_distillation_teacher_student")

lesson.choice(
    "q1",
    "How does the temperature T of both softmaxes act on a distillation (T² in the loss)?",
    right="b",
    options={
        "a": "A high T can change which class the teacher holds for the most likely one.",
        "b": "It decides how much the unlikely classes count: near 1 little, for a very high T the "
        "student matches the (centred) logits of all classes alike.",
        "c": "Doubling T makes the soft loss pull four times as hard.",
        "d": "The student must also answer at the high T when it is used, or it is less accurate.",
    },
    why={
        "a": "Dividing all logits by the same T keeps their order: the first place stays.",
        "b": "T sets the emphasis, and the T² keeps the strength of the pull about the same. "
        "Whether much or little emphasis is right depends on the student: try.",
        "c": "Without any factor the gradient fades as 1/T²; the T² of the loss makes up for that, "
        "so the pull stays about as strong.",
        "d": "T belongs to the training. In use T = 1; the most likely class is the same anyway.",
    },
)


@lesson.number(
    "q2",
    "How many times as likely as the second class is the first one at T = 4?",
    unit="times",
    rtol=0.01,
    atol=0.0,
    why="The logits' difference is divided by 4, so the ratio {five.ratio:.2f} is taken to the "
    "power 1/4.",
)
def q2(figures: Figures) -> float:
    """The fourth root."""
    return figures["five.ratio"] ** (1 / 4)


@q2.mistake("The logits are divided by T, not the ratio: it is taken to the power 1/4.")
def q2_divided(figures: Figures) -> float:
    """The ratio divided by T."""
    return figures["five.ratio"] / 4


@q2.mistake("That is the power 1/2, which belongs to T = 2.")
def q2_square_root(figures: Figures) -> float:
    """The ratio at T = 2."""
    return figures["five.ratio"] ** (1 / 2)


@lesson.number(
    "q3",
    "What is the whole loss where `alpha=0.9` weighs the hard loss?",
    unit="",
    rtol=0.001,
    atol=0.0,
    why="0.9 of the hard and 0.1 of the soft loss. By the course's convention it would have been "
    "{alpha.ours:.4f}: the same name and number, another training.",
)
def q3(figures: Figures) -> float:
    """0.9 · hard + 0.1 · soft."""
    return 0.9 * figures["alpha.hard"] + 0.1 * figures["alpha.soft"]


@q3.mistake("That is the course's convention, in which α weighs the soft loss.")
def q3_ours(figures: Figures) -> float:
    """0.9 · soft + 0.1 · hard."""
    return 0.1 * figures["alpha.hard"] + 0.9 * figures["alpha.soft"]


@q3.mistake("The soft loss as recorded has its T² already: do not multiply by 16 again.")
def q3_t2_twice(figures: Figures) -> float:
    """T² applied twice."""
    return 0.9 * figures["alpha.hard"] + 0.1 * 16 * figures["alpha.soft"]


@q3.mistake("The other weight is 1 − alpha, that is 0.1, not 1.")
def q3_sum(figures: Figures) -> float:
    """The soft loss not weighted."""
    return 0.9 * figures["alpha.hard"] + figures["alpha.soft"]


@lesson.number(
    "q4",
    "How many times shorter is the soft gradient at T = 8 without the T²?",
    unit="times",
    rtol=0.02,
    atol=0.0,
    why="8² = 64, exactly: {gradient.with_t2[3]:.3f} against {gradient.without[3]:.4f}.",
)
def q4(figures: Figures) -> float:
    """The quotient of two entries of the table."""
    return figures["gradient.with_t2"][3] / figures["gradient.without"][3]


@q4.mistake("That is T. One factor 1/T comes from the chain rule, a second from q − p: T².")
def q4_one_factor(figures: Figures) -> float:
    """Only one factor."""
    return 8.0


@q4.mistake("That is the quotient at T = 4. The table's columns are T = 1, 2, 4, 8, 16.")
def q4_column(figures: Figures) -> float:
    """The column beside."""
    return figures["gradient.with_t2"][2] / figures["gradient.without"][2]


@q4.mistake("The other way round: how many times *shorter*?")
def q4_inverse(figures: Figures) -> float:
    """The inverse."""
    return figures["gradient.without"][3] / figures["gradient.with_t2"][3]


lesson.choice(
    "q5",
    "What is knowledge distillation, and how does it help to compress a model?",
    right="c",
    options={
        "a": "The teacher's weights are carried over to a smaller network, as far as they fit.",
        "b": "The loss removes weights that the teacher does not need, until the model is small.",
        "c": "A network, usually one built smaller from the start, is trained on the teacher's "
        "answers; the size is its own, distillation is about the accuracy it reaches at that size.",
        "d": "It brings any smaller network to the teacher's accuracy, without labels or data.",
    },
    why={
        "a": "Answers (or features) pass, not weights: teacher and student may be quite different. "
        "(Copying layers, as in section 8, is a way to begin, not the distillation.)",
        "b": "That is pruning. Distillation leaves the size of both networks as it is.",
        "c": "And it goes together with pruning and quantization, as their fine-tuning say. "
        "Whether it gains anything over plain training is to be measured, as in section 6.",
        "d": "It takes inputs (labels are optional), and section 7 has students that it hurts.",
    },
)

lesson.choice(
    "q6",
    "How do you compare a ResNet-50's maps (7 × 7 × 2048) with a MobileNet's (7 × 7 × 1024)?",
    right="a",
    options={
        "a": "A 1 × 1 convolution from 1024 to 2048 maps, trained along with the student and "
        "dropped at the end; the teacher's maps are fixed targets.",
        "b": "A random 1 × 1 convolution from 1024 to 2048, drawn anew at each step.",
        "c": "A trained 1 × 1 convolution on each side, down to 256 maps, and the distance there.",
        "d": "No layer: the mean squared error broadcasts over the maps.",
    },
    why={
        "a": "Their places agree (7 × 7), only the number of maps does not.",
        "b": "Then the target jumps at each step, and the student can learn only what holds for "
        "all projections at once. The failure gallery measures it.",
        "c": "If the teacher's side is trained too, both can agree on zero: distance 0, nothing "
        "learned.",
        "d": "1024 does not broadcast to 2048: it raises. Were one of them 1, it would compare "
        "each map with the same one, which is no better.",
    },
)


@lesson.number(
    "q7",
    "How many bytes does the projector add to the delivered student?",
    unit="bytes",
    rtol=0.0,
    atol=0.5,
    why="None: it is needed for the loss, so its {projector.parameters:,} parameters live as long "
    "as the training.",
)
def q7(figures: Figures) -> float:
    """Nothing."""
    return 0.0


@q7.mistake("That is what it takes during the training. Is it needed for an answer?")
def q7_training(figures: Figures) -> float:
    """Four bytes for each parameter."""
    return 4.0 * figures["projector.parameters"]


@q7.mistake("That is the number of its parameters. Is any of them needed for an answer?")
def q7_parameters(figures: Figures) -> float:
    """The parameters."""
    return float(figures["projector.parameters"])


def _half_width(figures: Figures, quantile: float, root: bool = True, ddof: int = 1) -> float:
    differences = np.asarray(figures["response.differences"], float)
    return float(quantile * differences.std(ddof=ddof) / (len(differences) ** 0.5 if root else 1))


def _t(figures: Figures) -> float:
    return float(stats.t.ppf(0.975, len(figures["response.differences"]) - 1))


@lesson.number(
    "q8",
    "What is the half width of the 95 % interval of `response.differences`?",
    unit="points",
    rtol=0.01,
    atol=1e-6,
    why="t · s / √n with n − 1 degrees of freedom. With so few seeds t is far above 1.96: a spread "
    "known from few runs is itself uncertain.",
)
def q8(figures: Figures) -> float:
    """t · s / √n."""
    return _half_width(figures, _t(figures))


@q8.mistake("1.96 is for a known spread. With n seeds, take Student's t with n − 1 degrees.")
def q8_normal(figures: Figures) -> float:
    """The normal distribution's quantile."""
    return _half_width(figures, float(stats.norm.ppf(0.975)))


@q8.mistake(
    "The mean of n runs varies less than one run: divide s by √n. (With four seeds the whole "
    "width comes to the same; half of it is asked for.)"
)
def q8_single(figures: Figures) -> float:
    """Without the root of n, which is 2 for the four seeds of the quick profile."""
    return _half_width(figures, _t(figures), root=False)


@q8.mistake("The standard deviation of a sample has n − 1 in its denominator (`ddof=1`).")
def q8_population(figures: Figures) -> float:
    """ddof = 0."""
    return _half_width(figures, _t(figures), ddof=0)


@lesson.number(
    "q9",
    "By how many points is the gain with few images greater than with all (middle student)?",
    unit="points",
    rtol=0.005,
    atol=0.005,
    why="{student.few.difference:+.2f} less {student.all.difference:+.2f} points. If that is "
    "positive, what the teacher adds shrinks as the labels grow.",
)
def q9(figures: Figures) -> float:
    """A difference of differences."""
    return figures["student.few.difference"] - figures["student.all.difference"]


@q9.mistake("The other way round: few less all.")
def q9_sign(figures: Figures) -> float:
    """The sign."""
    return figures["student.all.difference"] - figures["student.few.difference"]


@q9.mistake("That is how much *more accurate* the taught student is with all images than with few.")
def q9_accuracies(figures: Figures) -> float:
    """The accuracies in place of the gains."""
    few, everything = (np.mean(figures[f"student.{n}.accuracies"]) for n in ("few", "all"))
    return float(100 * (everything - few))


@lesson.number(
    "q10",
    "What percentage of the teacher's accuracy does the student by the recipe keep?",
    unit="%",
    rtol=0.0,
    atol=0.15,
    why="{text.recipe.accuracy:.1%} of {text.teacher.accuracy:.1%}. From scratch the same network "
    "keeps {text.scratch_kept:.1f} %.",
)
def q10(figures: Figures) -> float:
    """Student by teacher."""
    return 100 * figures["text.recipe.accuracy"] / figures["text.teacher.accuracy"]


@q10.mistake("That is the student's accuracy; relative to the teacher's it is more.")
def q10_accuracy(figures: Figures) -> float:
    """Not divided."""
    return 100 * figures["text.recipe.accuracy"]


@lesson.number(
    "q11",
    "By how many percent is the student's file smaller than the teacher's?",
    unit="%",
    rtol=0.0,
    atol=0.6,
    why="{text.student.bytes:,} of {text.teacher.bytes:,} bytes. Half the layers, yet not half "
    "the file: the embeddings are in both.",
)
def q11(figures: Figures) -> float:
    """1 - student / teacher."""
    return 100 * (1 - figures["text.student.bytes"] / figures["text.teacher.bytes"])


@q11.mistake(
    "That is what is left, not what is saved. (By how much the *teacher* is larger, relative to "
    "the student, comes to nearly the same number here.)"
)
def q11_left(figures: Figures) -> float:
    """student / teacher."""
    return 100 * figures["text.student.bytes"] / figures["text.teacher.bytes"]


@lesson.number(
    "q12",
    "How many percent faster is the student, counted as DistilBERT counts?",
    unit="%",
    rtol=0.01,
    atol=0.6,
    why="{text.teacher.ms:.2f} ms ÷ {text.student.ms:.2f} ms − 1. “60 % faster” saves "
    "1 − 1/1.6 = 37.5 % of the time, not 60 %.",
)
def q12(figures: Figures) -> float:
    """teacher / student - 1."""
    return 100 * (figures["text.teacher.ms"] / figures["text.student.ms"] - 1)


@q12.mistake("That is the time that is saved. “60 % faster” means 1.6 times as many in a second.")
def q12_saved(figures: Figures) -> float:
    """1 - student / teacher."""
    return 100 * (1 - figures["text.student.ms"] / figures["text.teacher.ms"])


@q12.mistake("That is how many times as fast, in percent; take off the 100 % it was before.")
def q12_times(figures: Figures) -> float:
    """teacher / student."""
    return 100 * figures["text.teacher.ms"] / figures["text.student.ms"]


lesson.choice(
    "q13",
    "The soft loss is exactly a tenth of what it should be (ten classes, T = 4). Why?",
    right="d",
    options={
        "a": "The T² is missing.",
        "b": "Teacher and student are interchanged in the divergence.",
        "c": "The teacher is in training mode.",
        "d": '`nn.KLDivLoss` was left at its default, `reduction="mean"`.',
    },
    why={
        "a": "Then it would be a sixteenth, whatever the number of classes.",
        "b": "The reverse divergence is another number, not one in a fixed proportion.",
        "c": "Then its answers would move from pass to pass, and the loss with them.",
        "d": "It averages over classes as well as images. `batchmean` is the mathematical one; "
        "PyTorch's documentation warns of it.",
    },
)
