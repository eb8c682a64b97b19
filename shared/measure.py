"""Counting and timing: parameters, multiply-adds, bytes, zeros, milliseconds, the machine.

Three kinds of cost are kept apart. A size is the size of a file that was written and read back;
work is counted from shapes; speed is measured, with the machine named.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shared.hardware import hardware_card

__all__ = [
    "Latency",
    "file_bytes",
    "hardware_card",
    "latency",
    "macs",
    "parameters",
    "saved_bytes",
    "sparsity",
]


@dataclass(frozen=True)
class Latency:
    """The time of one call, in milliseconds, over `repeats` calls."""

    median_ms: float
    p10_ms: float
    p90_ms: float
    repeats: int


def parameters(model: Any) -> int:
    """The numbers a torch or Keras model carries: weights, biases, moving statistics of norms.

    Weights that are shared count once, frozen ones count. For Keras this is `count_params()`; for
    torch it is the parameters and the floating-point buffers, which brings both frameworks to the
    same count.
    """
    if is_torch(model):
        buffers = (b for b in model.buffers() if b.is_floating_point())
        return sum(p.numel() for p in model.parameters()) + sum(b.numel() for b in buffers)
    if is_keras(model):
        return model.count_params()
    raise TypeError(f"a {type(model).__name__} is neither a torch nor a Keras model")


def macs(model: Any, input_shape: tuple[int, ...]) -> int:
    """Multiply-adds of one image's forward pass.

    Counted are convolutions (depthwise and transposed ones too) and dense layers.

    input_shape: without the batch axis, in the model's own order: (c, h, w) for torch, (h, w, c)
    for Keras. One multiply-add counts 1 (papers that count 2 call it FLOPs or operations). Biases,
    activations, pooling, norms and attention products are left out. The model is run once on zeros;
    one that is not built yet gets built by it. Raises TypeError for another kind of model.
    """
    if is_torch(model):
        return _torch_macs(model, input_shape)
    if is_keras(model):
        return _keras_macs(model, input_shape)
    raise TypeError(f"a {type(model).__name__} is neither a torch nor a Keras model")


def file_bytes(path: Path) -> int:
    """Bytes of a file, or of all files below a folder (a SavedModel, an mlpackage).

    Raises FileNotFoundError.
    """
    path = Path(path)
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size


def saved_bytes(
    write: Callable[[Path], Any],
    read: Callable[[Path], Any],
    *,
    name: str = "model",
    check: Callable[[Any], bool] | None = None,
) -> int:
    """Bytes of what `write(path)` leaves, after `read(path)` has read it back.

    The path is `name` in a folder that is deleted afterwards (some formats insist on an ending:
    name="model.keras"). check(what was read) -> bool says whether it is what was written; a size
    without it is worth little. Raises ValueError where nothing was written or the check says no.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        if not path.exists():
            raise ValueError(f"nothing was written to {name}")
        size = file_bytes(path)
        again = read(path)
        if check is not None and not check(again):
            raise ValueError(f"what was read back from {name} is not what was written")
    return size


def sparsity(weights: Any) -> float:
    """The fraction of zeros, in [0, 1].

    weights: an array or tensor, or a torch or Keras model; of a model the arrays of two axes and
    more count (kernels; not biases, nor norms). A torch kernel under `torch.nn.utils.prune` counts
    as masked. Raises ValueError where there is no weight to count.
    """
    if is_torch(weights):
        kernels = _torch_kernels(weights)
    elif is_keras(weights):
        kernels = [np.asarray(w) for w in weights.get_weights() if w.ndim >= 2]
    else:
        if hasattr(weights, "detach"):
            weights = weights.detach().cpu().numpy()
        kernels = [np.asarray(weights)]
    total = sum(kernel.size for kernel in kernels)
    if total == 0:
        raise ValueError("there is no weight to count")
    return 1.0 - sum(int(np.count_nonzero(kernel)) for kernel in kernels) / total


