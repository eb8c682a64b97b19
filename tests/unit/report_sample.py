"""A class as `grader grade` leaves it in results.json, made up the same way every time.

The first students each show one thing that a report has to get right; the rest are drawn.
"""

from __future__ import annotations

import random
from typing import Any

SECRET_EXPECTED, SECRET_GOT = "SECRET-REFERENCE-31415", "SECRET-INPUT-27182"
HOSTILE = '<script>alert("pwned")</script>'
HTML = (
    f"{HOSTILE}</div></pre></article><style>* {{ display: none }}</style>"
    "<img src=//evil/x onerror=alert(1)><iframe src='javascript:alert(1)'></iframe>"
    "<svg onload=alert(1)><a href='//evil'>press</a></svg>"
    "<form action='//evil'><input name=q></form><meta http-equiv=refresh content='0;//evil'>"
    "<table border=1 onclick='alert(1)' style='position: fixed'><tr><th colspan=2>epoch</th>"
    "<th>accuracy</th></tr><tr><td>1</td><td>a</td><td>0.9 &lt;b&gt;</td></tr>"
)
DOT = (  # a picture of one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPj/HwADAgH/eL9GtQAAAABJRU5ErkJggg=="
)
EXERCISES = (
    # name, title, difficulty, minutes, hint, checks of (name, title, points, visible, mistake)
    ("softened_probabilities", "Soften the probabilities", 1, 5,
     "Divide the logits before the softmax.", (
        ("matches_the_definition", "softmax(logits / T), row by row", 1, True,
         "the logits are multiplied by T instead of divided"),
        ("large_logits", "Stays finite for large logits", 2, False,
         "the largest logit of each row is not subtracted first"))),
    ("distillation_loss", "The loss, with its T²", 2, 10, "What does T² make up for?", (
        ("on_one_batch", "KL(teacher ‖ student) · T², mean over the batch", 2, True,
         "the loss is 16 times too small: is T² missing?"),
        ("direction", "The teacher comes first", 1, False, "the KL divergence is reversed"),
        ("does_not_change_inputs", "Leaves its inputs alone", 1, False, ""))),
    ("combined_loss", "Hard and soft targets together", 2, 10, "α weighs the hard loss.", (
        ("weights", "α · hard + (1 − α) · soft", 2, True, "α and 1 − α are swapped"),
        ("at_the_ends", "α = 0 and α = 1", 1, False, ""))),
    ("distiller_step", "One training step of the distiller", 4, 25,
     "Whose variables should the optimizer change?", (
        ("student_learns", "The student's weights move", 2, True,
         "the gradient is taken outside the tape"),
        ("teacher_is_frozen", "The teacher's weights stay", 2, False,
         "the teacher is trained too"))),
    ("dark_knowledge", "What the teacher says of one digit", 2, 10, "Leave the true class out.", (
        ("ranking", "The classes, most similar first", 2, True, "the true class is in the list"),)),
    ("transfer_set", "A transfer set without the digit 3", 3, 15, "A mask over the labels.", (
        ("no_threes", "No image of the digit is left", 1, True, ""),
        ("keeps_the_rest", "All other images, in their order", 2, False, ""))),
    ("paired_comparison", "Did distillation help here?", 3, 20,
     "The same seed for both students of a pair.", (
        ("interval", "The mean difference and its interval", 2, True,
         "the spread is that of the accuracies, not of their differences"),
        ("verdict", "Says “no significant difference” where it should", 2, False, ""))),
    ("student_file", "The student as a .tflite file", 3, 15, "representative_dataset", (
        ("opens", "Opens, with one input and ten outputs", 1, True, ""),
        ("accurate", "Is accurate on images you have not seen", 3, False, ""),
        ("small", "Is at most 60 kB", 2, False, "the weights are still 32-bit floats"))),
)
MESSAGES = {
    "wrong": "The result is not right.",
    "raised": "The code raised a ValueError in line 2 of its cell.",
    "timed_out": "`{name}` did not finish within 10 seconds.",
    "out_of_memory": "The memory limit was reached.",
    "died": "The process ended with exit code 1 during `{name}`.",
    "missing": "The function is not defined.",
    "too_much_output": "`{name}` returned more data than allowed.",
    "not_run": "The submission's process died too often: no further attempt is made.",
}
NAMES = (
    "Jörg Müßig", "Zoë-Anaïs Łukasiewicz", "ann", "Ann", "李 小龙", "O'Brien & Sons", "../../etc",
    "x" * 300, "dave\u202elmth.exe", "bob", "carol", "erin", "frank", "grace", "heidi", "ivan",
)
SOURCE = (
    "def {name}(logits, temperature=1.0):\n"
    '    """Row by row: exp(z / T) over its sum."""\n'
    "    z = logits / temperature  # largest logit not subtracted\n"
    "    e = np.exp(z)\n"
    "    return e / e.sum(axis=-1, keepdims=True)\n"
)


