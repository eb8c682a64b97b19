"""Writes no file, and returns the report that a judge would give."""

LAB = "model"
ANSWERS = {
    "export": """
import os

def export(path):
    os.mkdir("saved")
    return {"outputs": [1.0], "bytes": 1, "operators": ["ADD"]}
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"missing"}}
