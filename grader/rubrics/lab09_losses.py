"""Lab 09, exercises 1 to 3: softened probabilities, the loss, its gradient."""

from __future__ import annotations

import numpy as np

from grader import expect
from grader.lab import Lab
from grader.rubric import Exercise
from grader.rubrics import lab09_reference as reference
from grader.rubrics.lab09_reference import FLOAT32

softening = Exercise(
    "softened_probabilities",
    title="Soften the probabilities",
    difficulty=1,
    minutes=5,
    hints=(
        "Divide the logits by T first; then it is the softmax that you know, along axis 1.",
        "exp overflows above 709. Subtract each row's maximum from the row (keepdims=True), after "
        "the division by T; make a new array, do not write into the one that you were given.",
    ),
)


@softening.check(points=1, visible=True)
def matches_the_definition(lab: Lab) -> None:
    """softmax(logits / T), row by row."""
    logits = 3 * lab.rng.normal(size=(4, 5))
    got = lab.softened_probabilities(logits, temperature=4.0)
    powers = np.exp(logits / 4)
    expect.close(
        got,
        reference.softmax(logits, 4.0),
        what="softened probabilities",
        mistakes={
            "The logits are multiplied by T instead of divided.": reference.softmax(logits * 4.0),
            "The temperature has no effect: are the logits divided before the softmax?": (
                reference.softmax(logits)
            ),
            "The softmax is divided by T, so the rows no longer sum to 1.": (
                reference.softmax(logits) / 4
            ),
            "The sum runs over the whole array: it should run over each row (axis=1).": (
                powers / powers.sum()
            ),
            "The sum runs over the images (axis=0): it should run over the classes (axis=1).": (
                powers / powers.sum(axis=0)
            ),
        },
        **FLOAT32,
    )


@softening.check(points=1)
def survives_large_logits(lab: Lab) -> None:
    """Large logits give finite, correct probabilities."""
    logits = lab.rng.uniform(-1e4, 1e4, size=(6, 5))
    for temperature in (1.0, 10 ** lab.rng.uniform(3.3, 4)):
        got = lab.softened_probabilities(logits, temperature=temperature)
        # Logits of 1e4 have an error of 1e-3 in float32, which the softmax passes on at T = 1.
        expect.close(
            got,
            reference.softmax(logits, temperature),
            what="softened probabilities of large logits",
            rtol=1e-2,
            atol=1e-6,
        )


@softening.check(points=1)
def leaves_its_input_alone(lab: Lab) -> None:
    """The logits that it was given are the same afterwards."""
    logits = lab.rng.normal(size=(5, 7))
    got, after = lab.call_with_inputs("softened_probabilities", logits.copy(), 2.5)
    expect.close(got, reference.softmax(logits, 2.5), what="softened probabilities", **FLOAT32)
    expect.that(
        np.array_equal(after[0], logits),
        "The array of logits was changed in place.",
        mistake="`logits /= temperature` writes into the caller's array.",
    )


loss = Exercise(
    "distillation_loss",
    title="The distillation loss",
    difficulty=3,
    minutes=15,
    hints=(
        "Three numbers first: the mean KL of the softened probabilities, T², the mean "
        "cross-entropy at T = 1. Then alpha · T² · KL + (1 - alpha) · cross-entropy.",
        "log_p = tf.nn.log_softmax(teacher / T), log_q likewise of the student; KL of a row is "
        "sum(exp(log_p) · (log_p - log_q)). Stay in tf functions from the first line to the last.",
    ),
)


