"""A lab of five small numpy exercises, and a class that hands it in: right, partly right, raising.

The same tasks, answers and tests stand here once; `nbgrader_form`, `otter_form` and `ours_form` put
them into the form of each grader. An exercise has a visible and a hidden test of one point each.
"""

from __future__ import annotations

from dataclasses import dataclass

NUMBER, NAME = "90", "90_five_exercises"  # as a lab of ours
TITLE = "Five exercises with numpy"


@dataclass(frozen=True)
class Task:
    """One exercise: its text, a right answer, wrong ones with their points, and two tests.

    The tests are asserts over the student's function, with `np` and nothing else around them.
    """

    name: str
    text: str
    answer: str
    wrong: tuple[tuple[str, int], ...]
    visible: str
    hidden: str


TASKS = (
    Task(
        name="centered",
        text="Take from each column of `x` (n, k) its mean.",
        answer="def centered(x):\n    return x - x.mean(axis=0)",
        wrong=(
            ("def centered(x):\n    return x - x.mean()", 0),
            ("def centered(x):\n    return x - (x[0] + x[-1]) / 2", 1),
        ),
        visible=(
            "x = np.array([[1.0, 2.0], [3.0, 6.0]])\n"
            "assert np.allclose(centered(x), [[-1, -2], [1, 2]])"
        ),
        hidden=(
            "x = np.random.default_rng(1).normal(size=(50, 4)) * 100\n"
            "assert np.allclose(centered(x), x - np.mean(x, axis=0))"
        ),
    ),
    Task(
        name="distances",
        text="The Euclidean distance of each row of `a` (n, k) to each row of `b` (m, k): (n, m).",
        answer=(
            "def distances(a, b):\n"
            "    return np.sqrt(((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2))"
        ),
        wrong=(
            ("def distances(a, b):\n    return ((a[:, None] - b[None]) ** 2).sum(axis=2)", 0),
            ("def distances(a, b):\n    return np.linalg.norm(a - b, axis=1, keepdims=True)", 1),
        ),
        visible=(
            "a, b = np.zeros((1, 2)), np.array([[3.0, 4.0]])\n"
            "assert np.allclose(distances(a, b), 5)"
        ),
        hidden=(
            "rng = np.random.default_rng(2)\n"
            "a, b = rng.normal(size=(30, 3)), rng.normal(size=(20, 3))\n"
            "expected = [[np.linalg.norm(p - q) for q in b] for p in a]\n"
            "assert np.allclose(distances(a, b), expected)"
        ),
    ),
    Task(
        name="moving_average",
        text="The mean of each `k` neighbours in `x` (n,), where all are there: (n - k + 1,).",
        answer="def moving_average(x, k):\n    return np.convolve(x, np.ones(k) / k, mode='valid')",
        wrong=(
            ("def moving_average(x, k):\n    return np.convolve(x, np.ones(k) / k, 'same')", 0),
            ("def moving_average(x, k):\n    return (x[:-1] + x[1:]) / 2", 1),
        ),
        visible=(
            "x = np.array([1.0, 3.0, 5.0, 9.0])\n"
            "assert np.allclose(moving_average(x, 2), [2, 4, 7])"
        ),
        hidden=(
            "x = np.random.default_rng(3).normal(size=200)\n"
            "expected = [x[i : i + 7].mean() for i in range(194)]\n"
            "assert np.shape(moving_average(x, 7)) == (194,)\n"
            "assert np.allclose(moving_average(x, 7), expected)"
        ),
    ),
    Task(
        name="one_hot",
        text="A row for each of the integers `labels` (n,), with a 1 in its column: (n, classes).",
        answer="def one_hot(labels, classes):\n    return np.eye(classes)[labels]",
        wrong=(
            ("def one_hot(labels, classes):\n    return np.eye(classes)[labels - 1]", 0),
            ("def one_hot(labels, classes):\n    return np.eye(max(labels) + 1)[labels]", 1),
        ),
        visible=(
            "expected = [[0, 0, 1], [1, 0, 0]]\n"
            "assert np.array_equal(one_hot(np.array([2, 0]), 3), expected)"
        ),
        hidden=(
            "labels = np.random.default_rng(4).integers(0, 8, size=40)\n"
            "expected = (labels[:, None] == np.arange(10)).astype(float)\n"
            "assert np.array_equal(one_hot(labels, 10), expected)"
        ),
    ),
    Task(
        name="softmax",
        text="The softmax of each row of `z` (n, k), for any size of its numbers.",
        answer=(
            "def softmax(z):\n"
            "    e = np.exp(z - z.max(axis=1, keepdims=True))\n"
            "    return e / e.sum(axis=1, keepdims=True)"
        ),
        wrong=(
            ("def softmax(z):\n    e = np.exp(z)\n    return e / e.sum()", 0),
            ("def softmax(z):\n    e = np.exp(z)\n    return e / e.sum(axis=1, keepdims=True)", 1),
        ),
        visible=(
            "z = np.log([[1.0, 3.0], [4.0, 4.0]])\n"
            "assert np.allclose(softmax(z), [[0.25, 0.75], [0.5, 0.5]])"
        ),
        hidden=(
            "z = np.random.default_rng(5).normal(size=(20, 5)) * 1000\n"
            "from math import exp\n"
            "rows = [[exp(v - max(r)) for v in r] for r in z.tolist()]\n"
            "assert np.allclose(softmax(z), [[v / sum(r) for v in r] for r in rows])"
        ),
    ),
)
# What a raising answer is, {name} being the exercise's function.
RAISING = (
    "1 / 0",
    "def {name}(*args):\n    return undefined_name",
    "def {name}(*args:\n    return args",
    "def {name}(*args):\n    raise ValueError('not today')",
)
# Of each twenty students eight are right, eight partly right, and four raise; in this order.
KINDS = ("right", "wrong", "right", "wrong", "raise")


@dataclass(frozen=True)
class Student:
    """One member of the class: answers by exercise, and the points that they are worth."""

    name: str
    answers: dict[str, str]
    score: int


def setup_cell(stack: str) -> str:
    """The notebook's first code cell; `stack` is "numpy" or "torch"."""
    return "import numpy as np" + ("\nimport torch" if stack == "torch" else "")


def students(count: int) -> list[Student]:
    """The first `count` of an endless class: always the same, and no two notebooks equal."""
    return [_student(number) for number in range(count)]


def _student(number: int) -> Student:
    import hashlib  # here: our command line loads this module before it begins

    name = f"student{number:05}"
    answers = {task.name: task.answer for task in TASKS}
    points = dict.fromkeys(answers, 2)
    kind = KINDS[number % len(KINDS)]
    digest = hashlib.sha256(name.encode()).digest()
    if kind == "wrong":
        # From one to four exercises.
        for place in {digest[0] % 5, *(i for i in range(4) if digest[1 + i] % 3 == 0)}:
            task = TASKS[place]
            wrong, worth = task.wrong[digest[5 + place] % 2]
            answers[task.name], points[task.name] = wrong, worth
    elif kind == "raise":
        task = TASKS[digest[0] % 5]
        # All four of them among any twenty students.
        source = RAISING[(number // 5) % 4].format(name=task.name)
        answers[task.name], points[task.name] = source, 0
    answers = {task: f"# {name}\n{source}" for task, source in answers.items()}
    return Student(name, answers, sum(points.values()))
