"""Returns an array subclass whose every operation says that all is well."""

ANSWERS = {
    "double": """
import numpy as np

class Equal(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __array_ufunc__(self, ufunc, method, *inputs, **options): return np.zeros(self.shape)
    def __array_function__(self, function, types, args, kwargs): return True
    def all(self, *args, **options): return True

def double(x):
    return np.zeros(x.shape).view(Equal)
"""
}
SCORE = 5
VERDICTS = {"double.on_a_vector": {"wrong"}}