def _loss_inputs(lab: Lab) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Student logits and teacher logits (6, 10), labels (6,)."""
    student, teacher = lab.rng.normal(size=(6, 10)) * 2, lab.rng.normal(size=(6, 10)) * 3
    return student, teacher, lab.rng.integers(10, size=6)


@loss.check(points=1, visible=True)
def is_the_weighted_sum(lab: Lab) -> None:
    """alpha · T² · KL(teacher ‖ student) + (1 - alpha) · cross-entropy."""
    student, teacher, labels = _loss_inputs(lab)
    t, alpha = 4.0, 0.3
    got = lab.distillation_loss(student, teacher, labels, temperature=t, alpha=alpha)
    kl, hard = reference.divergence(teacher, student, t), reference.cross_entropy(student, labels)
    p, log_q = reference.softmax(teacher, t), reference.log_softmax(student, t)
    soft_cross_entropy = -(p * log_q).sum(axis=1).mean()
    reversed_kl = reference.divergence(student, teacher, t)
    right = reference.distillation_loss(student, teacher, labels, t, alpha)
    expect.close(
        got,
        right,
        what="loss",
        mistakes={
            "The soft loss is 16 times too small: is T² missing?": alpha * kl + (1 - alpha) * hard,
            "The soft loss is 4 times too small: T instead of T².": (
                alpha * t * kl + (1 - alpha) * hard
            ),
            "alpha and 1 - alpha have changed places: alpha weighs the SOFT loss.": (
                (1 - alpha) * t**2 * kl + alpha * hard
            ),
            "The divergence is reversed: it should be KL(teacher ‖ student).": (
                alpha * t**2 * reversed_kl + (1 - alpha) * hard
            ),
            "The hard loss is taken at temperature T: the labels want T = 1.": (
                alpha * t**2 * kl + (1 - alpha) * reference.cross_entropy(student, labels, t)
            ),
            "The soft loss is a cross-entropy: its gradient is that of the KL, but it is not 0 for "
            "a student that agrees with its teacher.": (
                alpha * t**2 * soft_cross_entropy + (1 - alpha) * hard
            ),
            "The KL is averaged over the classes too: sum over classes, mean over images.": (
                alpha * t**2 * kl / 10 + (1 - alpha) * hard
            ),
            "The batch is summed: the loss should be the mean over the images.": 6 * right,
            "T² scales the hard loss too.": t**2 * (alpha * kl + (1 - alpha) * hard),
        },
        **FLOAT32,
    )


@loss.check(points=1, visible=True)
def has_a_gradient(lab: Lab) -> None:
    """Its gradient reaches the student's logits."""
    student, teacher, labels = _loss_inputs(lab)
    got = lab.loss_gradients(student, teacher, labels, temperature=2.0, alpha=0.5)
    expect.that(
        got["student"] is not None,
        "No gradient reaches the student's logits.",
        mistake="The loss leaves TensorFlow on its way: is there a `.numpy()`, a numpy function, "
        "or a tf.stop_gradient around the student?",
    )
    slope = 0.5 * reference.soft_loss_gradient(student, teacher, 2.0)
    slope = slope + 0.5 * reference.hard_loss_gradient(student, labels, 1.0)
    expect.close(got["student"], slope, what="entries of the gradient", **FLOAT32)


@loss.check(points=1)
def holds_at_other_settings(lab: Lab) -> None:
    """The right value for other temperatures, weights and batches."""
    for alpha in (0.0, 1.0, float(lab.rng.uniform(0.1, 0.9))):
        student, teacher, labels = _loss_inputs(lab)
        t = float(lab.rng.uniform(1.5, 12))
        n = int(lab.rng.integers(2, 6))
        batch = student[:n], teacher[:n], labels[:n]
        got = lab.distillation_loss(*batch, temperature=t, alpha=alpha)
        expect.close(got, reference.distillation_loss(*batch, t, alpha), what="loss", **FLOAT32)


@loss.check(points=1)
def leaves_the_teacher_out(lab: Lab) -> None:
    """No gradient flows into the teacher's logits."""
    student, teacher, labels = _loss_inputs(lab)
    got = lab.loss_gradients(student, teacher, labels, temperature=3.0, alpha=0.7)
    expect.that(got["student"] is not None, "No gradient reaches the student's logits.")
    expect.that(
        got["teacher"] is None
        or not np.any(expect.array(got["teacher"], "entries of the gradient")),
        "The teacher's logits get a gradient.",
        mistake="tf.stop_gradient(teacher_logits) is missing.",
    )


