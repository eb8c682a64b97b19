"""Writes a safetensors file whose header claims to be longer than any memory."""

from safetensors.numpy import save

from tests.attacks.model_lab import TWICE_EACH, writing

LAB = "safetensors"
CONTENT = (1 << 62).to_bytes(8, "little") + save({"weight": TWICE_EACH})[8:]
ANSWERS = {"export": writing(CONTENT)}
SCORE = 3
VERDICTS = {"export.the_weights_are_even": {"wrong"}}
