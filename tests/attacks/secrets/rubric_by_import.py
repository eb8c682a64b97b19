"""Imports the checks, the expected values and the scoring, by name and through the loader."""

ANSWERS = {
    "double": """
import importlib, pkgutil

def double(x):
    names = ("grader.rubrics.lab09", "grader.checking", "grader.expect", "grader.supervisor",
             "grader.grade", "tests.unit.toy_lab", "grader.rubric")
    def imports(name):
        return lambda: importlib.import_module(name)
    def data():
        return pkgutil.get_data("grader", "checking.py")
    attempt(data, *(imports(name) for name in names))
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
HARMS_WITHOUT_WALLS = True
