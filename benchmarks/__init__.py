"""How fast the grader is, next to others: `python -m benchmarks`, figures in RESULTS.md."""

import grader  # noqa: F401 - first, as in the command: it makes importing nbformat cheap
