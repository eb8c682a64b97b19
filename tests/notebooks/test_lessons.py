"""Do the lessons run, come out as expected, read well, and ask questions that can be answered?"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader import notebooks
from grader.labs import ROOT
from grader.questions import Choice, Lesson, LessonQuestions, Number, find_lesson
from grader.questions.cells import where_recorded
from shared.results import compare, load_expected
from tests.conftest import data_folder
from tests.notebooks.expectations import expected_files
from tests.notebooks.test_runs import results_in, run

LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
QUESTIONS_AT_LEAST = 6


def of(paths: list[Path]) -> Any:
    """Parametrize over lessons; what runs one of them stays on one worker."""
    params = [
        pytest.param(path, marks=pytest.mark.xdist_group(f"lesson-{path.stem[:2]}"))
        for path in paths
    ]
    return pytest.mark.parametrize("lesson", params, ids=lambda path: path.stem[:2])


@dataclass(frozen=True)
class Finished:
    """A run that came to its end: the lesson's notebook, the data set's name, its results."""

    lesson: Path
    dataset: str
    results: dict

    @property
    def figures(self) -> dict[str, Any]:
        return {key: row["value"] for key, row in self.results["figures"].items()}


@pytest.fixture(scope="module")
def offline_run(request, tmp_path_factory) -> Finished:
    """The quick profile, by papermill, without data sets or a network."""
    lesson, folder = request.param, tmp_path_factory.mktemp("offline")
    offline = {"COURSE_OFFLINE": "1", "COURSE_DATA": "", "COURSE_CACHE": str(folder / "cache")}
    run(["grader", "run", lesson, "--out", folder / "run"], folder, **offline)
    (dataset,) = expected_files(lesson).keys() & {"digits", "offline"}
    return Finished(lesson, dataset, results_in(folder))


@pytest.fixture(scope="module")
def real_run(request, tmp_path_factory) -> Finished:
    """The committed notebook on the real data, by nbval, which compares the exact cells."""
    if data_folder() is None:
        pytest.skip("the real data sets are not here: set COURSE_DATA to their folder")
    lesson, folder = request.param, tmp_path_factory.mktemp("real")
    command = ["pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    run([*command, lesson], folder, COURSE_DATA=str(data_folder()))
    (dataset,) = expected_files(lesson).keys() - {"digits", "offline"}
    return Finished(lesson, dataset, results_in(folder))


def runs(name: str) -> Any:
    """Parametrize a fixture that runs a lesson over all of them."""
    params = [
        pytest.param(path, marks=pytest.mark.xdist_group(f"lesson-{path.stem[:2]}-{name}"))
        for path in LESSONS
    ]
    return pytest.mark.parametrize(name, params, indirect=True, ids=lambda path: path.stem[:2])


@pytest.mark.notebooks
@runs("offline_run")
def test_does_the_quick_profile_come_out_on_the_offline_data(offline_run):
    check_figures(offline_run)


@pytest.mark.notebooks
@runs("offline_run")
def test_do_the_questions_fit_a_run_on_the_offline_data(offline_run):
    check_questions(offline_run)


@pytest.mark.notebooks
@runs("real_run")
def test_does_the_committed_notebook_come_out_again_on_the_real_data(real_run):
    check_figures(real_run)


@pytest.mark.notebooks
@runs("real_run")
def test_do_the_questions_fit_a_run_on_the_real_data(real_run):
    check_questions(real_run)


def check_figures(finished: Finished) -> None:
    """The profile, and every figure that something is expected of."""
    assert finished.results["profile"] == "quick"
    expected = load_expected(expected_files(finished.lesson)[finished.dataset])
    assert compare(finished.results, expected) == []


def check_questions(finished: Finished) -> None:
    """Every right answer is taken; every listed wrong one is explained and is another."""
    questions = find_lesson(finished.lesson.stem[:2])
    check = LessonQuestions(questions, finished.figures)
    for question in questions:
        if isinstance(question, Choice):
            for letter in question.options:
                verdict = question.judge(letter, finished.figures)
                assert verdict.right == (letter == question.right), question.name
                assert verdict.explanation.strip(), question.name
            continue
        right = question(finished.figures)
        assert check(question.name, right).passed, question.name
        assert not check(question.name, right + 2 * reach(question, right)).passed, question.name
        for sentence, mistake in question.mistakes:
            answered = check(question.name, mistake(finished.figures))
            assert not answered.passed, f"{question.name}: {sentence}"
            assert said(sentence) in answered.verdict.explanation, question.name


def said(sentence: str) -> str:
    """The part of a sentence that stands before its first figure."""
    return sentence.partition("{")[0]


def reach(question: Number, right: float) -> float:
    """How far from the right answer an answer is still taken; 1 where it must be exact."""
    return question.atol + question.rtol * abs(right) or 1.0


@of(LESSONS)
def test_has_a_lesson_questions_enough_and_each_in_one_place(lesson):
    """A cell `check("01.q3")` with no answer in it, and a question for each cell."""
    questions = find_lesson(lesson.stem[:2])
    assert questions.notebook == lesson.stem
    assert len(questions.questions) >= QUESTIONS_AT_LEAST
    cells = [cell for cell in notebooks.read(lesson).cells if cell.cell_type == "code"]
    asked = [
        name
        for cell in cells
        for name in re.findall(r"^check\(\"([^\"]+)\"\)$", cell.source, re.MULTILINE)
    ]
    assert sorted(asked) == sorted(f"{questions.id}.{name}" for name in questions.by_name)
    answered = [cell.source for cell in cells if re.search(r"^check\([^)]*,", cell.source, re.M)]
    assert answered == [], "the committed notebook leaves the answers to the learner"


@of(LESSONS)
def test_is_every_figure_that_a_question_uses_recorded_by_a_cell(lesson):
    """Is a learner who asks too early told which cell to run?"""
    for key in figures_used(find_lesson(lesson.stem[:2]), results_of(lesson)):
        assert "first" in where_recorded(lesson, key), key


def results_of(lesson: Path) -> dict[str, Any]:
    """The figures that are expected of a run, by key: enough to see which ones are asked for."""
    files = expected_files(lesson).values()
    return {key: one.value for path in files for key, one in load_expected(path).figures.items()}


class Asked(dict):
    """A mapping that gives 1 for a figure it lacks, and remembers the keys."""

    def __init__(self, figures: dict[str, Any]) -> None:
        super().__init__(figures)
        self.keys_asked: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.keys_asked.add(key)
        return self.get(key, 1.0)


def figures_used(questions: Lesson, figures: dict[str, Any]) -> set[str]:
    """The keys that the questions' functions ask for."""
    asked = Asked(figures)
    for question in questions:
        if isinstance(question, Number):
            for function in (question, *(function for _, function in question.mistakes)):
                try:
                    function(asked)
                except (ArithmeticError, LookupError, TypeError):
                    continue  # one of the missing figures is a list: its key has been asked for
    return asked.keys_asked


