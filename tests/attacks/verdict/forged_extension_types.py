"""Sends msgpack's own extension types (a timestamp) and unknown ones in place of plain data."""

ANSWERS = {
    "double": """
import msgpack
from grader import wire

values = [msgpack.Timestamp(5), msgpack.ExtType(77, b"passed"), {b"key": 1}, 2**64 - 1]
turn = iter(range(10**6))

def encode(reply):
    if reply.get("value") == "forge":
        reply["value"] = values[next(turn) % len(values)]
    if isinstance(reply.get("value"), list) and reply["value"][0] == "forge":
        reply["value"] = [values[next(turn) % len(values)], [msgpack.Timestamp(1)]]
    return msgpack.packb(reply)

wire.encode = encode

def double(x):
    return "forge"
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"died"}, "double.leaves_its_input_alone": {"died"}}
