"""Seeds, the torch loop and accuracies."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from torch import nn

from shared.data import Split, load
from shared.models import lenet_300_100
from shared.train import accuracy, fit, fix_seeds, to_torch


@pytest.fixture(scope="module")
def digits():
    return load("digits")


def small(seed: int = 0) -> nn.Sequential:
    fix_seeds(seed, "torch")
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 10))


def test_does_a_seed_fix_every_generator() -> None:
    """The same seed twice: the same draws from Python, numpy, torch and Keras?"""
    keras = pytest.importorskip("keras")

    def draws() -> list[float]:
        fix_seeds(7, "torch", "keras")
        drawn = keras.ops.convert_to_numpy(keras.random.uniform((1,)))
        return [random.random(), np.random.rand(), torch.rand(1).item(), float(drawn[0])]

    first = draws()
    assert draws() == first
    with pytest.raises(ValueError, match="no framework jax"):
        fix_seeds(0, "jax")


def test_does_the_loop_learn(digits) -> None:
    """Ten epochs on the offline digits: far better than chance, and the history tells so?"""
    fix_seeds(0, "torch")
    model = lenet_300_100(64)
    before = accuracy(model, digits.validation)
    history = fit(model, digits.train, epochs=10, validation=digits.validation)
    assert before < 0.3
    assert accuracy(model, digits.validation) > 0.9
    assert [row["epoch"] for row in history] == list(range(1, 11))
    assert history[-1]["loss"] < history[0]["loss"] / 3
    assert history[-1]["accuracy"] > 0.95 > history[0]["accuracy"]
    assert history[-1]["validation_accuracy"] == accuracy(model, digits.validation)
    assert all(row["seconds"] > 0 for row in history)


def test_is_training_repeatable_and_moved_by_its_seed(digits) -> None:
    """The same seed: the same weights, whatever the caller draws; another one: others?"""

    def weights(seed: int, draw: int = 0) -> torch.Tensor:
        model = small()
        torch.rand(draw)
        fit(model, digits.train.head(200), epochs=2, seed=seed)
        return model[1].weight.detach()

    assert torch.equal(weights(1), weights(1, draw=5))
    assert not torch.equal(weights(1), weights(2))


def test_is_one_epoch_every_image_once(digits) -> None:
    """Which images reach the model, in batches of what size, in what order?"""
    seen = []

    class Watching(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = small()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            seen.append(x.detach().clone())
            return self.inner(x)

    part = digits.train.head(70)
    fit(Watching(), part, epochs=1, batch_size=32)
    assert [len(batch) for batch in seen] == [32, 32, 6]
    images, _ = to_torch(part)
    got = torch.cat(seen)
    assert not torch.equal(got, images)
    assert sorted(i.numpy().tobytes() for i in got) == sorted(i.numpy().tobytes() for i in images)


def test_can_a_hook_keep_a_mask(digits) -> None:
    """after_step puts zeros back: are they there at the end, and how often was it called?"""
    model = small()
    mask = torch.rand(10, 64) > 0.5
    steps = []

    def after_step(step: int) -> None:
        steps.append(step)
        with torch.no_grad():
            model[1].weight.mul_(mask)

    fit(model, digits.train.head(100), epochs=3, batch_size=40, after_step=after_step)
    assert steps == list(range(9))
    assert not model[1].weight[~mask].any()
    assert model[1].weight[mask].any()


def test_are_optimizer_and_loss_the_callers(digits) -> None:
    """A given optimizer moves only its parameters, by a given loss?"""
    model = small()
    bias, weight = model[1].bias.detach().clone(), model[1].weight.detach().clone()
    optimizer = torch.optim.SGD([model[1].bias], lr=0.5)
    history = fit(
        model,
        digits.train.head(10),
        epochs=1,
        optimizer=optimizer,
        loss=lambda logits, labels: logits[:, 3].mean(),
    )
    assert torch.equal(model[1].weight, weight)
    moved = model[1].bias.detach() - bias
    assert moved[3].item() == pytest.approx(-0.5)
    assert moved.abs().sum().item() == pytest.approx(0.5)
    assert history[0]["loss"] < 1


def test_is_the_mode_of_the_model_kept(digits) -> None:
    """fit trains in training mode, accuracy looks in inference mode, both put back what was?"""
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10), nn.Dropout(0.9)).eval()
    modes = []
    model.register_forward_hook(lambda *_: modes.append(model.training))
    fit(model, digits.train.head(64), epochs=1, batch_size=64, validation=digits.validation)
    assert modes == [True, False]
    assert not model.training
    model.train()
    assert accuracy(model, digits.validation) == accuracy(model, digits.validation)
    assert model.training


def test_is_a_run_away_loss_an_error(digits) -> None:
    """A loss that is not a number: FloatingPointError naming the epoch, not 20 more epochs?"""
    model = small()
    with pytest.raises(FloatingPointError, match="epoch 1, step 0"):
        fit(model, digits.train, epochs=20, loss=lambda logits, labels: logits.sum() * float("nan"))


def test_is_nothing_to_learn_from_refused(digits) -> None:
    """No image, or batches of none: ValueError; the accuracy on no image too?"""
    empty = digits.train.head(0)
    for case in ((empty, 8), (digits.train, 0)):
        with pytest.raises(ValueError, match="nothing to learn from"):
            fit(small(), case[0], epochs=1, batch_size=case[1])
    with pytest.raises(ValueError, match="no images"):
        accuracy(small(), empty)


def test_are_axes_put_in_the_order_of_torch() -> None:
    """(n, h, w, c) to (n, c, h, w): each number in its place?"""
    images = np.arange(2 * 3 * 4 * 5, dtype=np.float32).reshape(2, 3, 4, 5)
    got, labels = to_torch(Split(images, np.array([1, 2])))
    assert got.shape == (2, 5, 3, 4)
    assert got[1, 4, 2, 3] == images[1, 2, 3, 4]
    assert labels.dtype == torch.int64


def test_is_accuracy_the_share_of_right_answers() -> None:
    """A model that is right on 3 of 4, in torch and in Keras, over several batches?"""
    keras = pytest.importorskip("keras")
    images = np.eye(4, dtype=np.float32).reshape(4, 2, 2, 1)
    split = Split(images, np.array([0, 1, 2, 0]))
    assert accuracy(nn.Flatten(), split, batch_size=3) == 0.75
    model = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten()])
    assert accuracy(model, split, batch_size=3) == 0.75
