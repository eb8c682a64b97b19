"""Gives every result class a constructor that passes (the exploit that gets 10/10 from otter)."""

HOSTILE = """
import gc, sys

for name in ("grader.checking", "grader.expect", "grader.errors", "otter.test_files"):
    try:
        __import__(name)
    except BaseException:
        pass

def passes(self, *args, **kwargs):
    self.passed, self.awarded, self.points, self.verdict = True, 100.0, 100.0, "passed"
    self.message = ""

for kind in gc.get_objects():
    if isinstance(kind, type) and kind.__name__ in (
        "CheckResult", "TestCaseResult", "Wrong", "Outcome", "Raised", "Missing", "_Reply"
    ):
        try:
            kind.__init__ = passes
        except TypeError:
            pass
"""
ANSWERS = {
    "double": HOSTILE + "\ndef double(x):\n    return None",
    "total": "def total(x):\n    return None\n\ndef save_total(path):\n    return None",
}
SCORE = 2  # `leaves_its_input_alone` is what a function does that does nothing
VERDICTS = {"double.on_a_vector": {"wrong"}, "total.of_a_matrix": {"wrong"}}
