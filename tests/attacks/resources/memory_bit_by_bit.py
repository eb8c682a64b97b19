"""Takes memory in small parts and never gives it back."""

ANSWERS = {
    "double": """
import mmap

kept = []

def double(x):
    while True:
        kept.append(mmap.mmap(-1, 64 << 20))
"""
}
LIMITS = {"memory": 1 << 30}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised", "out_of_memory"}}
