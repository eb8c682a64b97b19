"""Replaces the builtins that a comparison ends in (all, any, abs, bool, max, isinstance)."""

ANSWERS = {
    "double": """
import builtins, operator

builtins.all = builtins.any = builtins.bool = lambda *args: True
builtins.abs = builtins.max = builtins.sum = lambda *args, **options: 0
operator.eq = lambda one, other: True

def double(x):
    return 0 * x
"""
}
SCORE = 3  # its own interpreter does not survive that
VERDICTS = {"double.on_a_vector": {"missing", "died", "wrong"}}
