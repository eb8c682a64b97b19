"""Trained weights that lessons start from, each proved by its checksum before it is read.

`<name>.safetensors` are the weights, `<name>.json` says how they came about (recipe, accuracy,
sha256), `<name>.jsonl` is the log of the training, a line an epoch. `train_resnet8.py` makes them.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.datafiles import DataDamaged

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

FOLDER = Path(__file__).parent
NAMES = ("resnet8-cifar10", "resnet8-digits")
_OF_DATASET = {"cifar-10": "resnet8-cifar10", "digits": "resnet8-digits"}


def checkpoint_card(name: str) -> dict[str, Any]:
    """How a checkpoint came about: "test_accuracy", "sha256", "recipe" and so on.

    Raises ValueError for a name that is none of NAMES.
    """
    if name not in NAMES:
        raise ValueError(f"no checkpoint {name!r}; there are {', '.join(NAMES)}")
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def load_checkpoint(name: str) -> dict[str, np.ndarray]:
    """The weights of a checkpoint as numpy arrays, under torch's names.

    Raises ValueError for an unknown name, DataDamaged where the file is not the one that its card
    speaks of (or is missing).
    """
    import safetensors.numpy

    card = checkpoint_card(name)
    path = FOLDER / card["file"]
    remedy = f"Get it back with: git checkout -- shared/checkpoints/{path.name}"
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DataDamaged(path.name, str(path), "is missing", remedy) from None
    digest = hashlib.sha256(raw).hexdigest()
    if digest != card["sha256"]:
        found = f"has {len(raw):,} bytes and the sha256 {digest[:12]}…"
        raise DataDamaged(path.name, str(path), found, remedy)
    return safetensors.numpy.load(raw)


def load_resnet8(dataset: str) -> nn.Module:
    """ResNet-8 as trained on "cifar-10" or "digits", in inference mode.

    Raises ValueError for another data set, DataDamaged as `load_checkpoint`.
    """
    import torch

    from shared.models import resnet8

    if dataset not in _OF_DATASET:
        known = " and ".join(_OF_DATASET)
        raise ValueError(f"there is no ResNet-8 for {dataset!r}: it was trained on {known}")
    weights = load_checkpoint(_OF_DATASET[dataset])
    model = resnet8(len(weights["8.bias"]))
    model.load_state_dict({key: torch.tensor(value) for key, value in weights.items()})
    return model.eval()
