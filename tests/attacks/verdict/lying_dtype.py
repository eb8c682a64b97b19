"""Returns an array of objects that says its dtype is float64."""

ANSWERS = {
    "double": """
import numpy as np

class Equal:
    def __eq__(self, other): return True

class Lying(np.ndarray):
    dtype = np.dtype("float64")

def double(x):
    array = np.empty(x.shape, object)
    array[:] = [Equal() for _ in x]
    return array.view(Lying)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"wrong"}}
