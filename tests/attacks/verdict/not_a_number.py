"""Returns NaN and infinities, to which comparisons are false in both directions."""

ANSWERS = {
    "double": """
import numpy as np

def double(x):
    return np.array([np.nan, np.inf, -np.inf, np.nan, np.nan])
""",
    "total": "def total(x):\n    return float('nan')\n\ndef save_total(path):\n    pass",
}
SCORE = 2
VERDICTS = {"double.on_a_vector": {"wrong"}, "total.of_a_matrix": {"wrong"}}
