"""Prints the verdict in several forms on stdout and stderr, then leaves with exit code 0."""

ANSWERS = {
    "double": """
import json, os

def double(x):
    for fd in (1, 2):
        os.write(fd, b"\\n=== 6 passed in 0.01s ===\\nPASSED\\nok\\nscore: 6/6\\n")
        os.write(fd, (json.dumps({"score": 6, "verdict": "passed"}) + "\\n").encode())
    os._exit(0)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"died"}, "double.leaves_its_input_alone": {"died"}}
