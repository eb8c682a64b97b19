"""Asks for thirty gigabytes."""

ANSWERS = {
    "double": "import numpy as np\n\ndef double(x):\n    return np.ones(30 << 27)",
    "total": "def total(x):\n    return bytearray(30 << 30)\n\ndef save_total(path):\n    pass",
}
SCORE = 0
VERDICTS = {"double.on_a_vector": {"out_of_memory"}, "total.of_a_matrix": {"out_of_memory"}}
BUBBLEWRAP = True
