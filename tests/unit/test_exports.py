"""Do marks arrive where people keep them: every student, the right figure, nothing hidden?"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from types import SimpleNamespace
from xml.etree import ElementTree

import nbformat
import pytest
import yaml

from grader import check, exports, labs, mark, notebooks
from grader.cells import csv_text, plain
from grader.check import NotebookChecks
from grader.cli import main as cli
from grader.errors import UserError
from grader.exports import canvas, junit, moodle, roster
from grader.lab import KernelTarget, Resources
from tests.unit import toy_lab
from tests.unit.test_gradebook import CLASS, grade_into, submissions
from tests.unit.toy_lab import DOUBLE, TOTAL, answered

IN_PLACE = (
    "def double(x):\n    x *= 2\n    return x"  # passes the visible check, not the hidden one
)


@pytest.fixture(scope="module")
def grades(tmp_path_factory):
    """A graded class: ann 6, bob 5.5 (marked), cy unreadable, and a name that is a formula."""
    folder = tmp_path_factory.mktemp("grades")
    grade_into(folder, submissions(**{"=HYPERLINK(1)": CLASS["ann"]}))
    mark.main("bob", "double", 2.5, out=folder, comment="right idea")
    return folder


def table(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


# Canvas and Moodle


def test_does_canvas_get_its_header_points_possible_and_a_row_a_student(grades, tmp_path):
    out = tmp_path / "canvas.csv"
    assert exports.main("canvas", grades=grades, out=out, column="Toy (77)") == 0
    header = "Student,ID,SIS User ID,SIS Login ID,Section,Toy (77)"
    assert out.read_text().splitlines()[0] == header
    first, *rows = table(out)
    assert (first["Student"].strip(), first["Toy (77)"]) == ("Points Possible", "6")
    marks = {row["SIS Login ID"]: row["Toy (77)"] for row in rows}
    assert marks == {"'=HYPERLINK(1)": "6", "ann": "6", "bob": "5.5", "cy": "0"}
    assert all(row["ID"] == row["SIS User ID"] == "" for row in rows)


ROSTER = """\ufeffsubmission,Student,ID,SIS User ID,SIS Login ID,Section,Username,Email address
,    Points Possible,,,,,,
ann,"Ash, Ann",1001,u1,ann.ash,A,aash,ann@example.org
bob,"Birch, Bob",1002,,,A,,bob@example.org
dora,"Dill, Dora",1003,u3,dora.dill,B,ddill,dora@example.org
cy,"Cyan, Cy",,,,B,,
"""


@pytest.fixture
def class_list(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(ROSTER, encoding="utf-8")
    return path


def test_are_students_called_as_the_roster_says_and_the_others_listed(
    grades, tmp_path, class_list, capsys
):
    """cy has no id in the roster, the formula no row, and dora handed nothing in."""
    out = tmp_path / "canvas.csv"
    assert exports.main("canvas", grades=grades, out=out, roster=class_list) == 1
    rows = [tuple(row.values()) for row in table(out)[1:]]
    assert rows == [
        ("Ash, Ann", "1001", "u1", "ann.ash", "A", "6"),
        ("Birch, Bob", "1002", "", "", "A", "5.5"),
    ]
    said = capsys.readouterr().out
    assert "2 of 4 students" in said
    assert "left out, not in the roster: '=HYPERLINK(1)', 6 of 6 points" in said
    assert "left out, not in the roster: 'cy', 0 of 6 points" in said
    assert "in the roster only: 'dora'" in said
    assert "not graded: 'cy'" in said


def test_does_moodle_get_points_and_a_feedback_that_says_where_they_are_from(
    grades, tmp_path, class_list
):
    out = tmp_path / "moodle.csv"
    assert exports.main("moodle", grades=grades, out=out, roster=class_list) == 1
    ann, bob = table(out)
    assert list(ann)[:3] == ["Username", "Email address", "ID number"]
    assert (ann["Username"], ann["Lab 99 (Real)"]) == ("aash", "6")
    assert (bob["Email address"], bob["Lab 99 (Real)"]) == ("bob@example.org", "5.5")
    assert bob["Lab 99 (Feedback)"] == "double: 2.5 of 3 (right idea); total: 3 of 3"
    exports.main("moodle", grades=grades, out=out)
    assert [row["Username"] for row in table(out)][0] == "'=HYPERLINK(1)"
    assert table(out)[-1]["Lab 99 (Feedback)"].startswith("not a notebook")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"student,ID\nann,1\n", "no column `submission`"),
        (b"", "no column `submission`"),
        (b"submission,ID\nann,1\nann,2\n", "two rows for 'ann'"),
        (b"submission,ID\n\xff\xfe,2\n", "cannot be read"),
    ],
)
def test_is_a_roster_that_is_none_told_in_one_sentence(tmp_path, content, said):
    path = tmp_path / "roster.csv"
    path.write_bytes(content)
    with pytest.raises(UserError, match=said):
        roster.read(path)


def test_is_a_roster_with_short_and_long_rows_read(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("Submission , ID\nann\nbob,2,3,4\n")
    assert roster.read(path) == {"ann": {"id": ""}, "bob": {"id": "2"}}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_does_no_cell_start_like_a_formula(start):
    (row,) = csv.reader(io.StringIO(csv_text([[f"{start}1+1", 'a"b,c\nd']]), newline=""))
    assert row == [f"'{start}1+1", 'a"b,c\nd']


# JUnit

HOSTILE = 'a\x00\x1b[31m\ud800]]>\ufffe"<&é\U0001f600'


def results(**check_fields):
    """A class of one submission with one check."""
    one = {"name": "c", "points": 2.0, "awarded": 0.0, "visible": True, "verdict": "wrong"}
    one |= {"message": "m", "mistake": "k", "expected": "17", "got": "23", "hint": ""}
    one |= {"seconds": 0.5, **check_fields}
    exercise = {"name": "e", "score": 0.0, "max_score": 2.0, "comment": "", "checks": [one]}
    submission = {"student": HOSTILE, "file": HOSTILE, "status": "graded", "reason": HOSTILE}
    submission |= {"score": 0.0, "max_score": 2.0, "seconds": 1.0, "penalty": 0.0}
    return {"lab": "99", "max_score": 2.0, "submissions": [{**submission, "exercises": [exercise]}]}


def case(**check_fields):
    root = ElementTree.fromstring(junit.export(results(**check_fields), None, HOSTILE).encode())
    return root, root.find("testsuite/testcase")


def test_is_the_junit_file_a_suite_a_student_and_a_case_a_check(grades, tmp_path):
    out = tmp_path / "junit.xml"
    assert exports.main("junit", grades=grades, out=out) == 0
    root = ElementTree.fromstring(out.read_bytes())
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["=HYPERLINK(1)", "ann", "bob", "cy"]
    counts = {n: (s.get("tests"), s.get("failures"), s.get("errors")) for n, s in suites.items()}
    assert (counts["ann"], counts["bob"], counts["cy"]) == (
        ("3", "0", "0"),
        ("3", "1", "0"),
        ("3", "0", "3"),
    )
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("12", "1", "3")
    (score,) = suites["bob"].findall("properties/property[@name='score']")
    assert score.get("value") == "5.5"
    names = [(one.get("classname"), one.get("name")) for one in suites["ann"].iter("testcase")]
    assert names[0] == ("double", "on_a_vector")


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        ("wrong", "failure"),
        ("missing", "failure"),
        ("raised", "error"),
        ("timed_out", "error"),
        ("died", "error"),
        ("not_run", "error"),
    ],
)
def test_does_the_verdict_decide_between_failure_and_error(verdict, kind):
    _, one = case(verdict=verdict)
    assert [(child.tag, child.get("type")) for child in one] == [(kind, verdict)]
    assert len(case(verdict="passed")[1]) == 0


def test_are_values_told_for_visible_checks_only():
    assert case()[1][0].text == "likely mistake: k\nexpected: 17\ngot: 23"
    assert case(visible=False)[1][0].text == "likely mistake: k"


def test_is_the_xml_well_formed_whatever_a_student_wrote():
    root, one = case(message=HOSTILE, got=HOSTILE, mistake=HOSTILE)
    shown = plain(HOSTILE)
    assert root.find("testsuite").get("name") == root.get("name") == shown
    assert one[0].get("message") == shown and f"got: {shown}" in one[0].text
    assert "\x00" not in shown and "\ud800" not in shown and shown.endswith('"<&é\U0001f600')


@pytest.mark.parametrize("target", [canvas, moodle])
def test_can_the_csv_be_written_whatever_a_student_is_called(target):
    assert (
        plain(HOSTILE).replace('"', '""') in target.export(results(), None, "L").encode().decode()
    )


# GitHub Classroom


@pytest.fixture
def toy(monkeypatch, tmp_path):
    """The toy lab as lab 99 of a project in a folder of its own."""
    monkeypatch.setattr(labs, "ROOT", tmp_path)
    monkeypatch.setitem(sys.modules, "grader.rubrics.lab99", toy_lab)
    notebooks.write(toy_lab.lab(), tmp_path / "labs" / "99_toy.ipynb")
    return tmp_path


def test_is_the_workflow_a_step_an_exercise_and_their_report(toy):
    out = toy / ".github" / "workflows" / "classroom.yml"
    assert exports.main("classroom", lab="99", out=out) == 0
    workflow = yaml.safe_load(out.read_text())
    # Both names are the reporter's condition for passing the points on.
    assert workflow["name"] == "Autograding Tests"
    (job,) = workflow["jobs"].items()
    assert job[0] == "run-autograding-tests"
    *_, double, total, reporter = job[1]["steps"]
    assert double["uses"] == "classroom-resources/autograding-command-grader@v1"
    assert double["with"] == {
        "test-name": "Double",
        "setup-command": "",
        "command": ".venv/bin/grader check labs/99_toy.ipynb --exercise double --hidden",
        "timeout": 15,
        "max-score": 3,
    }
    assert (total["id"], total["with"]["max-score"]) == ("total", 3)
    assert reporter["uses"] == "classroom-resources/autograding-grading-reporter@v1"
    assert reporter["with"]["runners"] == "double,total"
    assert reporter["env"]["DOUBLE_RESULTS"] == "${{steps.double.outputs.result}}"


def test_are_half_points_refused_which_github_would_cut_off(toy, monkeypatch):
    monkeypatch.setattr(type(toy_lab.double), "points", 2.5)
    with pytest.raises(UserError, match="whole"):
        exports.main("classroom", lab="99", out=toy / "classroom.yml")


def check_toy(toy, monkeypatch, double, **options):
    """`grader check` on a notebook of the toy lab with this answer to `double`."""
    path = toy / "mine" / "99_toy.ipynb"
    notebooks.write(answered(double=double, total="def total(x):\n    return 0"), path)
    monkeypatch.setattr("grader.lab.Resources.dataset", SimpleNamespace(name="digits"))
    monkeypatch.setattr("grader.lab.Resources.unseen", None)
    return check.main(path, **options)


def test_does_check_of_one_exercise_answer_for_it_alone(toy, monkeypatch, capsys):
    """Visible only, with the hidden checks, and of an exercise that is wrong."""
    assert check_toy(toy, monkeypatch, IN_PLACE, exercise="double") == 0
    assert "1 of 1 visible checks pass: 1 of 3 points; hidden" in capsys.readouterr().out
    assert check_toy(toy, monkeypatch, IN_PLACE, exercise="double", hidden=True) == 1
    assert "1 of 2 checks pass: 1 of 3 points." in capsys.readouterr().out
    assert check_toy(toy, monkeypatch, DOUBLE, exercise="double", hidden=True) == 0
    assert check_toy(toy, monkeypatch, DOUBLE, exercise="total", hidden=True) == 1
    with pytest.raises(UserError, match="double, total"):
        check_toy(toy, monkeypatch, DOUBLE, exercise="triple")


# Gradescope


@pytest.fixture(scope="module")
def container(tmp_path_factory):
    """A folder as Gradescope makes it from our zip, and the names in the zip."""
    project = tmp_path_factory.mktemp("project")
    for package in ("grader", "shared", "setup"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(labs.ROOT / package, project / package, ignore=ignored)
    for name in ("LICENSE", "README.md", "pyproject.toml", "requirements.lock"):
        shutil.copy(labs.ROOT / name, project)
    rubrics = project / "grader" / "rubrics"
    shutil.copy(toy_lab.__file__, rubrics / "lab99.py")
    (rubrics / "lab98.py").write_text("another lab's")
    notebooks.write(toy_lab.solution(), project / "solutions" / "99_toy.ipynb")
    notebooks.write(toy_lab.lab(), project / "labs" / "99_toy.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(labs, "ROOT", project)
        patch.setitem(sys.modules, "grader.rubrics.lab99", toy_lab)
        for name in ("autograder.zip", "again.zip"):
            exports.main("gradescope", lab="99", out=project / name)
    assert (project / "autograder.zip").read_bytes() == (project / "again.zip").read_bytes()
    root = tmp_path_factory.mktemp("autograder")
    with zipfile.ZipFile(project / "autograder.zip") as archive:
        archive.extractall(root / "source")
        scripts = archive.getinfo("setup.sh"), archive.getinfo("run_autograder")
        assert all(info.external_attr >> 16 == 0o100755 for info in scripts)
        return root, archive.namelist()


def run_autograder(container, content, **variables):
    """results.json and the log for a submission: a notebook's sources, or a file's bytes."""
    root, _ = container
    shutil.rmtree(root / "submission", ignore_errors=True)
    shutil.rmtree(root / "results", ignore_errors=True)
    (root / "submission").mkdir()
    if content is not None:
        if isinstance(content, dict):
            content = nbformat.writes(answered(**content)).encode()
        (root / "submission" / "my answers.ipynb").write_bytes(content)
    environment = {"AUTOGRADER": str(root), "PYTHON": sys.executable, "PATH": os.environ["PATH"]}
    result = subprocess.run(
        ["bash", root / "source" / "run_autograder"],
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0
    report = json.loads((root / "results" / "results.json").read_text(encoding="ascii"))
    assert report["stdout_visibility"] == "hidden"
    assert report["score"] == sum(test["score"] for test in report["tests"])
    return report, result.stdout + result.stderr


def test_does_the_zip_hold_the_grader_and_the_lab_but_no_solution(container):
    names = container[1]
    for name in ("setup.sh", "run_autograder", "autograder.env", "requirements.lock"):
        assert name in names
    for name in ("grader/cli.py", "grader/rubrics/lab99.py", "shared/data.py", "labs/99_toy.ipynb"):
        assert name in names
    assert not [name for name in names if "solutions" in name or "lab98" in name or "tests" in name]
    assert not [name for name in names if "__pycache__" in name or ".venv" in name]


def test_are_the_scripts_bash_that_parses(container):
    for name in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", container[0] / "source" / name], check=True)


def test_does_a_right_submission_get_full_marks_and_see_the_visible_checks(container):
    report, log = run_autograder(container, {"double": DOUBLE, "total": TOTAL})
    assert report["score"] == 6 and "graded: 6 of 6" in log
    seen = [(t["number"], t["name"], t["visibility"], t["max_score"]) for t in report["tests"]]
    assert seen == [
        ("1.1", "Double: Twice each element", "visible", 1),
        ("1.2", "Double: Works on a copy", "after_published", 2),
        ("2.1", "Total: The sum of all elements, and the file", "after_published", 3),
    ]
    assert {test["status"] for test in report["tests"]} == {"passed"}


def test_does_a_wrong_submission_learn_why_but_no_hidden_value(container):
    report, _ = run_autograder(container, {"double": "def double(x):\n    x **= 2\n    return x"})
    visible, hidden, total = report["tests"]
    assert (visible["status"], visible["score"]) == ("failed", 0)
    for part in ("likely mistake: the square is taken", "expected: ", "got: ", "hint: Times two"):
        assert part in visible["output"]
    assert hidden["status"] == "failed" and hidden["output"]
    assert "expected:" not in hidden["output"] and "got:" not in hidden["output"]
    assert "Not answered yet" in total["output"]


def test_is_text_of_the_student_kept_to_plain_characters(container):
    wrong = "def double(x):\n    raise ValueError('\\x00\\ud800<b>')"
    report, _ = run_autograder(container, {"double": wrong})
    assert "ValueError" in report["tests"][0]["output"]
    assert not [c for c in json.dumps(report) if ord(c) < 32]
    json.dumps(report, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"not json", "cannot be read"), (b"", "cannot be read"), (None, "no notebook")],
)
def test_is_a_submission_that_cannot_be_graded_given_a_reason(container, content, said):
    report, _ = run_autograder(container, content)
    (test,) = report["tests"]
    assert (report["score"], test["max_score"], test["status"]) == (0, 6, "failed")
    assert said in report["output"] and said in test["output"]


def test_is_nothing_run_where_there_is_no_isolation_unless_the_zip_says_so(container, tmp_path):
    """A container without libseccomp, that is without Landlock and bubblewrap of ours."""
    hide = "import ctypes.util\nctypes.util.find_library = lambda name: None\n"
    (tmp_path / "sitecustomize.py").write_text(hide)
    walls = {"PYTHONPATH": str(tmp_path)}
    right = {"double": DOUBLE, "total": TOTAL}
    report, log = run_autograder(container, right, **walls)
    assert report["score"] == 0 and "was not graded" in report["output"]
    assert "--isolation none" in log and "--isolation none" not in json.dumps(report)
    settings = container[0] / "source" / "autograder.env"
    before = settings.read_text()
    settings.write_text(before.replace("ISOLATION=auto", "ISOLATION=none"))
    try:
        report, log = run_autograder(container, right, **walls)
    finally:
        settings.write_text(before)
    assert report["score"] == 6 and "isolation: none" in log


def test_is_a_grader_that_fails_told_apart_from_a_wrong_answer(container):
    report, log = run_autograder(container, {}, PYTHON="/nowhere/python")
    assert report["score"] == 0 and "grader itself failed" in report["output"]
    assert "ended with code" in log


# nbgrader (the whole way is in tests/endtoend/test_nbgrader_agrees.py)


@pytest.fixture
def kernel():
    namespace = {}
    exec(f"{IN_PLACE}\n{TOTAL}", namespace)
    return NotebookChecks(toy_lab.rubric, KernelTarget(namespace), Resources("digits"))


@pytest.mark.parametrize(("stage", "shown"), [("autograde", "1.0"), ("validate", "3.0")])
def test_is_a_check_cells_value_its_points_when_nbgrader_runs_it(kernel, monkeypatch, stage, shown):
    """All checks count when graded; students who validate see what they would see anyway."""
    monkeypatch.setenv("NBGRADER_EXECUTION", stage)
    assert repr(kernel("double")) == shown
    assert repr(kernel("total")) == "3.0"


def test_is_a_file_of_the_students_code_written_elsewhere_than_into_the_course(
    kernel, monkeypatch, tmp_path
):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.chdir(tmp_path)
    assert repr(kernel("total")) == "3.0" and not list(tmp_path.iterdir())


def test_are_hidden_checks_left_alone_where_nbgrader_does_not_run(kernel, monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    assert [result.name for result in kernel("double").results] == ["on_a_vector"]


def test_is_nbgraders_source_the_solution_with_every_cell_named(toy, tmp_path):
    notebooks.write(toy_lab.solution(), tmp_path / "solutions" / "99_toy.ipynb")
    out = tmp_path / "course" / "source" / "99_toy" / "99_toy.ipynb"
    assert exports.main("nbgrader", lab="99", out=out) == 0
    named, solution, lab = notebooks.read(out), toy_lab.solution(), toy_lab.lab()
    assert [cell.source for cell in named.cells] == [cell.source for cell in solution.cells]
    assert [c.metadata.nbgrader for c in named.cells] == [c.metadata.nbgrader for c in lab.cells]


# The command


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["canvas"], "--from only"),
        (["canvas", "--from", "nowhere"], "no gradebook in nowhere"),
        (["canvas", "--from", "nowhere", "--lab", "09"], "--from only"),
        (["gradescope"], "--lab only"),
        (["gradescope", "--lab", "77"], "no lab '77'"),
    ],
)
def test_is_wrong_usage_one_sentence_and_exit_code_2(arguments, said, tmp_path, monkeypatch):
    from click.testing import CliRunner

    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["export", *arguments, "--out", "out"])
    assert result.exit_code == 2 and said in result.output
    assert not (tmp_path / "out").exists()


def test_is_a_file_that_cannot_be_written_told_with_its_name(grades, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        exports.main("junit", grades=grades, out=tmp_path / "file" / "out.xml")
