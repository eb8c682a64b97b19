"""Seeds, one plain torch training loop, and the accuracy of a torch or Keras model."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from shared.data import Split
from shared.measure import is_torch

if TYPE_CHECKING:
    import torch

FRAMEWORKS = ("torch", "keras")


def fix_seeds(seed: int, *frameworks: str) -> None:
    """Seeds Python's and numpy's generators, and those of the frameworks named.

    frameworks: "torch", "keras" (and with it its backend).

    The same seed gives the same run on one machine with the same versions and threads; between
    machines sums are rounded in another order. Raises ValueError for another name.
    """
    unknown = set(frameworks) - set(FRAMEWORKS)
    if unknown:
        raise ValueError(
            f"no framework {', '.join(sorted(unknown))}; there are {', '.join(FRAMEWORKS)}"
        )
    random.seed(seed)
    np.random.seed(seed)
    if "torch" in frameworks:
        import torch

        torch.manual_seed(seed)
    if "keras" in frameworks:
        import keras

        keras.utils.set_random_seed(seed)


def to_torch(split: Split) -> tuple[torch.Tensor, torch.Tensor]:
    """(images float32 (n, c, h, w), labels int64 (n,)) of a split, in torch's order of axes."""
    import torch

    images = np.ascontiguousarray(split.images.transpose(0, 3, 1, 2))
    return torch.from_numpy(images), torch.from_numpy(split.labels)


def fit(
    model: torch.nn.Module,
    split: Split,
    *,
    epochs: int,
    batch_size: int = 64,
    learning_rate: float = 1e-3,
    optimizer: torch.optim.Optimizer | None = None,
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] | None = None,
    after_step: Callable[[int], None] | None = None,
    validation: Split | None = None,
    seed: int = 0,
) -> list[dict[str, float]]:
    """Trains in place on the CPU and says how it went, one dict for each epoch.

    optimizer: over the model's parameters; Adam at `learning_rate` where none is given. loss(logits
    (n, classes), labels (n,)) -> scalar; cross-entropy where none is given. after_step(step) is
    called after every optimizer step, counted from 0 over all epochs: the place to put a pruning
    mask back. seed: of the order of the batches, and of that alone; the caller's generators are
    left as they are by the shuffle.

    History: "epoch" (from 1), "loss" (mean over the images, as they were met), "accuracy" (the
    same, a fraction), "validation_accuracy" where `validation` is given, "seconds". The model is
    left in the mode it came in. Raises ValueError for an empty split or a batch of no images,
    FloatingPointError where the loss is not finite.
    """
    import torch

    if len(split) == 0 or batch_size < 1:
        raise ValueError(f"nothing to learn from: {len(split)} images in batches of {batch_size}")
    images, labels = to_torch(split)
    optimizer = optimizer or torch.optim.Adam(model.parameters(), lr=learning_rate)
    loss = loss or torch.nn.functional.cross_entropy
    shuffle = torch.Generator().manual_seed(seed)
    was_training, step, history = model.training, 0, []
    try:
        for epoch in range(1, epochs + 1):
            start, summed, right = time.perf_counter(), 0.0, 0
            model.train()
            for batch in torch.randperm(len(labels), generator=shuffle).split(batch_size):
                logits = model(images[batch])
                value = loss(logits, labels[batch])
                if not torch.isfinite(value):
                    raise FloatingPointError(
                        f"the loss is {value.item()} in epoch {epoch}, step {step}"
                    )
                optimizer.zero_grad(set_to_none=True)
                value.backward()
                optimizer.step()
                if after_step is not None:
                    after_step(step)
                step += 1
                summed += value.item() * len(batch)
                right += int((logits.argmax(1) == labels[batch]).sum())
            row = {"epoch": epoch, "loss": summed / len(labels), "accuracy": right / len(labels)}
            if validation is not None:
                row["validation_accuracy"] = accuracy(model, validation)
            row["seconds"] = time.perf_counter() - start
            history.append(row)
    finally:
        model.train(was_training)
    return history


def accuracy(model: Any, split: Split, *, batch_size: int = 512) -> float:
    """The fraction of images whose greatest output is at their label, in [0, 1].

    model: of torch (fed (n, c, h, w)) or of Keras (fed (n, h, w, c)), run in inference mode and
    left in the mode it came in. Raises ValueError for an empty split.
    """
    if len(split) == 0:
        raise ValueError("the accuracy on no images is not defined")
    predict = _torch_classes if is_torch(model) else _keras_classes
    return float(np.mean(predict(model, split, batch_size) == split.labels))


def _torch_classes(model: torch.nn.Module, split: Split, batch_size: int) -> np.ndarray:
    import torch

    was_training = model.training
    images, _ = to_torch(split)
    try:
        model.eval()
        with torch.no_grad():
            classes = [model(batch).argmax(1) for batch in images.split(batch_size)]
    finally:
        model.train(was_training)
    return torch.cat(classes).numpy()


def _keras_classes(model: Any, split: Split, batch_size: int) -> np.ndarray:
    # By hand: `predict` prints its progress and traces a graph for every new model.
    starts = range(0, len(split), batch_size)
    outputs = (model(split.images[i : i + batch_size], training=False) for i in starts)
    import keras

    return np.concatenate([keras.ops.convert_to_numpy(o).argmax(axis=-1) for o in outputs])
