"""Is each notebook its own student's, whatever the files and archives of a class are called?"""

from __future__ import annotations

import io
import os
import unicodedata
import zipfile

import pytest

from grader import lateness, outputs, sources, totals
from grader.errors import UserError
from grader.grade import grade_class
from grader.gradebook import Gradebook
from grader.submissions import find
from tests.broken.corpus import HONEST
from tests.unit import toy_lab

LAB = "99_toy"
NFC, NFD = (unicodedata.normalize(form, "José") for form in ("NFC", "NFD"))
ODD_NAMES = {
    "Ann.ipynb": "Ann",
    "ann.ipynb": "ann",
    "zoë müller (2).ipynb": "zoë müller (2)",
    "李 雷.IPYNB": "李 雷",
    " .x .ipynb": " .x ",
    "-rf.ipynb": "-rf",
    "--help.ipynb": "--help",
    "=1+1.ipynb": "=1+1",
    "[red]bo[.ipynb": "[red]bo[",
    "<b>&amp;.ipynb": "<b>&amp;",
    "a'; DROP TABLE results;--.ipynb": "a'; DROP TABLE results;--",
    "%s%n{}.ipynb": "%s%n{}",
    "two\nlines.ipynb": "two\\nlines",
    "\x1b[2Jclear.ipynb": "\\x1b[2Jclear",
    "\u202elr.ipynb": "\\u202elr",
    "downloaded.ipynb.txt": "downloaded",
    "saved.ipynb.json": "saved",
    "x.ipynb.ipynb": "x.ipynb",
    "n" * 240 + ".ipynb": "n" * 111 + "…0c441b63",
    f"{NFD}.ipynb": NFC,
}


def in_memory(*members, compression=zipfile.ZIP_DEFLATED, **named):
    """A zip with honest notebooks under these names, or with the given contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name in members:
            archive.writestr(*name if isinstance(name, tuple) else (name, HONEST))
    return buffer.getvalue()


def students(path):
    """Who was found: their notebook's content, or the problem."""
    return {one.student: one.problem or one.content.decode() for one in find(path, LAB)}


def in_zip(folder, content):
    path = folder / "class.zip"
    path.write_bytes(content)
    return students(path)


@pytest.fixture
def folder(tmp_path):
    """A class with an honest student."""
    made = tmp_path / "class"
    made.mkdir()
    (made / "ann.ipynb").write_text(HONEST)
    return made


def test_does_every_name_stay_its_own_and_reach_every_page(tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    for name in ODD_NAMES:
        (folder / name).write_text(f"{name!r} is no notebook")
    (folder / os.fsdecode(b"Jos\xe9.ipynb")).write_text(HONEST)
    found = find(folder, LAB)
    expected = {name for name in ODD_NAMES.values() if "…" not in name} | {"Jos\\udce9"}
    assert expected <= {one.student for one in found}
    assert len(found) == len(ODD_NAMES) + 1
    with Gradebook(tmp_path / "out") as book:
        grade_class(found, toy_lab.job(), book)
        results = totals.of_class(book)
        outputs.write(results, tmp_path / "out")
        outputs.summarize(results, tmp_path / "out")
        scores = {one["student"]: one["score"] for one in results["submissions"]}
    assert scores.pop("Jos\\udce9") == 6 and set(scores.values()) == {0}
    assert all(name.isprintable() and len(name) <= 120 for name in scores)


def test_are_two_long_names_of_one_beginning_two_students(tmp_path):
    found = in_zip(tmp_path, in_memory("a" * 900 + "1.ipynb", "a" * 900 + "2.ipynb"))
    assert len(found) == 2


def test_is_one_name_in_two_forms_of_unicode_one_student_with_two_notebooks(folder):
    for name in (NFC, NFD):
        (folder / f"{name}.ipynb").write_text(HONEST)
    jose, ann = find(folder, LAB)
    assert (jose.student, ann.student) == (NFC, "ann") and "2 notebooks" in jose.notes[0]


def test_is_a_readable_notebook_of_a_student_preferred_to_a_broken_one(folder):
    bob = folder / "bob"
    bob.mkdir()
    (bob / f"{LAB}.ipynb").write_text("")
    (bob / "a copy.ipynb").write_text(HONEST)
    (bob / "broken.ipynb").write_text("")
    _, found = find(folder, LAB)
    assert found.content.decode() == HONEST
    assert found.notes == ("There are 3 notebooks of this student: bob/a copy.ipynb was graded.",)


def test_can_no_student_hand_in_for_another_by_folders_of_their_names(folder):
    for path in (f"abe/99/ann/99/{LAB}.ipynb", f"abe/99/{LAB}/ann/{LAB}.ipynb"):
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text("forged")
    assert students(folder) == {"abe": "forged", "ann": HONEST}


def test_are_two_students_two_where_their_files_have_one_name(folder):
    for name in ("Bo_12_assignsubmission_file", "Cy_13_assignsubmission_file"):
        (folder / name).mkdir()
        (folder / name / "my solution.ipynb").write_text(name)
    found = students(folder)
    assert found["Bo_12_assignsubmission_file"] == "Bo_12_assignsubmission_file"
    assert found["Cy_13_assignsubmission_file"] == "Cy_13_assignsubmission_file"


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["class/bo.ipynb", "class/cy.ipynb"], ["bo", "cy"]),
        ([f"class/bo/{LAB}.ipynb", f"class/cy/{LAB}.ipynb"], ["bo", "cy"]),
        ([f"a/b/bo/99/{LAB}.ipynb", f"a/b/cy/99/{LAB}.ipynb"], ["bo", "cy"]),
        ([f"bo/99/{LAB}.ipynb", "bo/98/98_x.ipynb"], ["bo"]),
        ([f"bo/first try/{LAB}.ipynb"], ["bo"]),
        ([f"bo/{LAB}.ipynb", "bo/notes.ipynb"], ["bo"]),
        ([f"submitted/bo/lab99/{LAB}.ipynb", "source/99/99_toy.ipynb"], ["bo"]),
        (["class/bo.zip", "class/cy.ipynb"], ["bo", "cy"]),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_is_a_class_in_a_folder_of_its_own_unwrapped(tmp_path, paths, expected, zipped):
    if zipped:
        assert sorted(in_zip(tmp_path, in_memory(*paths))) == expected
        return
    for path in paths:
        (tmp_path / "x" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "x" / path).write_text(HONEST)
    assert sorted(students(tmp_path / "x")) == expected


