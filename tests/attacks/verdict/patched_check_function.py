"""Replaces the notebook's `check` and the module that it comes from."""

ANSWERS = {
    "double": """
import sys, types

class Passed:
    points = score = awarded = 100
    verdict = "passed"
    passed = True

def check(*names):
    return Passed()

fake = types.ModuleType("grader.check")
fake.checks_for = lambda *args: check
fake.CheckResult = Passed
sys.modules["grader.check"] = fake
get_ipython().user_ns["check"] = get_ipython().user_global_ns["check"] = check

def double(x):
    return check()
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"wrong"}, "double.leaves_its_input_alone": {"wrong"}}
