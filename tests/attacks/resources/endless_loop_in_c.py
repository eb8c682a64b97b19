"""Never returns, in C with the interpreter's lock held: a regular expression that backtracks."""

ANSWERS = {
    "total": """
import re, signal

def save_total(path):
    open(path, "w").write("done")

def total(x):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    return bool(re.match(r"(a|a|aa)+$", "a" * 100 + "b"))
"""
}
SCORE = 3
VERDICTS = {"total.of_a_matrix": {"timed_out"}}
