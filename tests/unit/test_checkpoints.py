"""The committed checkpoints, and the script that trained them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from torch.nn import functional

from shared import checkpoints, data, train
from shared.checkpoints import train_resnet8
from shared.checkpoints.train_resnet8 import RECIPES, Recipe, batches, rate, train_checkpoint
from shared.data import Split
from shared.datafiles import DataDamaged
from shared.models import three_channels

TINY = dataclasses.replace(RECIPES["resnet8-digits"], epochs=3, batch_size=200)


def log_of(name: str, folder: Path = checkpoints.FOLDER) -> list[dict]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("name", checkpoints.NAMES)
def test_does_a_card_tell_how_its_checkpoint_came_about(name: str) -> None:
    """Is the recipe the script's, is there a line of log an epoch, are the bytes the file's?"""
    card, log = checkpoints.checkpoint_card(name), log_of(name)
    assert Recipe(**card["recipe"]) == RECIPES[name]
    assert [row["epoch"] for row in log] == list(range(1, RECIPES[name].epochs + 1))
    assert log[-1]["validation_accuracy"] == card["validation_accuracy"]
    assert (checkpoints.FOLDER / card["file"]).stat().st_size == card["bytes"]
    weights = checkpoints.load_checkpoint(name)
    assert sum(w.size for key, w in weights.items() if "num_batches" not in key) == 78_666


def test_is_the_digits_network_as_good_as_its_card_says() -> None:
    """Built from its file alone: the accuracy on the test digits, to one of 250?"""
    model, test = checkpoints.load_resnet8("digits"), three_channels(data.load("digits").test)
    right = checkpoints.checkpoint_card("resnet8-digits")["test_accuracy"]
    assert train.accuracy(model, test) == pytest.approx(right, abs=1 / 250)
    assert right > 0.97
    assert not model.training


def test_is_the_cifar_network_as_good_as_its_card_says(course_data: Path) -> None:
    """At least 86 % of the 8,000 test images; on 1,000 of them what chance allows?"""
    right = checkpoints.checkpoint_card("resnet8-cifar10")["test_accuracy"]
    assert right >= 0.86
    test = data.load("cifar-10", fallback=False).test.head(1_000)
    got = train.accuracy(checkpoints.load_resnet8("cifar-10"), test)
    assert got == pytest.approx(right, abs=4 * (right * (1 - right) / 1_000) ** 0.5)


@pytest.mark.parametrize("damage", ["altered", "missing"])
def test_is_a_damaged_checkpoint_refused(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One bit of the weights, or the file gone: DataDamaged with file and remedy, no model?"""
    card = (checkpoints.FOLDER / "resnet8-digits.json").read_text()
    (tmp_path / "resnet8-digits.json").write_text(card)
    if damage == "altered":
        raw = bytearray((checkpoints.FOLDER / "resnet8-digits.safetensors").read_bytes())
        raw[-1000] ^= 1
        (tmp_path / "resnet8-digits.safetensors").write_bytes(raw)
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    with pytest.raises(DataDamaged, match=r"resnet8-digits\.safetensors .*git checkout"):
        checkpoints.load_resnet8("digits")


def test_is_an_unknown_checkpoint_refused() -> None:
    """A name or a data set that there is none for: ValueError that lists what there is?"""
    with pytest.raises(ValueError, match="no checkpoint 'vgg'; there are resnet8-cifar10"):
        checkpoints.load_checkpoint("vgg")
    with pytest.raises(ValueError, match="cifar-10 and digits"):
        checkpoints.load_resnet8("mnist")


def test_are_grey_images_three_alike() -> None:
    """(n, h, w, 1) to (n, h, w, 3) with the same numbers thrice; three colours left alone?"""
    grey = Split(np.arange(8, dtype=np.float32).reshape(2, 2, 2, 1), np.array([4, 5]))
    got = three_channels(grey)
    assert got.images.shape == (2, 2, 2, 3)
    assert all(np.array_equal(got.images[..., [i]], grey.images) for i in range(3))
    assert got.labels is grey.labels
    assert three_channels(got) is got


def test_does_the_rate_rise_and_fall() -> None:
    """Up in a line over the warm-up, at its peak there, down half a cosine to almost 0?"""
    recipe = Recipe("digits", epochs=1, peak_rate=0.2, warmup=0.1)
    rates = [rate(recipe, step, 100) for step in range(100)]
    assert rates[:10] == pytest.approx([0.02 * i for i in range(1, 11)])
    assert rates[10] == pytest.approx(0.2)
    assert rates[55] == pytest.approx(0.1)  # half-way down
    assert sorted(rates[10:], reverse=True) == rates[10:]
    assert 0 < rates[-1] < 1e-3


def test_are_batches_windows_of_the_images() -> None:
    """Is each crop, mirrored or not, found in its own image with a border, with its own label?"""
    draw = np.random.default_rng(0)
    images = torch.from_numpy(draw.random((24, 6, 6, 3), dtype=np.float32))
    recipe = Recipe("digits", epochs=2, batch_size=7, small_epochs=1, small=4, shift=2)
    for epoch, size, border in ((1, 4, 0), (2, 6, 2)):
        padded = functional.pad(images, [0, 0] + [border] * 4).permute(0, 3, 1, 2)
        met, mirrors = [], []
        for crops, labels in batches(images, torch.arange(24), recipe, epoch):
            assert crops.shape == (7, 3, size, size)
            for crop, label in zip(crops, labels, strict=True):
                windows = padded[label].unfold(1, size, 1).unfold(2, size, 1)
                same = [
                    bool((windows == one[:, None, None]).all(dim=(0, 3, 4)).any())
                    for one in (crop, crop.flip(2))
                ]
                assert sum(same) == 1
                mirrors.append(same[1])
            met += labels.tolist()
        assert len(met) == len(set(met)) == 21  # the last three do not fill a batch
        assert 4 < sum(mirrors) < 17
        again = [labels for _, labels in batches(images, torch.arange(24), recipe, epoch)]
        assert torch.cat(again).tolist() == met


def test_does_an_interrupted_training_end_where_an_uninterrupted_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in its third epoch and started again: the same weights, but for float32's rounding?

    Where arrays lie in memory decides in which order some sums are added up.
    """
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder in (whole, parts):
        folder.mkdir()
    train_checkpoint("tiny", TINY, whole, whole)

    def killed(*arguments: object) -> dict:
        if arguments[-1] == 3:
            raise KeyboardInterrupt
        return train_epoch(*arguments)

    train_epoch = train_resnet8.train_epoch
    monkeypatch.setattr(train_resnet8, "train_epoch", killed)
    with pytest.raises(KeyboardInterrupt):
        train_checkpoint("tiny", TINY, parts, parts)
    assert not (parts / "tiny.json").exists()
    monkeypatch.setattr(train_resnet8, "train_epoch", train_epoch)
    train_checkpoint("tiny", TINY, parts, parts)
    first, second = (load_file(folder / "tiny.safetensors") for folder in (whole, parts))
    assert first.keys() == second.keys()
    for key, weights in first.items():
        assert second[key] == pytest.approx(weights, abs=1e-4), key
    losses = [[row["loss"] for row in log_of("tiny", folder)] for folder in (whole, parts)]
    assert losses[1] == pytest.approx(losses[0], abs=1e-4)
    assert len(losses[0]) == 3 and losses[0][-1] < losses[0][0]
    with pytest.raises(SystemExit, match="another recipe"):
        train_checkpoint("tiny", dataclasses.replace(TINY, seed=1), parts, parts)
