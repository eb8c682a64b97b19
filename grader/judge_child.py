"""What runs inside the judge's process: it reads one model file, and tells what it found.

Started by `grader.judge` as `python -m grader.judge_child SOCKET_FD LOCKDOWN`, the latter as JSON.
"""

from __future__ import annotations

import importlib
import json
import socket
import sys

import numpy  # noqa: F401 - not by the reader: its OpenBLAS looks at the machine when it starts

from grader import wire
from grader.lockdown import Lockdown, lock

FAULTS = (ValueError, RuntimeError, MemoryError, IndexError, KeyError, RecursionError)


def main(descriptor: int, rules: Lockdown) -> None:
    """Answer one question: what is in these bytes, and what does the model say to these images?"""
    lock(rules)
    with socket.socket(fileno=descriptor) as channel:
        # Only now, as ONNX Runtime starts a thread when it is imported.
        format_ = wire.decode(wire.receive(channel, None, limit=1 << 10))
        reader = importlib.import_module(f"grader.judges.{format_}")
        wire.send(channel, wire.encode(None))
        question = wire.decode(wire.receive(channel, None, limit=1 << 40))
        try:
            answer = reader.read(question["content"], question["images"])
        except (*FAULTS, *reader.FAULTS) as error:
            answer = {"error": f"{type(error).__name__}: {str(error)[:500]}"}
        wire.send(channel, wire.encode(answer))


if __name__ == "__main__":
    main(int(sys.argv[1]), Lockdown(**json.loads(sys.argv[2])))
