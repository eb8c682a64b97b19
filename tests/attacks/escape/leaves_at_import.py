"""Ends its process with exit code 0 when its cell is run, and by a module that the cell imports."""

ANSWERS = {
    "double": """
import os

open("total_helper.py", "w").write("import os; os._exit(0)")
os._exit(0)
""",
    "total": "import sys\nsys.path.insert(0, '.')\nimport total_helper",
}
SCORE = 0
VERDICTS = {"double.on_a_vector": {"missing"}, "total.of_a_matrix": {"missing"}}
