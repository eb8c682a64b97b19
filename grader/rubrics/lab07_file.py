"""Lab 07, exercise 11: the pruned network as a file."""

from __future__ import annotations

import numpy as np

from grader import expect
from grader.judge import SafetensorsReport
from grader.lab import Lab
from grader.rubric import Exercise
from grader.rubrics import lab07_reference as reference

saving = Exercise(
    "prune_to_file",
    title="Prune to a file",
    difficulty=3,
    minutes=20,
    hints=(
        "model = network(inputs=images[0].size, seed=seed); learn(model, data.Split(images, "
        "labels), 6, seed=seed); then learn again with a Pruner's after_step, and save_file("
        "model.state_dict(), path).",
        "Pruner(model, global_masks, lambda step: sparsity_at(step, 0, …, 0.5, 0.955)) takes the "
        "weights while the network learns. The common mistake: to prune last and not train on, or "
        "to train on without putting the zeros back.",
    ),
)

FILE = "pruned.safetensors"
IMAGES = {"digits": 1000, "mnist": 4000}  # the first ones of the training split
MIN_SPARSITY = 0.95
MAX_SHARE = 1 / 12  # of the dense parameters' bytes, compressed
MIN_ACCURACY = 0.88
GUESSING = 0.30
HALF = 0.50  # fewer zeros than that: training has filled them, or nothing was pruned


def _shapes(lab: Lab) -> dict[str, tuple[int, ...]]:
    """The tensors of LeNet-300-100 for this data set."""
    inputs = int(np.prod(lab.dataset.shape))
    layers = {"1": (300, inputs), "3": (100, 300), "5": (10, 100)}
    shapes = {f"{name}.weight": shape for name, shape in layers.items()}
    return shapes | {f"{name}.bias": shape[:1] for name, shape in layers.items()}


def _report(lab: Lab) -> SafetensorsReport:
    """What the judge read: the tensors of a LeNet-300-100, and nothing else."""
    report = lab.judge_safetensors(FILE)
    shapes = _shapes(lab)
    expect.that(
        sorted(report.tensors) == sorted(shapes),
        "The file does not hold the six tensors of the network.",
        mistake="Masks and copies stay at home: save_file(model.state_dict(), path).",
        expected=sorted(shapes),
        got=sorted(report.tensors)[:20],
    )
    for name, shape in shapes.items():
        expect.array(report.tensors[name], f"tensor {name}", shape)
        expect.that(
            report.tensors[name].dtype == np.float32,
            f"The tensor {name} is not float32.",
            expected="float32",
            got=str(report.tensors[name].dtype),
        )
    return report


@saving.prepare(seconds=90)
def prune_the_network(lab: Lab) -> None:
    """Calls the function once, with the first images of the training split."""
    part = lab.dataset.train.head(IMAGES[lab.dataset.name])
    lab.prune_to_file(part.images, part.labels, FILE, int(lab.rng.integers(1_000_000)))


@saving.check(points=1, visible=True)
def is_a_sparse_network(lab: Lab) -> None:
    """The file holds a LeNet-300-100 with enough zeros."""
    tensors = _report(lab).tensors
    weights = np.concatenate([tensors[name].ravel() for name in tensors if "weight" in name])
    sparsity = float(np.mean(weights == 0))
    small = float(np.mean(np.abs(weights) < 1e-3))
    expect.that(
        sparsity >= MIN_SPARSITY,
        "Too few of the weights are zero.",
        mistake="Many are small, but not zero: put 0.0 where the mask is False."
        if small >= MIN_SPARSITY
        else "Were the zeros put back after the last step?"
        if sparsity < HALF
        else "",
        expected=f"at least {MIN_SPARSITY:.0%}",
        got=f"{sparsity:.1%}",
    )


@saving.check(points=1)
def is_small_when_squeezed(lab: Lab) -> None:
    """Compressed, it has a twelfth of the dense bytes at most."""
    report = _report(lab)
    dense = 4 * sum(tensor.size for tensor in report.tensors.values())
    below = any(np.any((t == 0) & np.signbit(t)) for t in report.tensors.values())
    expect.that(
        report.compressed_bytes <= MAX_SHARE * dense,
        "The file is too large, even compressed.",
        mistake="Many zeros are -0.0, whose bytes are not zero: a negative weight times 0. Fill "
        "with masked_fill_, or add 0.0."
        if below
        else "",
        expected=f"at most {MAX_SHARE * dense:,.0f} bytes",
        got=f"{report.compressed_bytes:,} bytes",
    )


@saving.check(points=2)
def recognises_unseen_digits(lab: Lab) -> None:
    """The pruned network is right on images that no notebook has loaded."""
    logits = reference.lenet_logits(_report(lab).tensors, lab.unseen.images)
    accuracy = float(np.mean(logits.argmax(axis=1) == lab.unseen.labels))
    expect.that(
        accuracy > MIN_ACCURACY,
        "The network is wrong about too many of the unseen images.",
        mistake="Does it train on, after or while it is pruned?"
        if accuracy > GUESSING
        else "It does little better than guessing: is it trained at all, and not pruned last?",
        expected=f"more than {MIN_ACCURACY:.0%} right",
        got=f"{accuracy:.1%} right",
    )
