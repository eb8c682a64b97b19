"""Returns an object with the methods of a torch tensor that give something always equal."""

ANSWERS = {
    "double": """
class Anything(float):
    ndim = 0
    shape = ()
    def __eq__(self, other): return True
    def item(self): return self

class Tensor:
    dtype = type("dtype", (), {"itemsize": 4})
    def detach(self): return self
    def cpu(self): return self
    def numpy(self): return Anything(1)
    def __array__(self, *args, **options): return self

def double(x):
    return Tensor()
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"wrong", "raised"}}