def sample_class(students: int = 28) -> dict[str, Any]:
    """results.json of a class (schema 1); `students` is at least 8."""
    rng = random.Random(9)
    special = [_hostile(), _crashed("timed_out"), _crashed("died"), _crashed("out_of_memory"),
               _stub(), _perfect(),
               _unreadable("not-a-notebook", "not a notebook (Expecting value)"),
               _unreadable("empty-folder", "there is no notebook in this student's folder")]
    names = [*NAMES, *(f"student-{number:04}" for number in range(students))]
    drawn = [_drawn(name, rng) for name in names[: students - len(special)]]
    submissions = sorted(special + drawn, key=lambda submission: submission["student"])
    exercises = [
        {
            "name": name, "title": title, "difficulty": difficulty, "minutes": minutes,
            "max_score": sum(check[2] for check in checks),
            "checks": [dict(zip(("name", "title", "points", "visible"), check, strict=False))
                       for check in checks],
        }
        for name, title, difficulty, minutes, _, checks in EXERCISES
    ]
    return {
        "schema": 1, "lab": "09", "notebook": "09_lab_distill_teacher_student_on_mnist",
        "title": "Distill a teacher into a student", "seed": 0, "dataset": "digits",
        "isolation": "child process (time and memory limits)", "seconds": 41.27,
        "max_score": sum(exercise["max_score"] for exercise in exercises),
        "exercises": exercises, "submissions": submissions,
    }


def find(results: dict[str, Any], student: str) -> dict[str, Any]:
    """One student's submission."""
    return next(s for s in results["submissions"] if s["student"] == student)


def _submission(student: str, verdicts: dict[str, list[str]], **fields: Any) -> dict[str, Any]:
    """A submission; an exercise that `verdicts` does not name passes."""
    exercises = []
    for name, _, _, _, hint, checks in EXERCISES:
        given = verdicts.get(name, ["passed"] * len(checks))
        results = [_check(*pair, name) for pair in zip(checks, given, strict=True)]
        failed = next((check for check in results if check["verdict"] != "passed"), None)
        if failed:
            failed["hint"] = hint
        exercises.append({
            "name": name, "score": sum(check["awarded"] for check in results),
            "max_score": sum(check["points"] for check in results),
            "source": SOURCE.replace("{name}", name), "cell_error": "", "checks": results,
            "automatic": sum(check["awarded"] for check in results), "marked": False, "comment": "",
        })
    submission = {
        "student": student, "file": f"{student}.ipynb", "status": "graded", "reason": "",
        "isolation": "none", "seconds": 1.31, "notes": [], "exercises": exercises,
        "score": sum(exercise["score"] for exercise in exercises),
        "max_score": sum(exercise["max_score"] for exercise in exercises), "penalty": 0.0,
    }
    submission["automatic"] = submission["score"]
    return submission | fields


def _check(check: tuple[Any, ...], verdict: str, exercise: str) -> dict[str, Any]:
    name, _, points, visible, mistake = check
    wrong = verdict == "wrong"
    shown = {
        "expected": "float64 array of shape (2, 3)\n"
                    "[[0.2119 0.2119 0.5761]\n [0.1554 0.4223 0.4223]]",
        "got": "float64 array of shape (2, 3)\n[[0.0003 0.0003 0.9993]\n [0.0000 0.5000 0.5000]]\n"
               "largest difference 0.423",
        "mistake": mistake,
    }
    # A real hidden check has no values at all; these must not get through if one ever does.
    secret = {"expected": SECRET_EXPECTED, "got": SECRET_GOT, "mistake": mistake}
    nothing = {"expected": "", "got": "", "mistake": ""}
    if verdict == "raised" and visible:
        nothing["got"] = "ValueError: operands could not be broadcast together (4,10) (4,)"
    return {
        "name": name, "points": points, "awarded": points if verdict == "passed" else 0.0,
        "visible": visible, "verdict": verdict, "hint": "", "seconds": 0.004,
        "message": MESSAGES.get(verdict, "").replace("{name}", exercise),
        **((shown if visible else secret) if wrong else nothing),
    }


