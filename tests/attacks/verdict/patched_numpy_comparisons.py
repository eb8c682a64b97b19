"""Replaces numpy's comparisons by ones that are always true; the answer itself is nothing."""

ANSWERS = {
    "double": """
import numpy as np

for name in ("allclose", "array_equal", "array_equiv", "isclose", "isfinite", "equal"):
    setattr(np, name, lambda *args, **options: True)
for name in ("assert_allclose", "assert_array_equal", "assert_equal"):
    setattr(np.testing, name, lambda *args, **options: None)

def double(x):
    return None
"""
}
SCORE = 5  # the input does stay as it is, and the other exercise is right
VERDICTS = {"double.on_a_vector": {"wrong"}}