def test_does_what_is_no_file_cost_one_student(folder, tmp_path):
    (folder / "folder.ipynb").mkdir()
    (folder / "deep" / "/".join("d" * 300)).mkdir(parents=True)
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "nowhere.ipynb").symlink_to("nothing")
    (folder / "loop.ipynb").symlink_to("loop.ipynb")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / f"{LAB}.ipynb").write_text("secret")
    (folder / "linked").symlink_to(tmp_path / "private")
    found = students(folder)
    assert found.pop("ann") == HONEST
    assert {name: "no notebook" in problem for name, problem in found.items()} == {
        "folder": True,
        "deep": True,
        "pipe": False,
        "nowhere": False,
        "loop": False,
        "linked": False,
    }
    assert all("not a regular file" in found[name] for name in ("pipe", "nowhere", "linked"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_does_a_file_that_may_not_be_read_cost_one_student(folder):
    for name in ("bob.ipynb", "cy"):
        path = folder / name
        path.write_text(HONEST) if path.suffix else path.mkdir()
        path.chmod(0)
    found = students(folder)
    (folder / "cy").chmod(0o700)
    assert found.pop("ann") == HONEST
    assert all("Permission denied" in problem for problem in found.values())


def test_is_a_student_with_other_files_only_listed(tmp_path):
    found = in_zip(tmp_path, in_memory("ann.ipynb", ("bob/answers.docx", "PK"), ("cy/", "")))
    assert found.pop("ann") == HONEST
    assert all("there is no notebook" in problem for problem in found.values())
    assert set(found) == {"bob", "cy"}


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("class\\bob\\99_toy.ipynb", "bob"),
        ("C:\\class\\bob.ipynb", "bob"),
        ("/etc/bob.ipynb", "bob"),
        ("../../../bob.ipynb", "bob"),
        ("bob/../ann/99/99_toy.ipynb", "bob"),
        ("./bob.ipynb", "bob"),
    ],
)
def test_does_no_name_in_a_zip_lead_out_of_it(tmp_path, name, student):
    neighbour = "ann.ipynb" if name.startswith("bob") else name.replace("bob", "ann")
    found = in_zip(tmp_path, in_memory((name, "bob's"), neighbour))
    assert found == {"ann": HONEST, student: "bob's"}
    assert [path.name for path in tmp_path.iterdir()] == ["class.zip"]


def test_are_names_that_macos_wrote_into_a_zip_read_as_utf_8(tmp_path):
    content = in_memory("xx.ipynb", "ann.ipynb").replace(b"xx.ipynb", "é.ipynb".encode())
    assert set(in_zip(tmp_path, content)) == {"é", "ann"}


