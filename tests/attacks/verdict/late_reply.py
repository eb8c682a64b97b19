"""Answers after the deadline, and lets a thread answer the call before once more."""

ANSWERS = {
    "total": """
import gc, socket, threading, time
from grader import wire

(channel,) = [one for one in gc.get_objects() if isinstance(one, socket.socket)]

def late(call):
    time.sleep(2.2)
    wire.send(channel, wire.encode({"id": call, "ok": True, "value": 1.0}))

def save_total(path):
    open(path, "w").write("done")

def total(x):
    for call in range(12):
        threading.Thread(target=late, args=(call,), daemon=True).start()
    time.sleep(2.5)
    return x.sum()
"""
}
SCORE = 3
# Where others have the processors, the deadline is moved; then the first forged reply is in time.
VERDICTS = {"total.of_a_matrix": {"timed_out", "died", "wrong"}}
