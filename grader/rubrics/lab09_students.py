"""Lab 09, exercises 5 and 9: the student's architecture, and the student as a file."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np

from grader import expect
from grader.lab import Lab
from grader.once import once
from grader.rubric import Exercise

architecture = Exercise(
    "make_student",
    title="A student of a tenth of the size",
    difficulty=2,
    minutes=10,
    hints=(
        "keras.Sequential([keras.Input(shape), …, layers.Dense(classes)]): the last layer has no "
        "activation. `student.summary()` shows where the parameters are.",
        "Two convolutions of 8 and 16 maps with strides=2 and padding='same', Flatten, a dense "
        "layer of 24: padding='same' works for the small images too.",
    ),
)


def _check_student(facts: dict, classes: int) -> None:
    """One description of a student by the lab: shape of its output, size, convolutions."""
    expect.array(facts["logits"], "student's output for 16 images", (16, classes))
    expect.that(
        facts["convolutions"] >= 1,
        "The student has no convolutional layer.",
        expected="at least one layers.Conv2D",
        got="none",
    )
    expect.that(
        0 < 10 * facts["parameters"] <= facts["teacher"],
        "The student has more than a tenth of the teacher's parameters.",
        mistake="Most of them sit in the first dense layer: flatten fewer or smaller maps.",
        expected=f"at most {facts['teacher'] // 10:,}",
        got=f"{facts['parameters']:,}",
    )


@architecture.check(points=1, visible=True, seconds=30)
def fits_both_data_sets(lab: Lab) -> None:
    """A convolutional model of a tenth of the size, for 28 × 28 and for 8 × 8 images."""
    for shape in ((28, 28, 1), (8, 8, 1)):
        _check_student(lab.describe_student(shape, 10), 10)


@architecture.check(points=1, seconds=30)
def fits_other_shapes(lab: Lab) -> None:
    """The same for images of other sizes and another number of classes."""
    height, width, classes = (int(n) for n in lab.rng.integers((3, 4, 4), (6, 7, 9)))
    _check_student(lab.describe_student((4 * height, 4 * width, 3), classes), classes)


@architecture.check(points=1, seconds=30)
def gives_logits(lab: Lab) -> None:
    """The outputs are logits, with no activation after the last layer."""
    facts = lab.describe_student((28, 28, 1), 10)
    logits = expect.array(facts["logits"], "student's output", (16, 10))
    _expect_logits(logits)


def _expect_logits(logits: np.ndarray) -> None:
    """Logits (n, k) are of both signs, and their rows do not sum to 1."""
    expect.that(
        not np.allclose(logits.sum(axis=1), 1, atol=1e-3),
        "The outputs sum to 1: these are probabilities.",
        mistake="There is a softmax at the end: the temperature needs the logits before it.",
    )
    expect.that(
        bool((logits < 0).any()),
        "No output is negative, as logits are.",
        mistake="Is there a ReLU or a sigmoid after the last layer?",
    )


saving = Exercise(
    "distil_to_file",
    title="Distil to a file",
    difficulty=3,
    minutes=15,
    hints=(
        "StudentTrainer(build, rate=5e-3).fit(images, labels, teacher_logits, temperature=4.0, "
        "alpha=…, updates=500, seed=seed) gives the student; tflite_bytes(student) the bytes.",
        "A wrong label is worse than none: with alpha = 1 the labels do not count at all. A file "
        "of 65,536 bytes holds about 15,000 float32 parameters.",
    ),
)

FILE = "student.tflite"
# A file of 65,536 bytes holds about 15,000 float32 weights. The reference's has 11,572 bytes for
# 8 x 8 images and 46,132 for 28 x 28; the lab's teacher has 150,912 and 1,256,832.
MAX_BYTES = 65_536
WRONG_LABELS = 0.6
# Over 6 seeds each, on the unseen images: the reference, the two right answers of `tests/mutants`,
# and the reference with alpha = 0.5 or 0.9 reach 93.5 to 98.4 % on digits, 95.6 to 97.8 % on MNIST.
# Trained on the labels alone: 69.2 to 74.5 % and 71.5 to 79.0 %; untrained, with pixels of another
# scale or logits out of order: 3 to 22 %. Right ones have 3.5 points to spare, wrong ones lack 11.
MIN_ACCURACY = 0.90
# Accuracies below this are those of the last three.
GUESSING = 0.30
TEACHER_FILE = Path(__file__).with_name("lab09_teacher.npz")
TEACHER_SHA256 = "4963641d153db1f6273200bbf4183f45e9f771feae5545e97ed17c46dc29ce1f"


@once
def teacher_logits(name: str) -> np.ndarray:
    """float32 (n, 10): a teacher's logits for the first n training images of "mnist" or "digits".

    Raises ValueError where the stored file is not the one that the thresholds were set with, and
    KeyError for another data set.
    """
    content = TEACHER_FILE.read_bytes()
    if hashlib.sha256(content).hexdigest() != TEACHER_SHA256:
        raise ValueError(f"{TEACHER_FILE.name} is damaged: its checksum is another")
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return file[name].astype(np.float32)


@saving.prepare(seconds=90)
def distil_the_student(lab: Lab) -> None:
    """Calls the function once, with a transfer set of which most labels are wrong."""
    logits = teacher_logits(lab.dataset.name)
    transfer = lab.dataset.train.head(len(logits))
    wrong = (transfer.labels + lab.rng.integers(1, 10, size=len(logits))) % 10
    typed = np.where(lab.rng.random(len(logits)) < WRONG_LABELS, wrong, transfer.labels)
    seed = int(lab.rng.integers(1_000_000))
    lab.distil_to_file(transfer.images, typed, logits, FILE, seed)


@saving.check(points=1, visible=True)
def is_a_small_model_file(lab: Lab) -> None:
    """A .tflite file within the limit: one float32 image in, ten float32 numbers out."""
    report = lab.judge_tflite(FILE)
    expect.that(
        report.bytes <= MAX_BYTES,
        "The file is too large.",
        mistake="A float32 parameter takes 4 bytes: is this the teacher, or a wide student?",
        expected=f"at most {MAX_BYTES:,} bytes",
        got=f"{report.bytes:,} bytes",
    )
    expect.equal(report.input_dtype, "float32", what="type of the input")
    expect.equal(report.output_dtype, "float32", what="type of the output")
    expect.equal(list(report.input_shape), [1, *lab.dataset.shape], what="shape of the input")
    expect.equal(list(report.output_shape), [1, 10], what="shape of the output")


@saving.check(points=2)
def recognises_unseen_digits(lab: Lab) -> None:
    """It is right on images that no notebook has loaded."""
    outputs = expect.array(_judged(lab), "model's outputs", (len(lab.unseen), 10))
    accuracy = float(np.mean(outputs.argmax(axis=1) == lab.unseen.labels))
    expect.that(
        accuracy > MIN_ACCURACY,
        "The model is wrong about too many of the unseen images.",
        mistake="Most of the labels are wrong, the teacher is not: how much weight do they have?"
        if accuracy > GUESSING
        else "It does little better than guessing: is it trained, on the images as they are given?",
        expected=f"more than {MIN_ACCURACY:.0%} right",
        got=f"{accuracy:.1%} right",
    )


@saving.check(points=1)
def the_file_gives_logits(lab: Lab) -> None:
    """What comes out of the file are logits."""
    _expect_logits(expect.array(_judged(lab), "model's outputs", (len(lab.unseen), 10)))


def _judged(lab: Lab) -> np.ndarray | None:
    return lab.judge_tflite(FILE, lab.unseen.images).outputs
