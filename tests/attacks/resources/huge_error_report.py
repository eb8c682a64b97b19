"""Reports an error with a megabyte of text in it, which would stand in every result and page."""

ANSWERS = {
    "double": """
from grader import wire

honest = wire.encode

def encode(reply):
    if reply.get("ok") is False:
        reply["text"] = reply["type"] = "long" * 100_000
    return honest(reply)

wire.encode = encode

def double(x):
    raise ValueError
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}


def assert_unharmed(world, outcome):
    assert len(outcome.told) < 10_000
