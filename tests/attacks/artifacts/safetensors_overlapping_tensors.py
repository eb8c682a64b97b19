"""Writes a safetensors file with two tensors over the same bytes."""

import json

from tests.attacks.model_lab import TWICE_EACH, writing

LAB = "safetensors"
ENTRY = {"dtype": "I8", "shape": [4, 4], "data_offsets": [0, 16]}
HEADER = json.dumps({"weight": ENTRY, "other": ENTRY}).encode()
CONTENT = len(HEADER).to_bytes(8, "little") + HEADER + TWICE_EACH.tobytes()
ANSWERS = {"export": writing(CONTENT)}
SCORE = 3
VERDICTS = {"export.the_weights_are_even": {"wrong"}}
