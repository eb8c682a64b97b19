"""Lab 09, exercise 4: the Distiller, driven on linear models whose steps have a closed form."""

from __future__ import annotations

import numpy as np

from grader import expect
from grader.lab import Lab
from grader.rubric import Exercise
from grader.rubrics import lab09_reference as reference
from grader.rubrics.lab09_reference import FLOAT32

distiller = Exercise(
    "distiller",
    title="The Distiller",
    difficulty=4,
    minutes=25,
    hints=(
        "compile: super().compile(optimizer=…, metrics=…), and keep the other four on self. "
        "train_step: teacher (training=False) outside the tape, student (training=True) inside.",
        "soft = T² · distillation_loss_fn(tf.nn.softmax(teacher/T), tf.nn.softmax(student/T)); "
        "hard = student_loss_fn(labels, logits), with no T in it; the gradient is taken by "
        "self.student.trainable_variables. test_step needs the student and the labels only.",
    ),
)


def _linear_task(lab: Lab, n: int = 16, d: int = 6, k: int = 4) -> dict[str, np.ndarray]:
    """Images (n, d), labels (n,), and kernels (d, k) and biases (k,) of both linear models.

    Small weights: Keras clips probabilities at 1e-7, and none comes near to that here.
    """
    draw = lab.rng.normal
    return {
        "images": draw(size=(n, d)).astype(np.float32),
        "labels": lab.rng.integers(k, size=n),
        "weights": (0.5 * draw(size=(d, k))).astype(np.float32),
        "bias": (0.5 * draw(size=k)).astype(np.float32),
        "teacher_weights": draw(size=(d, k)).astype(np.float32),
        "teacher_bias": draw(size=k).astype(np.float32),
    }


def _drive(lab: Lab, task: dict[str, np.ndarray], **options: object) -> dict:
    return lab.drive_distiller(
        task["images"],
        task["labels"],
        [task["weights"], task["bias"]],
        [task["teacher_weights"], task["teacher_bias"]],
        **options,
    )


def _after_steps(
    task: dict[str, np.ndarray],
    *,
    temperature: float,
    alpha: float,
    epochs: int = 1,
    **wrong: float | bool,
) -> np.ndarray:
    """The student's kernel after `epochs` steps of rate 1 on the whole batch."""
    weights, bias = task["weights"].astype(float), task["bias"].astype(float)
    teacher_logits = task["images"] @ task["teacher_weights"] + task["teacher_bias"]
    for _ in range(epochs):
        weights, bias = reference.distilled_step(
            weights,
            bias,
            task["images"],
            task["labels"],
            teacher_logits,
            temperature=temperature,
            alpha=alpha,
            rate=1.0,
            **wrong,
        )
    return weights


@distiller.check(points=1, visible=True, seconds=30)
def one_step_is_the_right_step(lab: Lab) -> None:
    """One step of gradient descent moves the student's weights as it should."""
    task = _linear_task(lab)
    t, alpha = 3.0, 0.4
    got = _drive(lab, task, temperature=t, alpha=alpha)["student"][0]
    settings = {"temperature": t, "alpha": alpha}
    expect.close(
        got,
        _after_steps(task, **settings),
        what="student's weights after the step",
        mistakes={
            "The student did not move: is the gradient applied?": task["weights"],
            "The soft loss is 9 times too weak: is T² missing?": (
                _after_steps(task, **settings, soft_factor=1 / t**2)
            ),
            "The soft loss has T instead of T².": (
                _after_steps(task, **settings, soft_factor=1 / t)
            ),
            "The hard loss is taken at temperature T: the labels want T = 1.": (
                _after_steps(task, **settings, hard_temperature=t)
            ),
            "alpha and 1 - alpha have changed places: alpha weighs the SOFT loss.": (
                _after_steps(task, temperature=t, alpha=1 - alpha)
            ),
            "Only the hard loss is at work: nothing is distilled.": _after_steps(
                task, **settings, soft_factor=0.0
            ),
            "Only the hard loss is at work, at full weight: nothing is distilled.": (
                _after_steps(task, temperature=t, alpha=0.0)
            ),
            "The probabilities are not softened: divide both logits by T.": (
                _after_steps(task, temperature=1.0, alpha=alpha, soft_factor=t**2)
            ),
            "The divergence is reversed: the teacher's probabilities come first.": (
                _after_steps(task, **settings, backwards=True)
            ),
        },
        **FLOAT32,
    )


