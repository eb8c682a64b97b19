"""Prints without end in a cell."""

ANSWERS = {"double": "import os\nwhile True:\n    os.write(1, bytes(1 << 16))"}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"missing"}}
