"""The handle that a check gets: the student's functions, data for inputs, and files to judge.

Two targets stand behind it with the same results: the notebook's own kernel, where `check("…")`
answers at once, and the student's process when a class is graded.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from grader import wire
from grader.errors import Missing, Outcome, OutOfMemory, Raised
from grader.expect import Wrong

if TYPE_CHECKING:
    from grader.judge import ONNXReport, SafetensorsReport, TFLiteReport
    from grader.supervisor import Supervisor
    from shared.data import Dataset, Split


class Target(Protocol):
    """Where a student's functions live."""

    def call(self, name: str, args: Sequence[Any], kwargs: dict[str, Any], inputs: bool) -> Any:
        """The plain value of a call, or an `Outcome`."""

    def read_file(self, name: str) -> bytes:
        """A file that the student's code wrote."""


class Resources:
    """Data that is the lab's own, loaded once for a class."""

    def __init__(self, dataset: str = "auto") -> None:
        self.name = dataset

    @functools.cached_property
    def dataset(self) -> Dataset:
        """The four splits that notebooks see."""
        from shared import data

        return data.load(self.name)

    @functools.cached_property
    def unseen(self) -> Split:
        """Images that no notebook loads."""
        from shared import data

        return data.load_unseen(self.dataset.name)


class Lab:
    """`lab.some_function(…)` calls the student's function of that name.

    `rng` draws inputs: fixed for visible checks, new for each submission for hidden ones.
    """

    def __init__(self, target: Target, rng: np.random.Generator, resources: Resources) -> None:
        self._target = target
        self._resources = resources
        self.rng = rng

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return functools.partial(self.call, name)

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """The plain value of `name(*args, **kwargs)`."""
        return self._target.call(name, args, kwargs, False)

    def call_with_inputs(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
        """The value, and the positional arguments as the function left them."""
        value, after = self._target.call(name, args, kwargs, True)
        return value, after

    def raises(self, name: str, *args: Any, **kwargs: Any) -> str | None:
        """The name of the exception that a call raises, None where it returns."""
        try:
            self._target.call(name, args, kwargs, False)
        except Raised as outcome:
            return outcome.type_name
        return None

    @property
    def dataset(self) -> Dataset:
        """The lab's data: train, calibration, validation, test."""
        return self._resources.dataset

    @property
    def unseen(self) -> Split:
        """Images that no notebook loads."""
        return self._resources.unseen

    def file(self, name: str) -> bytes:
        """The content of a file that the student's code wrote."""
        return self._target.read_file(name)

    def judge_tflite(self, name: str, images: np.ndarray | None = None) -> TFLiteReport:
        """What a judge process finds in a .tflite file, with its outputs for `images`."""
        from grader.judge import judge_tflite

        return judge_tflite(self.file(name), images)

    def judge_onnx(self, name: str, images: np.ndarray | None = None) -> ONNXReport:
        """What a judge process finds in an .onnx file, with its results for `images`."""
        from grader.judge import judge_onnx

        return judge_onnx(self.file(name), images)

    def judge_safetensors(self, name: str) -> SafetensorsReport:
        """What a judge process finds in a .safetensors file."""
        from grader.judge import judge_safetensors

        return judge_safetensors(self.file(name))


class KernelTarget:
    """The learner's own kernel: calls go through the same encoding as in grading."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace

    def call(self, name: str, args: Sequence[Any], kwargs: dict[str, Any], inputs: bool) -> Any:
        """As `Supervisor.call`, without a deadline: the learner can interrupt the kernel."""
        function = self._namespace.get(name)
        if function is None:
            raise Missing(f"There is no `{name}` yet: run its cell first.")
        arguments, keywords = wire.decode(wire.encode([list(args), kwargs]))
        try:
            value = wire.decode(wire.encode(function(*arguments, **keywords)))
        except wire.NotPlain as error:
            raise Wrong("The function does not return plain data.", got=str(error)) from error
        except NotImplementedError as error:
            raise Missing("Not answered yet: the stub is still there.") from error
        except MemoryError as error:
            raise OutOfMemory("The memory limit was reached.") from error
        except Outcome:
            raise
        except Exception as error:
            raise Raised(type(error).__name__, str(error), None, builtin=True) from error
        return [value, arguments] if inputs else value

    def read_file(self, name: str) -> bytes:
        """A file in the folder of the notebook's `run` (`shared.results.Run`)."""
        try:
            return (self._namespace["run"].folder / name).read_bytes()
        except (KeyError, OSError) as error:
            raise Missing(f"The file {name} is not there yet: run the cells above.") from error


class ProcessTarget:
    """A student's process behind its supervisor; `seconds` is the deadline of each call."""

    def __init__(self, supervisor: Supervisor, seconds: float) -> None:
        self._supervisor = supervisor
        self._seconds = seconds

    def call(self, name: str, args: Sequence[Any], kwargs: dict[str, Any], inputs: bool) -> Any:
        """As `Supervisor.call`."""
        return self._supervisor.call(name, args, kwargs, seconds=self._seconds, inputs=inputs)

    def read_file(self, name: str) -> bytes:
        """A file in the process's working folder."""
        return self._supervisor.read_file(name)
