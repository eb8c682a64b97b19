"""Sends a list nested nine hundred levels deep, on which Python's own functions recurse."""

ANSWERS = {
    "double": """
from grader import wire

honest = wire.encode

def encode(reply):
    if reply.get("value") == "nest" or isinstance(reply.get("value"), list):
        before, after = honest(reply | {"value": 0}), bytes([0x91]) * 900 + bytes([0])
        return before[:-1] + after
    return honest(reply)

wire.encode = encode

def double(x):
    return "nest"
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"died"}, "double.leaves_its_input_alone": {"died"}}
