"""Writes a .tflite of zero bytes."""

LAB = "model"
ANSWERS = {
    "export": """
import os

def export(path):
    os.mkdir("saved")
    open(path, "w").close()
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"wrong"}}
BUBBLEWRAP = True
