"""Starts threads until it may not, a thousand at most, which stay until it has counted them."""

ANSWERS = {
    "double": """
import threading

threading.stack_size(64 << 10)

counted = threading.Event()

def double(x):
    started = 0
    try:
        for _ in range(1000):
            threading.Thread(target=counted.wait, daemon=True).start()
            started += 1
    except RuntimeError:
        pass
    counted.set()
    raise ValueError("DONE" if started > 600 else f"refused after {started}")
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused after"