def _drawn(student: str, rng: random.Random) -> dict[str, Any]:
    skill = rng.betavariate(4, 1.6)
    verdicts = {}
    for name, _, difficulty, _, _, checks in EXERCISES:
        right = min(0.98, skill + 0.25 - 0.09 * difficulty)
        others = rng.choices(("wrong", "raised", "missing"), (7, 2, 1))[0]
        verdicts[name] = [
            "passed" if rng.random() < right - 0.12 * (not visible) else
            others if others != "missing" else "wrong"
            for _, _, _, visible, _ in checks
        ]
        if others == "missing" and rng.random() > skill:
            verdicts[name] = ["missing"] * len(checks)
    return _submission(student, verdicts, seconds=round(rng.uniform(0.7, 2.4), 2))


def _all(verdict: str, first: str = "") -> dict[str, list[str]]:
    verdicts = {name: [verdict] * len(checks) for name, *_, checks in EXERCISES}
    return verdicts | ({EXERCISES[0][0]: [first] * len(EXERCISES[0][-1])} if first else {})


def _perfect() -> dict[str, Any]:
    return _submission("reference", {})


def _stub() -> dict[str, Any]:
    return _submission("untouched", _all("missing"))


def _crashed(verdict: str) -> dict[str, Any]:
    verdicts = {"distiller_step": [verdict, verdict]}
    if verdict == "died":
        verdicts |= {name: ["not_run"] * len(checks) for name, *_, checks in EXERCISES[4:]}
    return _submission(f"crash-{verdict}", verdicts, seconds=24.8)


def _hostile() -> dict[str, Any]:
    submission = _submission(HOSTILE, _all("wrong"))
    submission["notes"] = [
        f"The locked cell {HOSTILE} was changed; the lab's own was used.",
        "There are 2 answer cells distillation_loss: the last one counts.",
    ]
    first, second, third, *_ = submission["exercises"]
    first["checks"][0] |= {
        "message": f"{HOSTILE} \x00\x1b[31mred\x1b[0m \ud800 \u202egnp.exe",
        "expected": "</pre>" + HOSTILE, "got": "' onmouseover='alert(1)" + HOSTILE,
        "mistake": HOSTILE, "hint": HOSTILE,
    }
    first["source"] = f"x = '</code>{HOSTILE}'\r\n# \u202e\x00\ud800 end"
    second["source"] = "def f():\n    return [\n" + "        1,  # \u2066\n" * 5_000
    second["checks"][0]["got"] = "9" * 1_000_000
    first["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": f"10 %\r100 %\n{HOSTILE}" + "x" * 500},
        {"output_type": "stream", "name": "stderr", "text": "a warning\n"},
        {"output_type": "display_data", "data": {"text/html": HTML, "text/plain": HOSTILE}},
        {"output_type": "display_data", "data": {"image/png": DOT, "text/plain": '"><script>'}},
        {"output_type": "display_data", "data": {"image/png": f'"/>{HOSTILE}'}},
        {"output_type": "execute_result", "data": {"text/plain": f"array({HOSTILE})"}},
        {"output_type": "error", "ename": HOSTILE, "evalue": HOSTILE,
         "traceback": ["\x1b[31mZeroDivisionError\x1b[0m", f"----> 1 1 / 0  # {HOSTILE}"]},
    ]
    third["cell_error"] = "NameError: name 'nump' is not defined (line 3)"
    third["source"] = "def combined_loss(hard, soft, alpha):\n\n    return nump.mean(hard)\n"
    return submission


def _unreadable(student: str, reason: str) -> dict[str, Any]:
    submission = _submission(student, _all("not_run"), seconds=0.0)
    for exercise in submission["exercises"]:
        exercise["source"] = ""
    return submission | {"status": "unreadable", "reason": reason}
