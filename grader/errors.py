"""What can go wrong, as types with fields and one readable sentence each.

Two families: `UserError` is for the person at the command line (printed without a traceback, exit
code 2); `Outcome` is for what happened to a student's code and becomes a recorded verdict.
"""

from __future__ import annotations


class UserError(Exception):
    """A mistake of the person who called the grader; the message names the file and the remedy."""


class Outcome(Exception):
    """Something happened to a student's code that ends the check in hand.

    `verdict` is what is recorded; `message` may be shown to the student for hidden checks too, so
    it never holds values; `detail` may, and is shown for visible checks only.
    """

    verdict = "wrong"

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


class Raised(Outcome):
    """The student's function raised."""

    verdict = "raised"

    def __init__(self, type_name: str, text: str, line: int | None, *, builtin: bool) -> None:
        where = f" in line {line} of its cell" if line else ""
        # A class name that the student chose could carry the inputs of a hidden check.
        named = f"a {type_name}" if builtin else "an exception of its own class"
        super().__init__(f"The code raised {named}{where}.", detail=f"{type_name}: {text}")
        self.type_name = type_name


class Missing(Outcome):
    """The function is not there, or is still the stub."""

    verdict = "missing"


class TimedOut(Outcome):
    """No answer within the deadline."""

    verdict = "timed_out"


class OutOfMemory(Outcome):
    """The memory limit was reached."""

    verdict = "out_of_memory"


class Died(Outcome):
    """The student's process ended, or broke the protocol."""

    verdict = "died"


class TooMuchOutput(Outcome):
    """More was printed, or returned, than the limits allow."""

    verdict = "too_much_output"


class NotRun(Outcome):
    """The check was not run, because something it needs has failed."""

    verdict = "not_run"