@distiller.check(points=1, visible=True, seconds=30)
def evaluate_scores_the_student(lab: Lab) -> None:
    """evaluate gives the student's accuracy on the labels, and trains nothing."""
    task = _linear_task(lab, n=50)
    got = _drive(lab, task, temperature=2.0, alpha=0.5, epochs=0)
    logs = expect.that(isinstance(got["logs"], dict), "evaluate gave no dict.") or got["logs"]
    expect.that(
        "accuracy" in logs,
        "evaluate does not report the metric that was given to compile.",
        mistake="Does test_step return self.compute_metrics(…)? Does compile hand the metrics on?",
        expected=["accuracy"],
        got=sorted(logs),
    )
    labels = task["labels"]
    student = (task["images"] @ task["weights"] + task["bias"]).argmax(axis=1)
    teacher = (task["images"] @ task["teacher_weights"] + task["teacher_bias"]).argmax(axis=1)
    expect.close(
        logs["accuracy"],
        np.mean(student == labels),
        what="accuracy",
        mistakes={
            "This is the teacher's accuracy.": np.mean(teacher == labels),
            "The student is compared with the teacher instead of the labels.": (
                np.mean(student == teacher)
            ),
        },
        **FLOAT32,
    )
    expect.that(
        np.array_equal(got["student"][0], task["weights"]),
        "The student's weights were changed by evaluate.",
        mistake="test_step must not take an optimizer step.",
    )


@distiller.check(points=1, seconds=30)
def several_steps_are_right(lab: Lab) -> None:
    """Several steps, with other numbers, temperatures and weights."""
    for alpha in (0.0, float(lab.rng.uniform(0.2, 0.9))):
        task = _linear_task(lab, n=24, d=5, k=6)
        settings = {"temperature": float(lab.rng.uniform(1.5, 6)), "alpha": alpha, "epochs": 3}
        expect.close(
            _drive(lab, task, **settings)["student"][0],
            _after_steps(task, **settings),
            what="student's weights after several steps",
            **FLOAT32,
        )


@distiller.check(points=1, seconds=30)
def the_teacher_stays_as_it_is(lab: Lab) -> None:
    """Nothing of the teacher changes, moving statistics included."""
    task = _linear_task(lab)
    task["images"] = task["images"] + 2  # so that moving statistics would have somewhere to go
    got = _drive(lab, task, temperature=2.0, alpha=0.6, norm=True)["teacher"]
    d, k = task["teacher_weights"].shape
    # gamma, beta, then moving mean and variance, of a batch normalization that never learned.
    fresh = [np.ones(d), np.zeros(d), np.zeros(d), np.ones(d)]
    before = [*fresh, task["teacher_weights"], task["teacher_bias"]]
    expect.that(
        sorted(np.asarray(part).tobytes() for part in got)
        == sorted(np.asarray(part, np.float32).tobytes() for part in before),
        "The teacher is not what it was before the step.",
        mistake="Does the optimizer get the teacher's weights, or does the teacher run with "
        "training=True?",
    )


@distiller.check(points=1, seconds=30)
def the_teacher_does_not_play_dice(lab: Lab) -> None:
    """A teacher with dropout teaches what it knows, not what dropout leaves."""
    task = _linear_task(lab)
    settings = {"temperature": 2.5, "alpha": 0.8}
    expect.close(
        _drive(lab, task, **settings, noise=True)["student"][0],
        _after_steps(task, **settings),
        what="student's weights",
        **FLOAT32,
    )


@distiller.check(points=1, seconds=30)
def the_student_is_in_training_mode(lab: Lab) -> None:
    """The student's batch normalization learns its statistics."""
    task = _linear_task(lab, n=64)
    task["images"] = task["images"] + 2
    got = _drive(lab, task, temperature=2.0, alpha=0.5, norm=True)["norm"]
    # Keras: new = 0.99 · old + 0.01 · batch, from a moving mean of 0.
    expect.close(
        got[0],
        0.01 * task["images"].astype(float).mean(axis=0),
        what="moving means of the student",
        mistakes={
            "The student runs with training=False.": np.zeros(task["images"].shape[1]),
            "The student runs twice a step with training=True.": (
                0.0199 * task["images"].astype(float).mean(axis=0)
            ),
        },
        **FLOAT32,
    )


@distiller.check(points=1, seconds=30)
def it_uses_the_losses_it_was_given(lab: Lab) -> None:
    """The two loss functions of compile are those that count."""
    task = _linear_task(lab)
    t, alpha = 2.0, 0.5
    hard, soft = lab.rng.uniform(0.2, 0.8, size=2)
    got = _drive(
        lab, task, temperature=t, alpha=alpha, hard_factor=float(hard), soft_factor=float(soft)
    )
    # hard · (1 - α) and soft · α as weights a · total and (1 - a) · total of a step of rate total.
    logits = task["images"] @ task["weights"] + task["bias"]
    teacher = task["images"] @ task["teacher_weights"] + task["teacher_bias"]
    slope = alpha * soft * reference.soft_loss_gradient(logits, teacher, t)
    slope += (1 - alpha) * hard * reference.hard_loss_gradient(logits, task["labels"], 1.0)
    expect.close(
        got["student"][0],
        task["weights"] - task["images"].T @ slope,
        what="student's weights",
        **FLOAT32,
    )
