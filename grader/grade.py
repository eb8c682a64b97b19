"""Grade a class: every submission gets a result, whatever arrives."""

from __future__ import annotations

import dataclasses
import functools
import gc
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from grader import (
    engines,
    fingerprint,
    lateness,
    notebooks,
    outputs,
    report,
    submissions,
    totals,
)
from grader.assemble import Assembly, assemble
from grader.checking import CheckResult, generator, outcome_of, run_check
from grader.errors import NotRun, Outcome, Raised, UserError
from grader.gradebook import Gradebook
from grader.isolation import Isolation, choose
from grader.lab import Lab, ProcessTarget, Resources
from grader.labs import LabFiles, find_lab
from grader.process import Limits
from grader.rubric import Exercise, Rubric
from grader.submissions import Submission
from grader.supervisor import Supervisor

Grading = Callable[[Sequence[Submission]], Iterator[dict[str, Any]]]


@dataclass(frozen=True)
class Job:
    """What all submissions of a class are graded with."""

    rubric: Rubric
    lab: NotebookNode
    resources: Resources
    isolation: Isolation
    seed: int = 0
    hidden: bool = True
    limits: Limits | None = None
    engine: str = "warm"  # of `engines.ENGINES`: no grade depends on it

    def hashes(self) -> dict[str, str]:
        """What a grade depends on besides the submission: equal hashes, equal grade."""
        options = {
            "seed": self.seed,
            "dataset": self.resources.dataset.name,
            "isolation": self.isolation.name,
            "limits": str(self.limits),
        }
        return {
            "lab": fingerprint.combine(self.lab),
            "rubric": fingerprint.of_rubric(self.rubric.lab),
            "environment": fingerprint.of_environment(),
            "options": fingerprint.combine(options),
        }


def main(
    path: Path,
    *,
    lab: str,
    out: Path,
    jobs: int = 1,
    seed: int = 0,
    dataset: str = "auto",
    isolation: str = "auto",
    engine: str = "warm",
    regrade: bool = False,
    policy: Path | None = None,
    scheduler: str | None = None,
) -> int:
    """Grade the submissions in `path` into the gradebook in `out`, and write its files.

    What is graded already and has not changed is left alone, unless `regrade`. Marks that people
    gave stay in any case. With a `scheduler` of Dask's its workers grade, instead of `jobs` threads
    here. Returns 0 where every submission got a verdict, 1 where some could not
    be read.
    """
    files = find_lab(lab)
    found = submissions.find(path, files.name)
    if policy is not None:
        lateness.read(policy)  # a mistake in it is told before an hour of grading
    walls = choose(isolation)
    with Gradebook(out) as book:
        book.claim(files.number)
        job = make_job(files, walls, seed=seed, dataset=dataset, engine=engine)
        report.prepare()  # now, while the zygote imports its libraries
        gc.freeze()  # what is loaded stays: it is not looked through again for each student
        if policy is not None:
            book.keep("policy", policy.read_text(encoding="utf-8"))
        times = {one.student: lateness.submitted_at(path, one.file) for one in found}
        elsewhere = _cluster(scheduler, job, files) if scheduler else None
        grade_class(
            found, job, book, jobs=jobs, regrade=regrade, submitted=times, elsewhere=elsewhere
        )
        results = totals.of_class(book)
        outputs.write(results, out)
        return 1 if outputs.summarize(results, out) else 0


