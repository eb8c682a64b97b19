"""Writes a safetensors file with a tensor of 16 bytes that claims to have 2 ** 60 rows."""

import json

from tests.attacks.model_lab import TWICE_EACH, writing

LAB = "safetensors"
ENTRY = {"dtype": "I8", "shape": [2**60, 4], "data_offsets": [0, 16]}
HEADER = json.dumps({"weight": ENTRY}).encode()
CONTENT = len(HEADER).to_bytes(8, "little") + HEADER + TWICE_EACH.tobytes()
ANSWERS = {"export": writing(CONTENT)}
SCORE = 3
VERDICTS = {"export.the_weights_are_even": {"wrong"}}
BUBBLEWRAP = True
