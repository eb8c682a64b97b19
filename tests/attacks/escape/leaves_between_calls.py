"""Ends its process from a thread, some time after the cell and in no call."""

ANSWERS = {
    "total": """
import os, threading, time

def later():
    time.sleep(0.3)
    os._exit(0)

threading.Thread(target=later, daemon=True).start()

def save_total(path):
    time.sleep(1)

def total(x):
    return x.sum()
"""
}
SCORE = 3
VERDICTS = {"total.of_a_matrix": {"died", "not_run"}}