def grade_class(
    found: Sequence[Submission],
    job: Job,
    book: Gradebook,
    *,
    jobs: int = 1,
    regrade: bool = False,
    submitted: Mapping[str, datetime | None] | None = None,
    elsewhere: Grading | None = None,
) -> None:
    """Grade what is new or changed, and keep each result as soon as it is there.

    `elsewhere` grades instead of `jobs` threads of this process.
    """
    from grader.progress import shown

    book.keep("graded_with", describe(job))
    common = job.hashes()

    def hashes(one: Submission) -> dict[str, str]:
        return common | {"submission": one.sha256}

    def fingerprinted(one: Submission) -> str:
        return fingerprint.combine(hashes(one) | {"problem": one.problem})

    todo = [one for one in found if regrade or not book.is_graded(one.student, fingerprinted(one))]
    # What took long the last time begins first, so that no core waits for it at the end.
    before = book.seconds()
    todo.sort(key=lambda one: -before.get(one.student, 0.0))
    by_student = {one.student: one for one in todo}
    if len(todo) < len(found):
        print(f"{len(found) - len(todo)} submissions are graded already and have not changed.")
    grading = elsewhere or functools.partial(_grade_here, job=job, jobs=jobs)
    for result in shown(grading(todo), len(todo)):
        one = by_student[result["student"]]
        moment = (submitted or {}).get(one.student)
        result["submitted"] = moment.isoformat() if moment else ""
        book.record(result, fingerprinted(one), hashes(one))


def make_job(
    files: LabFiles,
    isolation: Isolation,
    *,
    seed: int = 0,
    dataset: str = "auto",
    hidden: bool = True,
    engine: str = "warm",
) -> Job:
    """Load what a class is graded with. Raises UserError where the lab was never released."""
    if not files.lab.exists():
        raise UserError(f"{files.lab} is missing. Remedy: grader release {files.number}")
    rubric = files.rubric()
    engines.choose(engine, isolation, rubric.stack).prepare()
    resources = Resources(rubric.dataset(dataset))
    resources.dataset, resources.unseen  # noqa: B018 - loaded here, before any thread asks
    lab = notebooks.read(files.lab)
    return Job(rubric, lab, resources, isolation, seed, hidden, engine=engine)


def describe(job: Job) -> dict[str, Any]:
    """What all grades of the class have in common, as it stands in results.json."""
    rubric = job.rubric
    return {
        "lab": rubric.lab,
        "notebook": rubric.notebook,
        "title": rubric.title,
        "seed": job.seed,
        "dataset": job.resources.dataset.name,
        "isolation": job.isolation.description,
        "max_score": rubric.points,
        "exercises": [
            {
                "name": exercise.name,
                "title": exercise.title,
                "difficulty": exercise.difficulty,
                "minutes": exercise.minutes,
                "max_score": exercise.points,
                "checks": [
                    {
                        "name": check.name,
                        "title": check.title,
                        "points": check.points,
                        "visible": check.visible,
                    }
                    for check in exercise.checks
                ],
            }
            for exercise in rubric.exercises
        ],
    }


def _cluster(scheduler: str, job: Job, files: LabFiles) -> Grading:
    from grader import distributed

    return functools.partial(distributed.grade, job=job, files=files, scheduler=scheduler)


