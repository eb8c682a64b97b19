"""Replaces the encoder of answers in its own process, so that True is sent for every call."""

ANSWERS = {
    "double": """
from grader import wire

honest = wire.encode

def encode(reply):
    return honest({"id": reply["id"], "ok": True, "value": True, "verdict": "passed"})

wire.encode = encode

def double(x):
    return None
""",
    "total": "def total(x):\n    return 0\n\ndef save_total(path):\n    pass",
}
SCORE = 0
VERDICTS = {
    "double.on_a_vector": {"wrong"},
    "double.leaves_its_input_alone": {"died"},
    "total.of_a_matrix": {"wrong"},
}
BUBBLEWRAP = True
