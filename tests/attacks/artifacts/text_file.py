"""Writes text into a file that is called a .tflite."""

LAB = "model"
ANSWERS = {
    "export": """
import os

def export(path):
    os.mkdir("saved")
    open(path, "w").write("accuracy: 1.0; PASSED")
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"wrong"}}
