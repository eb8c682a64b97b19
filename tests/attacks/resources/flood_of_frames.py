"""Sends ten thousand replies to each call."""

ANSWERS = {
    "double": """
import gc, socket
from grader import wire

(channel,) = [one for one in gc.get_objects() if isinstance(one, socket.socket)]

def double(x):
    for call in range(10_000):
        wire.send(channel, wire.encode({"id": call, "ok": True, "value": 1}))
    return 2 * x
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"died"}}
