"""What a .tflite file holds, read by LiteRT."""

from __future__ import annotations

from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

FAULTS = ()


def read(content: bytes, images: np.ndarray | None) -> dict[str, Any]:
    """The fields of `grader.judge.TFLiteReport`; `images` (n, h, w, c) are run one by one."""
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
