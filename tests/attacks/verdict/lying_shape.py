"""Returns one number in an array that says its shape is the expected one, by several means."""

ANSWERS = {
    "double": """
import numpy as np

class Lying(np.ndarray):
    shape = (5,)
    size = 5
    ndim = 1

def double(x):
    return np.zeros((1, 1)).view(Lying)
"""
}
SCORE = 5
VERDICTS = {"double.on_a_vector": {"wrong"}}
