"""What runs inside the judge's process: it reads one model file, and tells what it found.

Started by `grader.judge` as `python -m grader.judge_child SOCKET_FD LOCKDOWN`, the latter as JSON.
"""

from __future__ import annotations

import json
import socket
import sys
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from grader import wire
from grader.lockdown import Lockdown, lock


def main(descriptor: int, rules: Lockdown) -> None:
    """Answer one question: what is in these bytes, and what does the model say to these images?"""
    lock(rules)
    with socket.socket(fileno=descriptor) as channel:
        question = wire.decode(wire.receive(channel, None, limit=1 << 40))
        try:
            answer = _read_tflite(question["content"], question["images"])
        except (ValueError, RuntimeError, MemoryError, IndexError) as error:
            answer = {"error": f"{type(error).__name__}: {str(error)[:500]}"}
        wire.send(channel, wire.encode(answer))


def _read_tflite(content: bytes, images: np.ndarray | None) -> dict[str, Any]:
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    (entry,), (exit_,) = interpreter.get_input_details(), interpreter.get_output_details()
    outputs = None
    if images is not None:
        if tuple(entry["shape"]) != (1, *images.shape[1:]) or entry["dtype"] is not np.float32:
            raise ValueError(f"the input is {entry['dtype'].__name__} {list(entry['shape'])}")
        outputs = np.empty((len(images), *exit_["shape"][1:]), np.float32)
        for row, image in enumerate(images):
            interpreter.set_tensor(entry["index"], image[None])
            interpreter.invoke()
            outputs[row] = interpreter.get_tensor(exit_["index"])[0]
    return {
        "input_shape": [int(n) for n in entry["shape"]],
        "input_dtype": entry["dtype"].__name__,
        "output_shape": [int(n) for n in exit_["shape"]],
        "output_dtype": exit_["dtype"].__name__,
        # The interpreter has no public call that lists the operators.
        "operators": [op["op_name"] for op in interpreter._get_ops_details()],
        "outputs": outputs,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]), Lockdown(**json.loads(sys.argv[2])))