@of(LESSONS)
def test_does_a_lesson_say_what_it_needs_and_end_with_what_was_learned(lesson):
    """Objectives, minutes and prerequisites; the paper table; a list whose links lead somewhere."""
    cells = notebooks.read(lesson).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert re.search(r"minutes", "\n".join(texts[:3]))
    assert re.search(r"Before this|Prerequisite", "\n".join(texts[:3]))
    assert any("paper_table(" in cell.source for cell in cells if cell.cell_type == "code")
    prose = "\n".join(texts)
    links = re.findall(r"\]\(#([^)]+)\)", prose)
    assert len(links) >= 5, "the self-assessment links to the cells that show each item"
    titles = re.findall(r"^#+ +(.+?)\s*$", prose, re.MULTILINE)
    anchors = set(re.findall(r"<a id=\"([^\"]+)\"", prose)) | {t.replace(" ", "-") for t in titles}
    assert [link for link in links if link not in anchors] == []


@of(LESSONS)
def test_is_a_committed_lesson_free_of_what_changes_from_run_to_run(lesson):
    text = lesson.read_text(encoding="utf-8")
    assert len(text) < 1_500_000
    notebook = nbformat.reads(text, as_version=4)
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    assert any("parameters" in cell.metadata.get("tags", []) for cell in notebook.cells)
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags"}
        assert not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]+)?", cell.id), cell.source[:80]
        assert "data:image" not in cell.source
        outputs = json.dumps(cell.get("outputs", []))
        assert "tqdm" not in outputs and '"output_type": "error"' not in outputs
        assert "/root/" not in outputs and "/home/" not in outputs
    assert any(cell.get("outputs") for cell in notebook.cells), "committed lessons are executed"


@of(LESSONS)
def test_are_a_lessons_cells_short_enough_to_read(lesson):
    for cell in notebooks.read(lesson).cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 25, cell.source[:200]
            assert max(map(len, cell.source.splitlines()), default=0) <= 100, cell.source[:200]
