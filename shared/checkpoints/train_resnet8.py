"""Trains the ResNet-8 of the quantization lab and writes its checkpoint, log and card.

    python -m shared.checkpoints.train_resnet8 --help

Interrupted, it goes on after the last whole epoch when it is started again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import safetensors.torch
import torch
from torch import nn
from torch.nn import functional

from shared import data, train
from shared.hardware import hardware_card
from shared.models import resnet8, three_channels

HERE = Path(__file__).parent
BUILD = Path(os.environ.get("COURSE_BUILD") or HERE.parents[1] / "build") / "training"


@dataclass(frozen=True)
class Recipe:
    """How one checkpoint is trained: SGD with Nesterov momentum, one warm-up and a half cosine.

    peak_rate: the learning rate after `warmup` (a fraction of all steps); it ends at 0. decay: the
    weight decay of kernels; biases and norms have none. The first `small_epochs` see random windows
    of `small` pixels (a cheap start), the others random crops of the image's own size from a border
    of `shift` zeros. flip: mirror half of the images. bfloat16: convolutions in bfloat16 (weights
    stay float32): pays only where the processor has instructions for it.
    """

    dataset: str
    epochs: int
    batch_size: int = 64
    peak_rate: float = 0.1
    decay: float = 2e-4
    momentum: float = 0.9
    warmup: float = 0.1
    small_epochs: int = 0
    small: int = 24
    shift: int = 4
    flip: bool = True
    bfloat16: bool = False
    seed: int = 0

    def crop(self, epoch: int, size: int) -> tuple[int, int]:
        """(pixels of a crop, zeros around the image) in one epoch, counted from 1."""
        return (self.small, 0) if epoch <= self.small_epochs else (size, self.shift)


RECIPES = {
    "resnet8-cifar10": Recipe("cifar-10", epochs=60, small_epochs=52),
    "resnet8-digits": Recipe("digits", epochs=60, batch_size=50, shift=1, flip=False),
}


def rate(recipe: Recipe, step: int, steps: int) -> float:
    """The learning rate of one step, counted from 0: up in a straight line, down half a cosine."""
    rise = max(1, round(recipe.warmup * steps))
    if step < rise:
        return recipe.peak_rate * (step + 1) / rise
    return recipe.peak_rate * 0.5 * (1 + math.cos(math.pi * (step - rise) / (steps - rise)))


def batches(
    images: torch.Tensor, labels: torch.Tensor, recipe: Recipe, epoch: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """One epoch of shuffled, shifted and mirrored batches.

    images: (n, h, w, c), labels: (n,). Yields (batch, c, size, size), channels last in memory, and
    (batch,); what does not fill a batch is left out, other images each time. The draws hang on the
    seed and the epoch alone, so a resumed run meets what an uninterrupted one would have met.
    """
    draw = torch.Generator().manual_seed(1000 * recipe.seed + epoch)
    size, border = recipe.crop(epoch, images.shape[1])
    places = images.shape[1] + 2 * border - size + 1
    span = torch.arange(size)
    order = torch.randperm(len(labels), generator=draw)
    whole = len(labels) // recipe.batch_size * recipe.batch_size
    for chosen in order[:whole].split(recipe.batch_size):
        top, left = torch.randint(0, places, (2, len(chosen), 1), generator=draw)
        down, across = span + top, span + left
        if recipe.flip:
            mirrored = torch.rand((len(chosen), 1), generator=draw) < 0.5
            across = torch.where(mirrored, across.flip(1), across)
        padded = functional.pad(images[chosen], [0, 0] + [border] * 4)
        rows = torch.arange(len(chosen))[:, None, None]
        yield padded[rows, down[:, :, None], across[:, None, :]].permute(0, 3, 1, 2), labels[chosen]


def train_epoch(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    labels: torch.Tensor,
    recipe: Recipe,
    epoch: int,
) -> dict[str, float]:
    """One pass over the images, epochs counted from 1: mean loss, accuracy and last rate."""
    in_an_epoch = len(labels) // recipe.batch_size
    step, steps = (epoch - 1) * in_an_epoch, recipe.epochs * in_an_epoch
    images_seen, summed, right = in_an_epoch * recipe.batch_size, 0.0, 0
    model.train()
    for batch, answers in batches(images, labels, recipe, epoch):
        for group in optimizer.param_groups:
            group["lr"] = rate(recipe, step, steps)
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
            logits = model(batch)
        logits = logits.float()
        loss = functional.cross_entropy(logits, answers)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        step += 1
        summed += loss.item() * len(answers)
        right += int((logits.argmax(1) == answers).sum())
    return {
        "loss": summed / images_seen,
        "accuracy": right / images_seen,
        "learning_rate": rate(recipe, step - 1, steps),
    }


def make_optimizer(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    kernels = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    return torch.optim.SGD(
        [{"params": kernels, "weight_decay": recipe.decay}, {"params": others}],
        lr=recipe.peak_rate,
        momentum=recipe.momentum,
        nesterov=True,
    )


def train_checkpoint(
    name: str, recipe: Recipe, folder: Path, build: Path, *, compiled: bool = False
) -> dict:
    """Trains, or goes on training, and writes `<name>.safetensors`, `.jsonl` and `.json`.

    folder: of the three files. build: of the state after each epoch. compiled: through
    torch.compile, which needs a C++ compiler and minutes, and then is a quarter faster. Returns the
    card (the .json).
    """
    build.mkdir(parents=True, exist_ok=True)
    state_file = build / f"{name}.pt"
    dataset = data.load(recipe.dataset, fallback=False)
    learn, validation, test = map(three_channels, (dataset.train, dataset.validation, dataset.test))
    images, labels = torch.from_numpy(learn.images), torch.from_numpy(learn.labels)
    train.fix_seeds(recipe.seed, "torch")
    model = resnet8(len(dataset.classes)).to(memory_format=torch.channels_last)
    forward = torch.compile(model, dynamic=False) if compiled else model
    optimizer = make_optimizer(model, recipe)
    log: list[dict] = []
    if state_file.is_file():
        state = torch.load(state_file, weights_only=True)
        if state["recipe"] != asdict(recipe):
            raise SystemExit(f"{state_file} is of another recipe: delete it to start anew")
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        log = state["log"]
        print(f"{name}: goes on after epoch {len(log)}", flush=True)
    for epoch in range(len(log) + 1, recipe.epochs + 1):
        start = time.perf_counter()
        row = {"epoch": epoch, **train_epoch(forward, optimizer, images, labels, recipe, epoch)}
        row["validation_accuracy"] = train.accuracy(model, validation)
        row["seconds"] = round(time.perf_counter() - start, 1)
        log.append(row)
        keep(
            state_file,
            {
                "recipe": asdict(recipe),
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "log": log,
            },
        )
        print(
            f"epoch {epoch}/{recipe.epochs}: loss {row['loss']:.3f}, "
            f"training {row['accuracy']:.2%}, validation {row['validation_accuracy']:.2%}, "
            f"{row['seconds']:.0f} s",
            flush=True,
        )
    return write(name, model, log, recipe, folder, train.accuracy(model, test))


def keep(path: Path, state: dict) -> None:
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)


def write(
    name: str, model: nn.Module, log: list[dict], recipe: Recipe, folder: Path, test: float
) -> dict:
    """The three files of a checkpoint; the card carries the sha256 of the weights."""
    weights = {key: value.contiguous() for key, value in model.state_dict().items()}
    raw = safetensors.torch.save(weights, metadata={"architecture": "resnet8", "name": name})
    (folder / f"{name}.safetensors").write_bytes(raw)
    lines = [json.dumps({k: round(v, 6) for k, v in row.items()}) for row in log]
    (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    hardware = hardware_card()
    card = {
        "file": f"{name}.safetensors",
        "sha256": hashlib.sha256(raw).hexdigest(),
        "bytes": len(raw),
        "test_accuracy": round(test, 6),
        "validation_accuracy": round(log[-1]["validation_accuracy"], 6),
        "seconds": round(sum(row["seconds"] for row in log)),
        "recipe": asdict(recipe),
        "command": f"python -m shared.checkpoints.train_resnet8 {name}",
        "cpu": hardware["cpu"],
        "torch": torch.__version__.partition("+")[0],
    }
    (folder / f"{name}.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return card


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=RECIPES, help="which checkpoint")
    parser.add_argument("--folder", type=Path, default=HERE, help="where its three files go")
    parser.add_argument("--build", type=Path, default=BUILD, help="where the states are kept")
    parser.add_argument("--threads", type=int, default=0, help="of torch; 0: as many as it likes")
    parser.add_argument("--compile", action="store_true", help="with torch.compile")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    card = train_checkpoint(
        options.name,
        RECIPES[options.name],
        options.folder,
        options.build,
        compiled=options.compile,
    )
    print(f"{card['file']}: {card['bytes']:,} bytes, test accuracy {card['test_accuracy']:.2%}")


if __name__ == "__main__":
    main()
