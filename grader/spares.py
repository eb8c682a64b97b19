"""Processes forked ahead of need: while one submission is graded, the next one's waits already.

A fork takes 4 ms, and moving it into its control group 12, in which the kernel waits for all
processors and nobody computes. A spare has heard of no submission: whose it becomes, and which
folder, user and rules are its own, it is told when it is taken.
"""

from __future__ import annotations

import atexit
import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

from grader import cgroup
from grader.nursery import Nursery
from grader.process import Lost, Started


class Spares:
    """Takes forks from a nursery, and keeps as many in stock as are needed side by side.

    Safe to use from several threads.
    """

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._lock = threading.Lock()
        self._stock: list[tuple[int, Started]] = []  # each with the memory that its group may use
        self._begun = False  # with the next one
        # Its thread is waited for when Python ends, and only then the rest is sent away.
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="spares")
        atexit.register(self.end)

    def take(self, memory: int) -> Started:
        """One in stock, or a new one. Raises Unusable or Lost."""
        return self._in_stock(memory) or self._make(memory)

    def replace(self, memory: int) -> None:
        """Begin with the next one, in place of one that was taken and has got its work.

        Nothing happens where one is begun already: what is taken faster than that makes its own.
        """
        with self._lock:
            begun, self._begun = self._begun, True
        if not begun:
            with contextlib.suppress(RuntimeError):  # Python is ending: there is no next one
                self._maker.submit(self._add, memory)

    def end(self) -> None:
        """Send away what is in stock."""
        with self._lock:
            stock, self._stock = self._stock, []
        for _, started in stock:
            with contextlib.suppress(Lost):
                started.end()

    def _in_stock(self, memory: int) -> Started | None:
        while True:
            with self._lock:
                if not self._stock:
                    return None
                its, started = self._stock.pop(0)
            with contextlib.suppress(Lost):  # the zygote has died since, and its forks with it
                if its == memory and started.child.wait(0) is None:
                    return started
            with contextlib.suppress(Lost):
                started.end()

    def _make(self, memory: int) -> Started:
        started = Started.by(self._nursery.fork)
        if started.child.pid:  # else it never was: whoever talks to it finds out
            started.group = cgroup.enclose(started.child.pid, memory)
        return started

    def _add(self, memory: int) -> None:
        try:
            started = self._make(memory)
            with self._lock:
                self._stock.append((memory, started))
        finally:
            self._begun = False