def test_does_the_last_of_two_members_of_one_name_count(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        content = in_memory(("bob.ipynb", "old"), "ann.ipynb", "bob.ipynb")
    assert in_zip(tmp_path, content) == {"ann": HONEST, "bob": HONEST}


def with_flag_of_encryption(content):
    """The zip with its last member marked as encrypted."""
    at = content.rindex(b"PK\x01\x02")
    local = content.rindex(b"PK\x03\x04")
    made = bytearray(content)
    made[at + 8] |= 1
    made[local + 6] |= 1
    return bytes(made)


def with_method(number):
    """A damage: the last member claims another compression."""

    def change(content):
        made = bytearray(content)
        made[content.rindex(b"PK\x01\x02") + 10] = number
        made[content.rindex(b"PK\x03\x04") + 8] = number
        return bytes(made)

    return change


def with_another_crc(content):
    made = bytearray(content)
    made[content.rindex(b"PK\x01\x02") + 16] ^= 1
    return bytes(made)


def with_noise(content):
    start = content.rindex(b"bob.ipynb", 0, content.rindex(b"PK\x01\x02")) + 9
    return content[:start] + b"\xff" * 40 + content[start + 40 :]


@pytest.mark.parametrize(
    "damage",
    [
        with_flag_of_encryption,
        with_method(99),
        with_method(12),
        with_method(14),
        with_another_crc,
        with_noise,
    ],
)
def test_does_a_damaged_member_cost_one_student(tmp_path, damage):
    found = in_zip(tmp_path, damage(in_memory("ann.ipynb", "bob.ipynb")))
    assert found["ann"] == HONEST
    assert found["bob"].startswith("it cannot be read (") and "\n" not in found["bob"]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (in_memory("my lab/anything.ipynb"), HONEST),
        (in_memory(f"{LAB}.ipynb", ("draft.ipynb", "draft")), HONEST),
        (in_memory("../../ann.ipynb"), HONEST),
        (in_memory("a.ipynb", "b.ipynb"), "there are 2 notebooks in the zip"),
        (in_memory(), "there is no notebook in the zip"),
        (in_memory(("deeper.zip", in_memory("a.ipynb"))), "there is no notebook in the zip"),
        (in_memory("a.ipynb")[:-30], "File is not a zip file"),
        (b"", "File is not a zip file"),
        (in_memory(("bomb.ipynb", bytes(5000))), "it has more than 4,000 bytes"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[:20].strip("{\n "),
)
@pytest.mark.parametrize("zipped", [False, True])
def test_is_a_zip_that_a_student_handed_in_read(
    folder, tmp_path, monkeypatch, inner, expected, zipped
):
    monkeypatch.setattr(sources, "MAX_BYTES", 4000)
    if zipped:
        found = in_zip(tmp_path, in_memory("ann.ipynb", ("bob.zip", inner)))
    else:
        (folder / "bob.zip").write_bytes(inner)
        found = students(folder)
    assert found["ann"] == HONEST and set(found) == {"ann", "bob"}
    assert expected in found["bob"]


@pytest.mark.parametrize(
    "content",
    [
        in_memory(),
        in_memory("ann.ipynb")[:-30],
        in_memory("ann.ipynb").replace(b"PK\x01\x02", b"PK\x09\x09"),
        b"PK\x05\x06" + b"\xff" * 18,
        b"PK\x05\x06" + bytes(18),
        b"",
    ],
)
def test_is_a_zip_that_holds_no_class_one_clear_sentence(tmp_path, content):
    with pytest.raises(UserError, match=r"class\.zip"):
        in_zip(tmp_path, content)


def test_is_a_zip_without_its_first_bytes_listed(tmp_path):
    assert "cannot be read" in in_zip(tmp_path, in_memory("ann.ipynb")[100:])["ann"]


def test_is_a_submission_dated_by_its_own_member_of_a_zip(tmp_path):
    content = bytearray(in_memory("joann.ipynb", "ann.ipynb", "bob\\x.ipynb"))
    at = content.index(b"PK\x01\x02")
    content[at + 12 : at + 14] = bytes(2)  # the time: joann's was midnight
    at = content.index(b"PK\x01\x02", at + 1)
    content[at + 12 : at + 16] = bytes(4)  # no date at all
    path = tmp_path / "class.zip"
    path.write_bytes(content)
    bob, ann, joann = (find(path, LAB)[i].file for i in (1, 0, 2))
    assert lateness.submitted_at(path, ann) is None
    assert lateness.submitted_at(path, joann).astimezone().hour == 0
    assert lateness.submitted_at(path, bob) is not None
