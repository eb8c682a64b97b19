"""Returns an object that is equal to everything."""

ANSWERS = {
    "double": """
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __bool__(self): return True
    def __float__(self): return 0.0
    def __len__(self): return 5
    def __getitem__(self, index): return self
    def __sub__(self, other): return self
    __abs__ = __le__ = __lt__ = __ge__ = __gt__ = lambda self, *other: True
    __hash__ = object.__hash__

def double(x):
    return Equal()
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"wrong"}}
