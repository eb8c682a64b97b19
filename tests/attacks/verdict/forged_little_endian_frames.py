"""Frames its replies with other lengths: little-endian, four bytes, none, too short, too long."""

ANSWERS = {
    "double": """
import gc, socket, struct
import msgpack

(channel,) = [one for one in gc.get_objects() if isinstance(one, socket.socket)]
document = msgpack.packb({"id": 4, "ok": True, "value": True})
framings = [
    struct.pack("<Q", len(document)) + document,
    struct.pack(">I", len(document)) + document,
    struct.pack(">Q", 3) + document,
    struct.pack(">Q", 0) * 3 + document,
]

def double(x):
    import os, random
    channel.sendall(framings[random.randrange(len(framings))])
    os._exit(0)
"""
}
SCORE = 3
VERDICTS = {
    "double.on_a_vector": {"died", "too_much_output"},
    "double.leaves_its_input_alone": {"died", "too_much_output"},
}
