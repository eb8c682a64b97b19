"""Opens files that students' code made, in a process of its own, and reports what is in them.

A model file is data that a parser written in C++ reads, so the parser does not run in the
supervisor: the judge (`grader.judge_child`) gets the file's bytes, is locked down as a student's
process is, and answers with plain data. What is right or wrong about that is decided by the check.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from grader import wire
from grader.errors import TimedOut
from grader.expect import Wrong
from grader.isolation import strongest

MEMORY = 4 << 30  # bytes of address space
START_SECONDS = SECONDS = 60.0
LARGEST = 32 << 20  # bytes of a file
REPLY = 64 << 20  # bytes
Report = TypeVar("Report")


@dataclass(frozen=True)
class TFLiteReport:
    """What a .tflite file holds. Shapes include the batch axis."""

    bytes: int
    input_shape: tuple[int, ...]
    input_dtype: str
    output_shape: tuple[int, ...]
    output_dtype: str
    operators: tuple[str, ...]
    outputs: np.ndarray | None  # (images, *output_shape[1:]), where images were given


@dataclass(frozen=True)
class ONNXLayer:
    """A Conv, Gemm or MatMul in one of its forms, and how its numbers are stored in the file."""

    name: str
    op: str  # "Conv", "QLinearConv", "ConvInteger", … as in the graph
    weight_dtype: str  # of the stored tensor, also behind DequantizeLinear; "" where computed
    weight_shape: tuple[int, ...]
    weight_scales: int  # 1: per tensor, 0: none
    input_dtype: str  # what the activation is quantized to, "float32" where it is not


@dataclass(frozen=True)
class ONNXReport:
    """What an .onnx file holds. None in a shape is a dimension that is not fixed.

    Operators, and the layers among them, are listed in the order of the graph, those inside of a
    node (branches, bodies of loops) after it.
    """

    bytes: int
    opset: int
    operators: tuple[str, ...]
    inputs: tuple[tuple[str, str, tuple[int | None, ...]], ...]  # name, dtype, shape
    outputs: tuple[tuple[str, str, tuple[int | None, ...]], ...]
    initializers: dict[str, tuple[str, tuple[int, ...]]]  # dtype, shape
    layers: tuple[ONNXLayer, ...]
    results: np.ndarray | None  # float32 (images, …): the first output, where images were given


@dataclass(frozen=True)
class SafetensorsReport:
    """What a .safetensors file holds."""

    bytes: int
    compressed_bytes: int  # of the whole file by zlib, level 9
    tensors: dict[str, np.ndarray]
    metadata: dict[str, str]


def judge_tflite(content: bytes, images: np.ndarray | None = None) -> TFLiteReport:
    """Read a .tflite file, and run it on `images` (n, h, w, c) one by one.

    Raises `Wrong` where the file cannot be opened or run, `TimedOut` after `SECONDS`.
    """
    return _report("tflite", "a TFLite model", content, images, _tflite)


def judge_onnx(content: bytes, images: np.ndarray | None = None) -> ONNXReport:
    """Read an .onnx file, and run it on `images` float32 (n, …) with ONNX Runtime.

    At most 100 images at a time, or as many as its batch is fixed to. Raises `Wrong` where the file
    cannot be opened or run, and where it needs anything outside itself: other files, operators that
    ONNX Runtime does not bring. Raises `TimedOut` after `SECONDS`.
    """
    return _report("onnx", "an ONNX model", content, images, _onnx)


def judge_safetensors(content: bytes) -> SafetensorsReport:
    """Read the tensors of a .safetensors file; types that numpy lacks are refused.

    Raises `Wrong` where the file cannot be opened, `TimedOut` after `SECONDS`.
    """
    return _report("safetensors", "a safetensors file", content, None, _safetensors)


def _tflite(answer: dict[str, Any], size: int) -> TFLiteReport:
    return TFLiteReport(
        bytes=size,
        input_shape=tuple(answer["input_shape"]),
        input_dtype=answer["input_dtype"],
        output_shape=tuple(answer["output_shape"]),
        output_dtype=answer["output_dtype"],
        operators=tuple(answer["operators"]),
        outputs=answer["outputs"],
    )


def _onnx(answer: dict[str, Any], size: int) -> ONNXReport:
    described = {
        side: tuple((name, dtype, tuple(shape)) for name, dtype, shape in answer[side])
        for side in ("inputs", "outputs")
    }
    layers = (one | {"weight_shape": tuple(one["weight_shape"])} for one in answer["layers"])
    return ONNXReport(
        bytes=size,
        opset=answer["opset"],
        operators=tuple(answer["operators"]),
        **described,
        initializers={
            name: (dtype, tuple(shape)) for name, (dtype, shape) in answer["initializers"].items()
        },
        layers=tuple(ONNXLayer(**one) for one in layers),
        results=answer["results"],
    )


def _safetensors(answer: dict[str, Any], size: int) -> SafetensorsReport:
    return SafetensorsReport(
        bytes=size,
        compressed_bytes=answer["compressed_bytes"],
        tensors={name: values.reshape(shape) for name, shape, values in answer["tensors"]},
        metadata=answer["metadata"],
    )


def _report(
    format_: str,
    what: str,
    content: bytes,
    images: np.ndarray | None,
    read: Callable[[dict[str, Any], int], Report],
) -> Report:
    if len(content) > LARGEST:
        raise Wrong(f"The file is larger than the judge reads ({LARGEST >> 20} MiB).")
    if images is not None:
        images = np.asarray(images, np.float32)
    answer = _ask(format_, {"content": content, "images": images})
    if not (isinstance(answer, dict) and "error" in answer):
        try:
            return read(answer, len(content))
        except (KeyError, TypeError, ValueError, AttributeError):
            # Whoever takes the parser over by a file can answer anything.
            answer = {"error": "the reader of the file answered something else than a report"}
    raise Wrong(f"The file is not {what} that the judge can open.", got=answer["error"])


def _ask(format_: str, question: dict[str, Any]) -> Any:
    mine, theirs = socket.socketpair()
    environment = {"PATH": os.defpath, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with mine, theirs, tempfile.TemporaryDirectory(prefix="judge-") as folder:
        command = strongest().command(
            "grader.judge_child",
            theirs.fileno(),
            folder=Path(folder),
            environment=environment,
            memory=MEMORY,
            file_size=0,
        )
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            env=environment,
        )
        theirs.close()
        try:
            wire.send(mine, wire.encode(format_), START_SECONDS)
            wire.receive(mine, START_SECONDS, REPLY)  # its libraries are imported
            wire.send(mine, wire.encode(question), SECONDS)
            return wire.decode(wire.receive(mine, SECONDS, REPLY))
        except TimeoutError:
            raise TimedOut(f"Running the file took more than {SECONDS:g} seconds.") from None
        except wire.Closed:
            return {"error": "the reader of the file crashed"}
        except ValueError as error:
            return {"error": f"the reader of the file answered too much: {error}"}
        finally:
            process.kill()
            process.wait()
