"""Sends arrays whose announced shape or type does not fit their bytes, negative sizes too."""

ANSWERS = {
    "double": """
import numpy as np
from grader import wire
import msgpack

shapes = [[5], [2**39, 2**39], [-1], [1.5], "5", {"0": 5}, [True] * 40]
turn = iter(range(10**6))

def pack(array):
    head = msgpack.packb(["<f8", shapes[next(turn) % len(shapes)]])
    return msgpack.ExtType(wire.ARRAY, wire.HEADER.pack(len(head)) + head + bytes(3))

wire._pack_array = pack

def double(x):
    return np.zeros(5)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"died"}, "double.leaves_its_input_alone": {"died"}}
