"""Returns an array over memory that is not its own, by a forged `__array_interface__`."""

ANSWERS = {
    "double": """
import numpy as np

class Elsewhere:
    __array_interface__ = {"shape": (10**9,), "typestr": "<f8", "data": (4096, True), "version": 3}

    def __array__(self, *args, **options):
        return np.asarray(Elsewhere.__array_interface__ and Bare())

class Bare:
    __array_interface__ = Elsewhere.__array_interface__

def double(x):
    return Elsewhere()
"""
}
SCORE = 3
VERDICTS = {
    "double.on_a_vector": {"died", "out_of_memory", "too_much_output"},
    "double.leaves_its_input_alone": {"died", "out_of_memory", "too_much_output"},
}
