"""Puts a named pipe in the place of its file, from which a reader would wait for ever."""

LAB = "model"
ANSWERS = {
    "export": """
import os

def export(path):
    os.mkdir("saved")
    try:
        os.mkfifo(path)
    except OSError:
        os.mknod(path, 0o10600)
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"raised"}}
