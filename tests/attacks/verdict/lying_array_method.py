"""Returns an object whose `__array__` answers with something else at each call."""

ANSWERS = {
    "double": """
import numpy as np

class Changing:
    calls = 0
    ndim, shape, dtype = 1, (5,), np.dtype("float64")

    def __array__(self, *args, **options):
        Changing.calls += 1
        return [np.zeros(5), np.array([None] * 5), np.zeros((5, 5))][Changing.calls % 3]

def double(x):
    return Changing()
"""
}
SCORE = 5
VERDICTS = {"double.on_a_vector": {"wrong"}, "double.leaves_its_input_alone": {"passed"}}
