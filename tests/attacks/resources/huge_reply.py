"""Returns a hundred megabytes."""

ANSWERS = {"double": "import numpy as np\n\ndef double(x):\n    return np.zeros(100 << 17)"}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"too_much_output"}}
