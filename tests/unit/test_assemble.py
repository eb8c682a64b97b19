"""Is a submission graded as the pristine lab with the student's answers, whatever was edited?"""

from __future__ import annotations

import copy

import pytest
from nbformat.v4 import new_code_cell

from grader.answers import definitions, functions, starts_indented
from grader.assemble import assemble
from tests.unit import toy_lab


def sources(assembly):
    return [cell.source for cell in assembly.cells]


def test_are_setup_cells_and_answers_run_and_study_cells_not():
    assembly = assemble(toy_lab.lab(), toy_lab.answered(double="A", total="B"))
    assert sources(assembly) == ["import numpy as np", "A", "B"]
    assert assembly.notes == []


def test_are_edited_deleted_and_moved_locked_cells_taken_from_the_lab():
    submission = toy_lab.answered(double="A", total="B")
    submission.cells[1].source = "import evil as np"
    submission.cells = list(reversed(submission.cells))
    assembly = assemble(toy_lab.lab(), submission)
    assert sources(assembly) == ["import numpy as np", "A", "B"]
    assert any("imports was changed" in note for note in assembly.notes)
    submission.cells = [cell for cell in submission.cells if cell.id in toy_lab.ANSWERS]
    assert sources(assemble(toy_lab.lab(), submission)) == sources(assembly)


def test_are_cells_that_the_student_added_left_out():
    submission = toy_lab.answered(double="A", total="B")
    extra = copy.deepcopy(submission.cells[2])
    extra.update(id="extra", source="import os; os.abort()", metadata={"tags": ["setup"]})
    submission.cells.insert(1, extra)
    assert sources(assemble(toy_lab.lab(), submission)) == ["import numpy as np", "A", "B"]


def found_by(submission):
    """The notes on how answers were found."""
    assembly = assemble(toy_lab.lab(), submission)
    assert sources(assembly) == ["import numpy as np", toy_lab.DOUBLE, toy_lab.TOTAL]
    return "\n".join(assembly.notes)


def answered():
    return toy_lab.answered(double=toy_lab.DOUBLE, total=toy_lab.TOTAL)


def test_is_an_answer_found_by_its_name_without_a_note():
    assert found_by(answered()) == ""


def test_is_an_answer_found_by_its_cell_id_when_metadata_is_lost():
    submission = answered()
    for cell in submission.cells:
        cell.metadata = {}
    assert "The answer double was found by its cell id" in found_by(submission)


def test_is_an_answer_found_by_its_functions_when_the_cell_id_is_lost_too():
    submission = answered()
    for number, cell in enumerate(submission.cells):
        cell.update(metadata={}, id=f"new-{number}")
    assert "total was found in a cell of the student's own" in found_by(submission)


def test_is_an_answer_found_in_the_cell_that_it_was_merged_into():
    submission = toy_lab.answered(double=f"{toy_lab.DOUBLE}\n{toy_lab.TOTAL}")
    submission.cells = [cell for cell in submission.cells if cell.id != "total"]
    assembly = assemble(toy_lab.lab(), submission)
    assert sources(assembly)[1] == sources(assembly)[2]
    assert "The answer total was found in the cell of another answer." in assembly.notes


def test_is_a_cell_of_another_exercise_or_a_locked_one_never_taken_for_an_answer():
    submission = toy_lab.lab()
    submission.cells[1].source = toy_lab.DOUBLE  # the imports
    submission.cells[2].update(source=toy_lab.TOTAL, metadata={})  # the study cell
    assert "NotImplementedError" in assemble(toy_lab.lab(), submission).answer("double")
    assert "NotImplementedError" in assemble(toy_lab.lab(), submission).answer("total")


def test_is_a_missing_answer_a_stub_with_a_note():
    submission = toy_lab.answered(double="A")
    submission.cells = [cell for cell in submission.cells if cell.id != "total"]
    assembly = assemble(toy_lab.lab(), submission)
    assert "NotImplementedError" in assembly.answer("total")
    assert assembly.notes == ["The answer cell total is missing."]


def test_does_the_last_written_copy_of_an_answer_count():
    submission = toy_lab.answered(double="def double(x): 1")
    stub = next(cell for cell in toy_lab.lab().cells if cell.id == "double")
    again = copy.deepcopy(stub)
    again.source = "def double(x): 2"
    submission.cells += [again, stub]
    assembly = assemble(toy_lab.lab(), submission)
    assert assembly.answer("double") == "def double(x): 2"
    assert any("2 answer cells" in note for note in assembly.notes)


def test_do_the_parts_of_a_split_answer_run_one_after_the_other():
    submission = toy_lab.answered(total="TWO = 2")
    (at,) = (i for i, cell in enumerate(submission.cells) if cell.id == "total")
    parts = ["def total(x):", "    return x.sum()", "def save_total(p):\n    pass"]
    for number, part in enumerate(parts, 1):
        submission.cells.insert(at + number, new_code_cell(part))
    assembly = assemble(toy_lab.lab(), submission)
    assert sources(assembly)[2:] == ["TWO = 2", "def total(x):\n    return x.sum()", parts[2]]
    assert {cell.name for cell in assembly.cells[2:]} == {"total"}
    assert assembly.answer("total").startswith("TWO = 2\n\ndef total(x):\n    return")


def test_are_cells_that_were_left_out_told_with_what_they_define():
    submission = answered()
    submission.cells.insert(0, new_code_cell("def helper(): ...\nLIMIT = 3"))
    assert found_by(submission) == ""
    left_out = assemble(toy_lab.lab(), submission).left_out
    assert left_out.startswith("1 of the student's own cells were not run")
    assert "`LIMIT`, `helper`" in left_out
    assert assemble(toy_lab.lab(), answered()).left_out == ""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(x):\n  def g(): 1", {"f"}),
        ("async  def f(): 1\nclass C: 1", {"f", "C"}),
        ("%%time\n!ls\ndef f(x:\n  )(", {"f"}),
        ("  def f():\n    1\n  def g(): 2", {"f", "g"}),
        ("'''\ndef f(): 1\n'''\n# def g():\n#'''\ndef h(): '\\''", {"h"}),
        ("text = 'it\\'s'\ndef f(): \"\"\"it's\ndef g()", {"f"}),
        ("defx = 1\nundef f()", set()),
    ],
)
def test_is_it_seen_which_functions_a_cell_defines(source, expected):
    assert functions(source) == expected


def test_are_assignments_definitions_and_comparisons_none():
    assert definitions("a = 1\nb: int = 2\nc == 3\n  d = 4\ne.f = 5\ng: x") == {"a", "b"}


def test_is_a_cell_that_goes_on_with_another_recognized():
    assert starts_indented("\n# note\n    return 1\nx = 2")
    assert not starts_indented("\n    # note\nx = 2") and not starts_indented("  \n ")