def _grade_here(found: Sequence[Submission], job: Job, jobs: int) -> Iterator[dict[str, Any]]:
    """Each thread takes the next submission when it has finished one; no result is kept."""
    waiting = iter(found)
    pool = ThreadPoolExecutor(max_workers=jobs)
    try:
        # Some more than are graded at a time, so that nobody waits for the gradebook.
        running = {pool.submit(grade_submission, one, job) for one in islice(waiting, 2 * jobs)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for one in islice(waiting, len(done)):
                running.add(pool.submit(grade_submission, one, job))
            while done:
                yield done.pop().result()
    finally:
        # After an interrupt or a full disk: what runs comes to its end, the rest is not begun.
        pool.shutdown(cancel_futures=True)


def grade_submission(submission: Submission, job: Job) -> dict[str, Any]:
    """The result of one submission, as it stands in results.json; it never raises."""
    try:
        return _grade(submission, job)
    except Exception as error:  # noqa: BLE001 - a fault of ours must not cost the class its grades
        traceback.print_exc()
        problem = f"the grader failed on it ({type(error).__name__}: {error}); please report this"
        return _grade(dataclasses.replace(submission, problem=problem), job)


def _grade(submission: Submission, job: Job) -> dict[str, Any]:
    began = time.monotonic()
    result: dict[str, Any] = {
        "student": submission.student,
        "file": submission.file,
        "status": "graded",
        "reason": "",
        "max_score": job.rubric.points,
        "isolation": job.isolation.name,
        "notes": list(submission.notes),
    }
    try:
        notebook, notes = submission.read()
        assembly = assemble(job.lab, notebook)
    except ValueError as error:
        result |= {"status": "unreadable", "reason": str(error)}
        exercises = _unreadable(job.rubric)
    else:
        result["notes"] += notes + assembly.notes
        exercises = _run_exercises(assembly, job, submission.sha256)
        if assembly.left_out and _lacks_a_name(exercises):
            result["notes"].append(assembly.left_out)
    result["exercises"] = exercises
    result["score"] = sum(exercise["score"] for exercise in exercises)
    result["seconds"] = round(time.monotonic() - began, 2)
    return result


def _lacks_a_name(exercises: list[dict[str, Any]]) -> bool:
    errors = [exercise["cell_error"] for exercise in exercises]
    messages = [check["message"] for exercise in exercises for check in exercise["checks"]]
    return any("NameError" in text for text in errors + messages)


def _unreadable(rubric: Rubric) -> list[dict[str, Any]]:
    blocked = NotRun("The notebook could not be read.")
    return [
        _exercise_result(exercise, [_skip(check, blocked) for check in exercise.checks])
        for exercise in rubric.exercises
    ]


def _run_exercises(assembly: Assembly, job: Job, sha256: str) -> list[dict[str, Any]]:
    engine = engines.choose(job.engine, job.isolation, job.rubric.stack)
    with Supervisor(assembly.cells, job.isolation, job.limits, engine) as supervisor:
        try:
            supervisor.start()
        except Outcome:
            pass  # each check's own call says so
        return [
            _run_exercise(exercise, supervisor, assembly, job, sha256)
            for exercise in job.rubric.exercises
        ]


def _run_exercise(
    exercise: Exercise, supervisor: Supervisor, assembly: Assembly, job: Job, sha256: str
) -> dict[str, Any]:
    blocked = None
    if exercise.preparation and job.hidden:
        target = ProcessTarget(supervisor, exercise.preparation_seconds)
        rng = generator(f"{exercise.name}.prepare", f"{job.seed}\n{sha256}")
        blocked = outcome_of(exercise.preparation, Lab(target, rng, job.resources))
    results = []
    for check in exercise.checks:
        if not (check.visible or job.hidden):
            continue
        # The learner saw the visible checks with fixed inputs; hidden ones are drawn afresh.
        seed = "visible" if check.visible else f"{job.seed}\n{sha256}"
        target = ProcessTarget(supervisor, check.seconds)
        result = run_check(check, target, job.resources, seed, blocked)
        results.append(result)
    error = supervisor.cell_errors.get(exercise.name)
    cell_error = _explain(error) if error else ""
    if cell_error:
        results = [
            replace(r, message=f"The answer cell failed: {cell_error}")
            if r.verdict == "missing"
            else r
            for r in results
        ]
    return _exercise_result(
        exercise,
        results,
        source=assembly.answer(exercise.name),
        cell_error=cell_error,
        outputs=supervisor.cell_outputs.get(exercise.name, []),
    )


def _explain(outcome: Outcome) -> str:
    return outcome.detail if isinstance(outcome, Raised) and outcome.detail else outcome.message


def _skip(check: Any, blocked: Outcome) -> CheckResult:
    return CheckResult(
        check.name, check.points, 0.0, check.visible, blocked.verdict, blocked.message
    )


def _exercise_result(
    exercise: Exercise,
    checks: list[CheckResult],
    *,
    source: str = "",
    cell_error: str = "",
    outputs: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    return {
        "name": exercise.name,
        "score": sum(check.awarded for check in checks),
        "max_score": exercise.points,
        "source": source,
        "cell_error": cell_error,
        "outputs": list(outputs),
        "checks": [dataclasses.asdict(check) for check in _with_hints(exercise, checks)],
    }


def _with_hints(exercise: Exercise, checks: list[CheckResult]) -> list[CheckResult]:
    """The exercise's first hint on its first failed check: one nudge, not the answer."""
    first = next((i for i, check in enumerate(checks) if check.verdict != "passed"), None)
    if first is not None and exercise.hints:
        checks[first] = replace(checks[first], hint=exercise.hints[0])
    return checks
