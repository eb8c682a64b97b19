"""Keeps exchanging its file, for a right one, a wrong one and none, while the grader reads it."""

from tests.attacks.model_lab import TWICE

LAB = "model"
ANSWERS = {
    "export": f"""
import os, threading

RIGHT = {TWICE!r}

def exchange(path):
    while True:
        for content in (RIGHT, b"wrong", RIGHT[:100]):
            with open(path, "wb") as file:
                file.write(content)
        with open("other", "wb") as file:
            file.write(RIGHT[::-1])
        os.replace("other", path)

def export(path):
    os.mkdir("saved")
    open(path, "wb").write(b"wrong")
    threading.Thread(target=exchange, args=(path,), daemon=True).start()
"""
}
# Whatever the grader read is what it judged: a right model, once read, is a right answer.
SCORES = {3, 6}
VERDICTS = {"export.the_model_doubles": {"wrong", "missing", "passed"}}
