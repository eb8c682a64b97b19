"""Writes more bytes than the grader reads back."""

LAB = "model"
ANSWERS = {
    "export": """
import os

def export(path):
    os.mkdir("saved")
    open(path, "wb").write(bytes(900 << 10))
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"too_much_output"}}
LIMITS = {"artifact": 512 << 10}
