"""Sends replies whose fields have other types than a reply's: arrays as id, verdicts as kind."""

ANSWERS = {
    "double": """
import numpy as np
from grader import wire

honest = wire.encode
forged = [
    {"ok": False, "kind": "passed", "type": "passed", "text": "", "line": None},
    {"ok": False, "kind": "verdict", "type": ["passed"], "text": 1},
    {"id": np.arange(3), "ok": True, "value": True},
    {"id": None, "ok": 1, "value": True},
]
turn = iter(range(10**6))

def encode(reply):
    if isinstance(reply.get("value"), list) or reply.get("value") == 7:
        return honest(reply | forged[next(turn) % len(forged)])
    return honest(reply)

wire.encode = encode

def double(x):
    return 7
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}, "double.leaves_its_input_alone": {"raised", "died"}}
