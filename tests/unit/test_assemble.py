"""Is a submission graded as the pristine lab with the student's answers, whatever was edited?"""

from __future__ import annotations

import copy

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


def test_is_an_answer_found_by_its_cell_id_when_metadata_is_lost():
    submission = toy_lab.answered(double="A", total="B")
    for cell in submission.cells:
        cell.metadata = {}
    assert sources(assemble(toy_lab.lab(), submission)) == ["import numpy as np", "A", "B"]


def test_is_a_missing_answer_a_stub_with_a_note():
    submission = toy_lab.answered(double="A")
    submission.cells = [cell for cell in submission.cells if cell.id != "total"]
    assembly = assemble(toy_lab.lab(), submission)
    assert "NotImplementedError" in assembly.answer("total")
    assert assembly.notes == ["The answer cell total is missing."]


def test_does_the_last_written_copy_of_an_answer_count():
    submission = toy_lab.answered(double="first")
    stub = next(cell for cell in toy_lab.lab().cells if cell.id == "double")
    again = copy.deepcopy(stub)
    again.source = "second"
    submission.cells += [again, stub]
    assembly = assemble(toy_lab.lab(), submission)
    assert assembly.answer("double") == "second"
    assert any("2 answer cells" in note for note in assembly.notes)
