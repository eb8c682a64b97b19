"""Runs a Core ML program where Core ML is not: a small evaluator of its operations.

An `.mlpackage` holds a program in MIL, the model intermediate language, and its weights, perhaps
compressed. Apple's runtime exists on macOS only; coremltools reads the program anywhere. This
module walks through its operations with torch, so that a converted or compressed model gives
numbers on Linux too. They tell what the *program* computes and what its *weights* lost. They say
nothing of Apple's kernels, of where those accumulate in float16, of the Neural Engine, or of time.

Source: the MIL operations of coremltools (`coremltools.converters.mil.mil.ops.defs`), and its
reader of programs, `coremltools.converters.mil.frontend.milproto.load`, which is not public.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from shared.silence import silent

Values = Mapping[str, Any]
TYPES = {
    "fp16": torch.float16,
    "fp32": torch.float32,
    "int8": torch.int8,
    "uint8": torch.uint8,
    "int16": torch.int16,
    "int32": torch.int32,
    "bool": torch.bool,
}


@dataclass(frozen=True)
class Weight:
    """One weight of a program: how it is stored, and what it unfolds to."""

    name: str
    stored: str  # "const", or the operation that unfolds it: "constexpr_lut_to_dense", …
    values: np.ndarray  # dense, float32


@dataclass(frozen=True)
class Difference:
    """How far one operation's result is from the same operation's in another program."""

    name: str
    operation: str  # "conv", "linear", …
    largest: float  # |difference|
    signal_to_noise: float  # dB: 10 log10(sum reference² / sum difference²); inf where equal


class Program:
    """The main function of an `.mlpackage`.

    `path`: the package. Raises FileNotFoundError where there is none, ValueError where it holds no
    program (the older "neural network" format). Running it raises NotImplementedError with the name
    of an operation that is not in `OPERATIONS`.
    """

    def __init__(self, path: str | Path) -> None:
        path = Path(path)
        if not path.is_dir():
            raise FileNotFoundError(f"{path}: there is no such .mlpackage folder")
        with silent():
            import coremltools
            from coremltools.converters.mil.frontend.milproto.load import load

            model = coremltools.models.MLModel(str(path), skip_model_load=True)
            spec = model.get_spec()
            if spec.WhichOneof("Type") != "mlProgram":
                raise ValueError(f"{path} holds no ML program: convert with convert_to='mlprogram'")
            program = load(
                spec, spec.specificationVersion, file_weights_dir=model.weights_dir or ""
            )
        self._function = program.functions["main"]
        self._constants: dict[str, Any] = {}  # name -> what the operations take

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that run for each image, in order: no constants."""
        return tuple(operation.op_type for operation in self._runs())

    @property
    def inputs(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of each input."""
        return {name: tuple(var.shape) for name, var in self._function.inputs.items()}

    @cached_property
    def weights(self) -> dict[str, Weight]:
        """The weights and biases of convolutions, linear layers and products, by operation.

        Keys are "<operation's name>.weight" and "<operation's name>.bias".
        """
        found = {}
        for operation in self._runs():
            for argument in ("weight", "bias"):
                var = operation.inputs.get(argument)
                if var is not None and var.op is not None:
                    name = f"{_plain(operation.name)}.{argument}"
                    values = np.asarray(self._constant(var), np.float32)
                    found[name] = Weight(name, var.op.op_type, values)
        return found

    def run(self, **inputs: np.ndarray) -> np.ndarray:
        """The first output for `inputs` (n, …), float32 (n, …).

        A program has a fixed batch; n must be a multiple of it.
        """
        (batch,) = {shape[0] for shape in self.inputs.values()}
        (count,) = {len(values) for values in inputs.values()}
        if count % batch:
            raise ValueError(f"{count} inputs do not fill batches of {batch}, as the program takes")
        last = self._function.outputs[0]
        parts = []
        for start in range(0, count, batch):
            part = {name: values[start : start + batch] for name, values in inputs.items()}
            *_, (var, result) = ((v, r) for v, r in self._walk(part) if v.name == last.name)
            parts.append(result.float().numpy())
        return np.concatenate(parts)

    def trace(self, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """Every operation's result for one batch, float32, by the operation's name.

        The suffix that conversion to float16 appends to names is cut off, so that the names of two
        precisions of one model agree.
        """
        return {_plain(v.op.name): r.float().numpy() for v, r in self._walk(inputs)}

    def differences(self, reference: Program, **inputs: np.ndarray) -> list[Difference]:
        """How far each operation's result is from `reference`'s, in this program's order.

        Operations that only one of the two programs has are left out.
        """
        expected = reference.trace(**inputs)
        kinds = {_plain(operation.name): operation.op_type for operation in self._runs()}
        found = []
        for name, came in self.trace(**inputs).items():
            if name not in expected or expected[name].shape != came.shape:
                continue
            error = came.astype(np.float64) - expected[name]
            noise, signal = float(np.sum(error**2)), float(np.sum(expected[name] ** 2.0))
            ratio = 10 * np.log10(signal / noise) if noise and signal else np.inf
            found.append(Difference(name, kinds[name], float(np.abs(error).max()), float(ratio)))
        return found

    def _runs(self) -> Iterator[Any]:
        """The operations that are neither constants nor unfold one."""
        for operation in self._function.operations:
            if operation.op_type != "const" and not operation.op_type.startswith("constexpr_"):
                yield operation

    def _constant(self, var: Any) -> Any:
        """The value of a constant, unfolded where it is stored compressed."""
        if var.val is not None:
            return var.val
        return var.op.materialized_val_inference()

    def _unfolded(self, var: Any) -> Any:
        """A constant as the operations take it; unfolded once, since that takes longest."""
        if var.name not in self._constants:
            found = self._constant(var)
            if isinstance(found, np.ndarray) and found.dtype == np.float16:
                found = found.astype(np.float32)
            self._constants[var.name] = torch.tensor(found) if _is_array(found) else found
        return self._constants[var.name]

    @torch.inference_mode()
    def _walk(self, inputs: Values) -> Iterator[tuple[Any, torch.Tensor]]:
        """(variable, result) of each operation that runs, in order."""
        known: dict[str, Any] = {}
        for name, var in self._function.inputs.items():
            if name not in inputs:
                raise ValueError(f"the program's input {name!r} is missing")
            values = torch.as_tensor(np.ascontiguousarray(inputs[name]))
            if tuple(values.shape) != tuple(var.shape):
                raise ValueError(
                    f"input {name!r} has the shape {tuple(values.shape)}, "
                    f"the program takes {tuple(var.shape)}"
                )
            known[var.name] = values.to(_type(var)).float()

        def value(var: Any) -> Any:
            if isinstance(var, (list, tuple)):
                return [value(one) for one in var]
            return known[var.name] if var.name in known else self._unfolded(var)

        for operation in self._runs():
            compute = OPERATIONS.get(operation.op_type)
            if compute is None:
                raise NotImplementedError(
                    f"the evaluator knows no {operation.op_type!r} (operation {operation.name!r})"
                )
            arguments = {name: value(var) for name, var in operation.inputs.items()}
            results = compute(**arguments)
            if not isinstance(results, (list, tuple)):
                results = [results]
            for var, result in zip(operation.outputs, results, strict=True):
                # Arithmetic is float32 throughout; what a float16 program hands on is rounded.
                kind = _type(var)
                known[var.name] = result.to(kind).float() if kind == torch.float16 else result
                yield var, known[var.name]


def _plain(name: str) -> str:
    return name.removesuffix("_cast_fp16")


def _is_array(value: Any) -> bool:
    return isinstance(value, (np.ndarray, np.number))


def _type(var: Any) -> torch.dtype:
    """The type that a variable is declared with."""
    from coremltools.converters.mil.mil import types

    return TYPES.get(types.builtin_to_string(var.dtype), torch.float32)


# The operations, with the arguments' names of MIL. Arguments that are constants of the program come
# as numpy scalars, tensors, strings or booleans.


def _integers(values: Any) -> list[int]:
    return [int(n) for n in np.atleast_1d(np.asarray(values))]


def _padded(
    x: torch.Tensor, pad_type: str, pad: Any, kernel: list[int], strides: list[int], fill: float
) -> torch.Tensor:
    """x (n, c, …) with its border; pads are (before, after) for each axis, the first axis first."""
    if pad_type == "valid":
        return x
    if pad_type == "custom":
        amounts = _integers(pad)
        pairs = list(zip(amounts[::2], amounts[1::2], strict=True))
    else:  # "same": as many results as x has places, divided by the stride
        pairs = []
        for size, width, stride in zip(x.shape[2:], kernel, strides, strict=True):
            total = max((-(-size // stride) - 1) * stride + width - size, 0)
            small, large = total // 2, total - total // 2
            pairs.append((small, large) if pad_type == "same" else (large, small))
    flat = [amount for pair in reversed(pairs) for amount in pair]
    return functional.pad(x, flat, value=fill) if any(flat) else x


def _conv(
    x: torch.Tensor,
    weight: torch.Tensor,
    strides: Any,
    pad_type: str,
    dilations: Any,
    groups: Any,
    bias: torch.Tensor | None = None,
    pad: Any = (),
) -> torch.Tensor:
    strides, dilations = _integers(strides), _integers(dilations)
    wide = [(n - 1) * d + 1 for n, d in zip(weight.shape[2:], dilations, strict=True)]
    x = _padded(x, pad_type, pad, wide, strides, 0.0)
    run = {1: functional.conv1d, 2: functional.conv2d, 3: functional.conv3d}[len(strides)]
    return run(x, weight, bias, strides, 0, dilations, int(groups))


def _average(
    x: torch.Tensor,
    kernel_sizes: Any,
    strides: Any,
    pad_type: str,
    pad: Any = (),
    exclude_padding_from_average: Any = False,
    ceil_mode: Any = False,
) -> torch.Tensor:
    kernel, steps = _integers(kernel_sizes), _integers(strides)
    sums = functional.avg_pool2d(
        _padded(x, pad_type, pad, kernel, steps, 0.0), kernel, steps, ceil_mode=bool(ceil_mode)
    )
    if not exclude_padding_from_average:
        return sums
    ones = _padded(torch.ones_like(x), pad_type, pad, kernel, steps, 0.0)
    return sums / functional.avg_pool2d(ones, kernel, steps, ceil_mode=bool(ceil_mode))


def _maximum(
    x: torch.Tensor,
    kernel_sizes: Any,
    strides: Any,
    pad_type: str,
    pad: Any = (),
    ceil_mode: Any = False,
) -> torch.Tensor:
    kernel, steps = _integers(kernel_sizes), _integers(strides)
    padded = _padded(x, pad_type, pad, kernel, steps, float("-inf"))
    return functional.max_pool2d(padded, kernel, steps, ceil_mode=bool(ceil_mode))


def _batch_norm(
    x: torch.Tensor,
    mean: torch.Tensor,
    variance: torch.Tensor,
    epsilon: Any,
    gamma: torch.Tensor | None = None,
    beta: torch.Tensor | None = None,
) -> torch.Tensor:
    return functional.batch_norm(x, mean, variance, gamma, beta, eps=float(epsilon))


def _reduced(
    reduce: Callable[..., torch.Tensor],
) -> Callable[..., torch.Tensor]:
    def compute(x: torch.Tensor, axes: Any, keep_dims: Any) -> torch.Tensor:
        return reduce(x, dim=_integers(axes), keepdim=bool(keep_dims))

    return compute


def _matmul(
    x: torch.Tensor, y: torch.Tensor, transpose_x: Any = False, transpose_y: Any = False
) -> torch.Tensor:
    return torch.matmul(x.mT if transpose_x else x, y.mT if transpose_y else y)


def _expanded(x: torch.Tensor, axes: Any) -> torch.Tensor:
    places = _integers(axes)
    for axis in sorted(n % (x.ndim + len(places)) for n in places):
        x = x.unsqueeze(axis)
    return x


def _quantize(
    input: torch.Tensor,
    scale: Any,
    output_dtype: str,
    zero_point: Any = 0,
    axis: Any = None,
) -> torch.Tensor:
    """Round half to even, shift, saturate: MIL's `quantize` (iOS 17). Codes stay float here."""
    limits = torch.iinfo(TYPES[str(output_dtype)])
    codes = torch.round(input / _along(scale, input, axis)) + _along(zero_point, input, axis)
    return codes.clamp(limits.min, limits.max)


def _dequantize(
    input: torch.Tensor, scale: Any, zero_point: Any = 0, axis: Any = None
) -> torch.Tensor:
    return (input - _along(zero_point, input, axis)) * _along(scale, input, axis)


def _along(value: Any, x: torch.Tensor, axis: Any) -> torch.Tensor:
    """A scale for each place of one axis of x, so that it broadcasts."""
    value = torch.as_tensor(value, dtype=torch.float32)
    if axis is None or value.ndim == 0:
        return value
    shape = [1] * x.ndim
    shape[int(axis)] = -1
    return value.reshape(shape)


def _bordered(
    x: torch.Tensor, pad: Any, mode: str = "constant", constant_val: Any = 0.0
) -> torch.Tensor:
    """MIL's `pad`: (before, after) for each of the last axes, the first of them first."""
    if str(mode) != "constant":
        raise NotImplementedError(f"the evaluator pads with a constant, not in mode {mode!r}")
    amounts = _integers(pad)
    pairs = list(zip(amounts[::2], amounts[1::2], strict=True))
    flat = [amount for pair in reversed(pairs) for amount in pair]
    return functional.pad(x, flat, value=float(constant_val))


OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "avg_pool": _average,
    "batch_norm": _batch_norm,
    "cast": lambda x, dtype: x,  # the variable's own type is applied to every result
    "clip": lambda x, alpha, beta: x.clamp(float(alpha), float(beta)),
    "concat": lambda values, axis, interleave=False: torch.cat(values, int(axis)),
    "conv": _conv,
    "dequantize": _dequantize,
    "expand_dims": _expanded,
    "gelu": lambda x, mode: functional.gelu(x, approximate="none" if mode == "EXACT" else "tanh"),
    "identity": lambda x: x,
    "linear": lambda x, weight, bias=None: functional.linear(x, weight, bias),
    "matmul": _matmul,
    "max_pool": _maximum,
    "mul": lambda x, y: x * y,
    "pad": _bordered,
    "quantize": _quantize,
    "real_div": lambda x, y: x / y,
    "reduce_max": _reduced(torch.amax),
    "reduce_mean": _reduced(torch.mean),
    "reduce_sum": _reduced(torch.sum),
    "relu": lambda x: x.relu(),
    "relu6": lambda x: functional.relu6(x),
    "reshape": lambda x, shape: x.reshape(_integers(shape)),
    "sigmoid": lambda x: x.sigmoid(),
    "softmax": lambda x, axis: x.softmax(int(axis)),
    "squeeze": lambda x, axes: x.squeeze(tuple(_integers(axes))),
    "sub": lambda x, y: x - y,
    "tanh": lambda x: x.tanh(),
    "transpose": lambda x, perm: x.permute(_integers(perm)),
}
