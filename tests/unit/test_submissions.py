"""Is every student's notebook found, in each form in which classes arrive?"""

from __future__ import annotations

import zipfile

import pytest

from grader.errors import UserError
from grader.submissions import find

LAB = "09_lab"


def fill(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def students(path):
    return {one.student: one.file for one in find(path, LAB)}


def test_is_a_flat_folder_read(tmp_path):
    assert students(fill(tmp_path, "ann.ipynb", "bé.ipynb", "notes.txt")) == {
        "ann": "ann.ipynb",
        "bé": "bé.ipynb",
    }


def test_is_nbgraders_tree_read(tmp_path):
    fill(tmp_path, f"ann/09/{LAB}.ipynb", f"bob/{LAB}/{LAB}.ipynb", f"cy/{LAB}.ipynb")
    assert sorted(students(tmp_path)) == ["ann", "bob", "cy"]


def test_are_editors_copies_and_hidden_files_left_out(tmp_path):
    fill(tmp_path, "ann.ipynb", ".ipynb_checkpoints/ann-checkpoint.ipynb", "__MACOSX/._x.ipynb")
    assert students(tmp_path) == {"ann": "ann.ipynb"}


def test_is_the_labs_own_name_preferred_among_several(tmp_path):
    (one,) = find(fill(tmp_path, f"ann/09/{LAB}.ipynb", "ann/09/a_scratch.ipynb"), LAB)
    assert one.file == f"ann/09/{LAB}.ipynb"
    assert "2 notebooks" in one.notes[0]


def test_is_a_student_without_a_notebook_listed(tmp_path):
    fill(tmp_path, "ann.ipynb")
    (tmp_path / "bob").mkdir()
    ann, bob = find(tmp_path, LAB)
    assert not ann.problem and "no notebook" in bob.problem
    with pytest.raises(ValueError, match="no notebook"):
        bob.read()


def test_is_a_link_not_followed(tmp_path):
    (tmp_path / "secret").write_text("{}")
    folder = fill(tmp_path / "class", "ann.ipynb")
    (folder / "bob.ipynb").symlink_to(tmp_path / "secret")
    by_name = {one.student: one for one in find(folder, LAB)}
    assert by_name["bob"].content == b"" and by_name["bob"].problem


@pytest.mark.parametrize("prefix", ["", "submitted/"])
def test_is_a_zip_of_either_form_read(tmp_path, prefix):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{prefix}ann/09/{LAB}.ipynb", "{}")
        archive.writestr(f"{prefix}bob.ipynb", "{}")
    assert sorted(students(path)) == ["ann", "bob"]


def test_does_a_member_that_unpacks_to_too_much_cost_one_student(tmp_path, monkeypatch):
    monkeypatch.setattr("grader.sources.MAX_BYTES", 1000)
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ann.ipynb", "{}")
        archive.writestr("bomb.ipynb", bytes(10_000))
    ann, bomb = find(path, LAB)
    assert ann.content == b"{}" and bomb.content == b"" and bomb.problem


@pytest.mark.parametrize("make", ["absent", "empty", "text"])
def test_is_nothing_to_grade_one_clear_sentence(tmp_path, make):
    path = tmp_path / "here"
    if make == "empty":
        path.mkdir()
    elif make == "text":
        path.write_text("x")
    with pytest.raises(UserError, match="here"):
        find(path, LAB)