def latency(
    variants: Mapping[str, Callable[[], Any]], *, repeats: int = 50, warmup: int = 5
) -> dict[str, Latency]:
    """Milliseconds of one call of each variant, measured in turn: A B C, B C A, C A B, A B C, …

    Interleaved, a slow moment of the machine hits all variants alike; `warmup` rounds before are
    not counted. A call must return only when its work is done (on a GPU: synchronise in it). Raises
    ValueError for less than one repeat or no variant.
    """
    if repeats < 1 or warmup < 0 or not variants:
        raise ValueError("latency needs a variant, at least one repeat, and no negative warm-up")
    names = list(variants)
    times: dict[str, list[int]] = {name: [] for name in names}
    collecting = gc.isenabled()
    gc.disable()  # a collection would be charged to whichever variant it falls into
    try:
        for turn in range(warmup + repeats):
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                start = time.perf_counter_ns()
                variants[name]()
                spent = time.perf_counter_ns() - start
                if turn >= warmup:
                    times[name].append(spent)
    finally:
        if collecting:
            gc.enable()
    return {name: _latency(np.array(spent) / 1e6) for name, spent in times.items()}


def _latency(milliseconds: np.ndarray) -> Latency:
    low, middle, high = np.percentile(milliseconds, [10, 50, 90])
    return Latency(float(middle), float(low), float(high), len(milliseconds))


# Whoever made the model has imported its framework: looking there spares importing the others.
def is_torch(model: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(model, torch.nn.Module)


def is_keras(model: Any) -> bool:
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(model, keras.layers.Layer)


def _torch_kernels(model: Any) -> list[np.ndarray]:
    masks = dict(model.named_buffers())
    kernels = []
    for name, weight in model.named_parameters():
        if weight.ndim < 2:
            continue
        if name.endswith("_orig"):
            weight = weight * masks[name.removesuffix("_orig") + "_mask"]
        kernels.append(weight.detach().cpu().numpy())
    return kernels


def _torch_macs(model: Any, input_shape: tuple[int, ...]) -> int:
    import torch
    from torch import nn

    convolutions = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
    transposed = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
    total = 0

    def count(layer: nn.Module, inputs: tuple, output: torch.Tensor) -> None:
        # Every place of the output (transposed: of the input) uses each number of the kernel once.
        nonlocal total
        if isinstance(layer, nn.Linear):
            places = output.numel() // layer.out_features
        elif isinstance(layer, convolutions):
            places = output.numel() // layer.out_channels
        else:
            places = inputs[0].numel() // layer.in_channels
        total += places * layer.weight.numel()

    counted = (nn.Linear, *convolutions, *transposed)
    hooks = [m.register_forward_hook(count) for m in model.modules() if isinstance(m, counted)]
    first = next(model.parameters(), None)
    zeros = torch.zeros(1, *input_shape)
    training = {module: module.training for module in model.modules()}
    try:
        model.eval()  # a norm in training mode refuses a batch of one, and would learn from it
        with torch.no_grad():
            model(zeros if first is None else zeros.to(first.device, first.dtype))
    finally:
        for module, was in training.items():
            module.training = was
        for hook in hooks:
            hook.remove()
    return total


def _keras_macs(model: Any, input_shape: tuple[int, ...]) -> int:
    from unittest import mock

    import keras
    from keras import layers

    transposed = (layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose)
    kernels = ("kernel", "depthwise_kernel", "pointwise_kernel")
    total = 0
    original = layers.Layer.__call__

    def counting(layer: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal total
        output = original(layer, *args, **kwargs)
        if isinstance(layer, layers.Dense):
            total += int(np.prod(output.shape[1:-1], dtype=np.int64)) * _size(layer.kernel)
        elif hasattr(layer, "kernel_size"):
            shape = (args[0] if isinstance(layer, transposed) else output).shape
            places = shape[1:-1] if layer.data_format == "channels_last" else shape[2:]
            used = (getattr(layer, kernel, None) for kernel in kernels)
            total += int(np.prod(places)) * sum(
                _size(kernel) for kernel in used if kernel is not None
            )
        return output

    # Keras has no forward hooks. From `__call__`, shared and nested layers are seen as they run.
    zeros = keras.ops.zeros((1, *input_shape))
    model(zeros, training=False)  # builds what is not built, which calls the layers a second time
    with mock.patch.object(layers.Layer, "__call__", counting):
        model(zeros, training=False)
    return total


def _size(variable: Any) -> int:
    return int(np.prod(variable.shape, dtype=np.int64))
