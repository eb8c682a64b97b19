"""Grade a class on several machines: the jobs go out over Dask, the results come back here.

Each worker grades one submission at a time and thread, with the same isolation as here, from its
own copy of the course; the one gradebook stays with the one supervisor that asked. What is sent is
a submission and an `Order`; what comes back is JSON. A worker whose copy of the course, packages or
data differs grades nothing: its grades would not be those of the other machines.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import json
import logging
import queue
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.errors import UserError
from grader.grade import Job, grade_submission, make_job
from grader.isolation import choose
from grader.labs import LabFiles
from grader.submissions import Submission

if TYPE_CHECKING:
    from distributed import Client, Future

AHEAD = 3  # submissions out for each thread of the workers: the scheduler holds no whole class
CONNECT_SECONDS = 15.0
MAX_GONE = 3  # times that a result may vanish on its way
WORKER_SECONDS = 30.0  # without any worker, until it is given up
LOOK_SECONDS = 2.0  # between two looks at whether there are workers
_making = threading.Lock()


@dataclass(frozen=True)
class Order:
    """What a worker makes its `Job` from, and the hashes that prove it to be the same job."""

    files: LabFiles
    isolation: str
    seed: int
    dataset: str
    hidden: bool
    engine: str
    hashes: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, job: Job, files: LabFiles) -> Order:
        """The order that leads to `job` on another machine. Raises UserError for unsafe ones."""
        if job.isolation.name == "none":
            raise UserError(
                "Without isolation student code could talk to the scheduler, and through it to "
                "all its machines: --scheduler does not go with --isolation none."
            )
        return cls(
            files,
            job.isolation.name,
            job.seed,
            job.resources.dataset.name,
            job.hidden,
            job.engine,
            tuple(sorted(job.hashes().items())),
        )


@functools.cache
def _job(order: Order) -> Job:
    """The worker's own job. Raises UserError where it would not be the same one."""
    job = make_job(
        order.files,
        choose(order.isolation),
        seed=order.seed,
        dataset=order.dataset,
        hidden=order.hidden,
        engine=order.engine,
    )
    own = job.hashes()
    if differing := [name for name, value in order.hashes if own[name] != value]:
        raise UserError(f"it differs from here in: {', '.join(differing)}")
    return job


def grade_for(order: Order, submission: Submission) -> bytes:
    """On a worker: the result of one submission as JSON, or {"refused": why, "worker": address}."""
    try:
        with _making:  # once, though a worker has several threads
            job = _job(order)
    except UserError as error:
        from distributed import get_worker

        return json.dumps({"refused": str(error), "worker": get_worker().address}).encode()
    return json.dumps(grade_submission(submission, job)).encode()


def grade(
    found: Sequence[Submission], job: Job, files: LabFiles, scheduler: str
) -> Iterator[dict[str, Any]]:
    """Each submission's result, exactly once, as they come.

    A worker that dies is no fault of the submission: Dask gives what it had to another one, and
    what four of them died over is graded here. Raises UserError where the scheduler cannot be
    reached or is lost, and where there is no worker for half a minute.
    """
    order = Order.of(job, files)
    if found:
        with _connect(scheduler) as client:
            yield from _Class(client, scheduler, found, job, order).results()


def _connect(scheduler: str) -> Client:
    from distributed import Client

    logging.getLogger("distributed").setLevel(logging.ERROR)
    try:
        return Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UserError(
            f"There is no Dask scheduler at {scheduler} ({error}). Remedy: dask scheduler on one "
            "machine, and dask worker on each that is to grade (README, Past one machine)."
        ) from error


class _Class:
    """The submissions of one grading, and which of them are out."""

    def __init__(
        self,
        client: Client,
        scheduler: str,
        found: Sequence[Submission],
        job: Job,
        order: Order,
    ) -> None:
        self._client = client
        self._scheduler = scheduler
        self._waiting = collections.deque(found)
        self._job = job
        self._order = order
        self._out: dict[Future, Submission] = {}
        self._done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._refused: dict[str, str] = {}
        self._gone: collections.Counter[str] = collections.Counter()
        self._threads = 0
        self._looked = 0.0
        self._seen = time.monotonic()  # when there was a worker last

    def results(self) -> Iterator[dict[str, Any]]:
        """As `grade`."""
        try:
            while self._waiting or self._out:
                self._look()
                self._send()
                try:
                    future = self._done.get(timeout=LOOK_SECONDS)
                except queue.Empty:
                    continue
                result = self._result(future, self._out.pop(future))
                if result is not None:
                    yield result
        except OSError as error:
            raise self._stop(f"was lost ({error})") from error
        finally:
            with contextlib.suppress(OSError):
                self._client.cancel(list(self._out))

    def _look(self) -> None:
        """Count the workers, now and then."""
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return
        workers = self._client.nthreads()
        # Nothing is sent while one is there that would refuse it.
        self._threads = 0 if self._refused.keys() & workers else sum(workers.values())
        self._looked = time.monotonic()
        if self._threads:
            self._seen = self._looked
        elif self._looked - self._seen > WORKER_SECONDS:
            raise self._stop("has no workers that can grade")

    def _send(self) -> None:
        """Put submissions out, as many as the workers can soon begin."""
        while self._waiting and len(self._out) < AHEAD * self._threads:
            submission = self._waiting.popleft()
            future = self._client.submit(grade_for, self._order, submission, pure=False)
            self._out[future] = submission
            future.add_done_callback(self._done.put)

    def _result(self, future: Future, submission: Submission) -> dict[str, Any] | None:
        """The result; None where the submission goes out once more."""
        from distributed import KilledWorker

        if future.status in ("cancelled", "lost"):
            # A result can go with the worker that held it; with the scheduler all of them go.
            self._gone[submission.student] += 1
            if self._client.status != "running" or self._gone[submission.student] > MAX_GONE:
                raise self._stop("was lost")
            self._waiting.appendleft(submission)
            return None
        if future.status == "error":
            error = future.exception()
            if isinstance(error, KilledWorker):
                return grade_submission(submission, self._job)
            raise self._stop(f"has machines that cannot grade ({type(error).__name__}: {error})")
        answer = json.loads(future.result())
        if "refused" not in answer:
            return answer
        self._waiting.appendleft(submission)
        worker, why = answer["worker"], answer["refused"]
        if worker not in self._refused:
            self._refused[worker] = why
            print(f"grader: the worker {worker} is sent away: {why}", file=sys.stderr)
        future.release()  # a worker that holds a result cannot be sent away
        self._client.retire_workers([worker])
        self._looked = 0.0
        return None

    def _stop(self, reason: str) -> UserError:
        sent_away = "; ".join(f"{worker}: {why}" for worker, why in self._refused.items())
        return UserError(
            f"The Dask scheduler at {self._scheduler} {reason}. "
            + (f"Sent away were {sent_away}. " if sent_away else "")
            + "What was graded is kept; the same command goes on from there."
        )
