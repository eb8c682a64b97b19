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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grader import wire
from grader.errors import TimedOut
from grader.expect import Wrong
from grader.isolation import strongest

MEMORY = 4 << 30  # bytes of address space
SECONDS = 60.0
REPLY = 64 << 20  # bytes


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


def judge_tflite(content: bytes, images: np.ndarray | None = None) -> TFLiteReport:
    """Read a .tflite file, and run it on `images` (n, h, w, c) one by one.

    Raises `Wrong` where the file cannot be opened or run, `TimedOut` after `SECONDS`.
    """
    answer = _ask({"content": content, "images": images})
    if "error" in answer:
        raise Wrong("The file is not a TFLite model that the judge can run.", got=answer["error"])
    return TFLiteReport(
        bytes=len(content),
        input_shape=tuple(answer["input_shape"]),
        input_dtype=answer["input_dtype"],
        output_shape=tuple(answer["output_shape"]),
        output_dtype=answer["output_dtype"],
        operators=tuple(answer["operators"]),
        outputs=answer["outputs"],
    )


def _ask(question: dict[str, Any]) -> dict[str, Any]:
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
            wire.send(mine, wire.encode(question), SECONDS)
            return wire.decode(wire.receive(mine, SECONDS, REPLY))
        except TimeoutError:
            raise TimedOut(f"Running the file took more than {SECONDS:g} seconds.") from None
        except wire.Closed:
            return {"error": "the reader of the file crashed"}
        finally:
            process.kill()
            process.wait()
