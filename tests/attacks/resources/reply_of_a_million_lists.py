"""Sends a million empty lists in a megabyte, which take sixty times that in memory."""

ANSWERS = {
    "double": """
import struct
from grader import wire

honest = wire.encode

def encode(reply):
    if reply.get("value") == "many":
        before = honest(reply | {"value": 0})[:-1]
        return before + b"\\xdd" + struct.pack(">I", 1_048_000) + b"\\x90" * 1_048_000
    return honest(reply)

wire.encode = encode

def double(x):
    return "many"
"""
}
SCORE = 5
VERDICTS = {"double.on_a_vector": {"wrong", "died"}}
