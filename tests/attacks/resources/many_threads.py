"""Starts threads until it may not, a thousand at most, which spin for a second."""

ANSWERS = {
    "double": """
import threading, time

threading.stack_size(64 << 10)

def spin():
    until = time.monotonic() + 1
    while time.monotonic() < until:
        time.sleep(0.01)

def double(x):
    started = 0
    try:
        for _ in range(1000):
            threading.Thread(target=spin, daemon=True).start()
            started += 1
    except RuntimeError:
        pass
    raise ValueError("DONE" if started > 600 else f"refused after {started}")
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused after"
