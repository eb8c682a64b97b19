"""Makes a folder in the place of its file."""

LAB = "model"
ANSWERS = {
    "export": """
import os

def export(path):
    os.mkdir("saved")
    os.mkdir(path)
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"missing"}}