@loss.check(points=1)
def is_finite_for_a_sure_teacher(lab: Lab) -> None:
    """A teacher without any doubt gives a finite loss and a finite gradient."""
    labels = lab.rng.integers(10, size=6)
    teacher = 500 * np.eye(10)[labels]
    student = 300 * lab.rng.normal(size=(6, 10))
    got = lab.loss_gradients(student, teacher, labels, temperature=1.5, alpha=0.9)
    expect.that(got["student"] is not None, "No gradient reaches the student's logits.")
    expect.number(got["loss"], "loss for a teacher without doubt")
    expect.array(got["student"], "gradient for a teacher without doubt", (6, 10))


soft_gradient = Exercise(
    "soft_loss_gradient",
    title="The gradient, and why T² is there",
    difficulty=3,
    minutes=15,
    hints=(
        "Soften both by T, subtract (student minus teacher), multiply by T, divide by n.",
        "np.isinf(temperature) asks for the limit: difference = student - teacher, less its mean "
        "over each row, divided by n · k.",
    ),
)


@soft_gradient.check(points=1, visible=True)
def is_t_times_the_difference(lab: Lab) -> None:
    """T · (q - p) / n."""
    student, teacher, _ = _loss_inputs(lab)
    t = 5.0
    right = reference.soft_loss_gradient(student, teacher, t)
    hot = reference.softmax(student, t) - reference.softmax(teacher, t)
    cold = reference.softmax(student) - reference.softmax(teacher)
    expect.close(
        lab.soft_loss_gradient(student, teacher, temperature=t),
        right,
        what="entries of the gradient",
        mistakes={
            "The sign is wrong: the gradient points to where the loss grows, q - p.": -right,
            "The factor T is missing: T² of the loss, times 1/T of the softmax, leaves T.": hot / 6,
            "The factor is T² instead of T: the softmax at T brings a 1/T of its own.": (
                t**2 * hot / 6
            ),
            "The division by n is missing: the loss is a mean over the images.": 6 * right,
            "This is the gradient without the T² in the loss.": hot / (6 * t),
            "The probabilities are not softened: divide both logits by T.": t * cold / 6,
            "The division is by n · k: KL is a sum over the classes.": right / 10,
        },
        **FLOAT32,
    )


@soft_gradient.check(points=1)
def holds_at_other_temperatures(lab: Lab) -> None:
    """The right gradient for other temperatures and sizes."""
    for t in (1.0, float(lab.rng.uniform(2, 20))):
        n, k = (int(size) for size in lab.rng.integers(3, 9, size=2))
        student, teacher = lab.rng.normal(size=(2, n, k)) * 3
        got = lab.soft_loss_gradient(student, teacher, temperature=t)
        expect.close(
            got,
            reference.soft_loss_gradient(student, teacher, t),
            what="entries of the gradient",
            **FLOAT32,
        )


@soft_gradient.check(points=1)
def has_the_limit(lab: Lab) -> None:
    """An infinite temperature gives the limit."""
    n, k = (int(size) for size in lab.rng.integers(3, 9, size=2))
    student, teacher = lab.rng.normal(size=(2, n, k)) * 3 + 1
    right = reference.soft_loss_gradient(student, teacher, np.inf)
    expect.close(
        lab.soft_loss_gradient(student, teacher, temperature=float("inf")),
        right,
        what="entries of the gradient at an infinite temperature",
        mistakes={
            "The rows' means are still in it.": (student - teacher) / (n * k),
            "One of the two divisions, by n and by k, is missing.": right * n,
            "The division by k is missing.": right * k,
        },
        # A large T in place of the limit is a fair answer: at T = 1e5 it is off by up to 1e-5.
        rtol=1e-3,
        atol=2e-5,
    )
