"""Writes a pickle under the name of a safetensors file."""

from tests.attacks.artifacts import pickle

LAB = "safetensors"
ANSWERS = pickle.ANSWERS
arrange, assert_unharmed = pickle.arrange, pickle.assert_unharmed
SCORE = 3
VERDICTS = {"export.the_weights_are_even": {"wrong"}}
