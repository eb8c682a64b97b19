"""A run's figures: written, rendered, read and held against what was expected."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import numpy as np
import pytest

from shared.results import (
    PaperRow,
    ResultsError,
    Run,
    compare,
    load_expected,
    load_results,
)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run("09_lab_example", "quick", 3, folder=tmp_path / "run")


def test_is_a_figure_on_disk_as_soon_as_it_is_recorded(run: Run) -> None:
    """The file after each record: the schema, the run, the machine, value and unit?"""
    assert load_results(run.path)["figures"] == {}
    assert run.record("teacher.accuracy", 0.98, unit="fraction") == 0.98
    run.record("teacher.bytes", 12_345, unit="bytes", kind="exact")
    content = json.loads(run.path.read_text())
    assert {key: content[key] for key in ("schema", "name", "profile", "seed")} == {
        "schema": 1,
        "name": "09_lab_example",
        "profile": "quick",
        "seed": 3,
    }
    assert content["hardware"]["cpu"]
    assert content["figures"] == {
        "teacher.accuracy": {"value": 0.98, "unit": "fraction", "kind": "statistical"},
        "teacher.bytes": {"value": 12_345, "unit": "bytes", "kind": "exact"},
    }
    assert run["teacher.accuracy"] == 0.98
    assert "teacher.bytes" in run
    assert [path.name for path in run.folder.iterdir()] == ["results.json"]


def test_is_what_was_not_run_said_counted_and_kept(run: Run) -> None:
    """One sentence where it happens, one line in the summary and in the file; twice counts once?"""
    assert "Everything was run" in run.summary().text
    run.record("loss", 0.5)
    for _ in range(2):  # a learner runs a cell again
        said = run.not_run("Tensor Cores", "a GPU of NVIDIA").text
    assert "Tensor Cores" in said and "a GPU of NVIDIA" in said
    run.not_run("an app's start", "a phone")
    summary = run.summary().text
    assert "1 figures" in summary and "Not run: 2." in summary
    assert summary.count("Tensor Cores: not run: needs a GPU of NVIDIA") == 1
    kept = load_results(run.path)["not_run"]
    assert kept == {"Tensor Cores": "a GPU of NVIDIA", "an app's start": "a phone"}
    assert load_results(Run(run.name, "quick", 4, folder=run.folder).path)["not_run"] == {}
    with pytest.raises(ResultsError):
        run.not_run("TensorRT", " ")


def test_does_a_new_run_start_without_the_old_figures(run: Run) -> None:
    """The same notebook once more: are the figures of the first run gone?"""
    run.record("old", 1)
    again = Run(run.name, "quick", 4, folder=run.folder)
    assert load_results(again.path)["figures"] == {}
    assert load_results(again.path)["seed"] == 4


def test_does_a_write_that_fails_leave_the_old_file(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before the last step: the old figures whole, no half-written file beside them?"""
    run.record("before", 1)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", stop)
    with pytest.raises(KeyboardInterrupt):
        run.record("after", 2)
    assert list(load_results(run.path)["figures"]) == ["before"]
    assert [path.name for path in run.folder.iterdir()] == ["results.json"]


def test_do_others_get_to_read_the_file(run: Run) -> None:
    """Is results.json as readable as any file of this user's, not private as a temporary one?"""
    plain = run.folder / "plain"
    plain.write_text("")
    assert stat.S_IMODE(run.path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_where_do_runs_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder: below $COURSE_BUILD, created?"""
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "build"))
    run = Run("09_lab_example", "quick", 0)
    assert run.folder == tmp_path / "build" / "runs" / "09_lab_example"
    assert run.path.is_file()


def test_are_the_values_of_frameworks_recorded_as_plain_ones(run: Run) -> None:
    """numpy scalars and arrays, tensors, tuples: do they come back as numbers and lists?"""
    import torch

    run.record("scalar", np.float32(0.5))
    run.record("count", np.int64(7))
    run.record("array", np.arange(4).reshape(2, 2))
    run.record("tensor", torch.tensor([1.5, 2.5], requires_grad=True))
    run.record("tuple", (1, np.float64(0.25)))
    run.record("words", "no significant difference", kind="exact")
    run.record("truth", np.bool_(True), kind="exact")
    again = {key: row["value"] for key, row in load_results(run.path)["figures"].items()}
    assert again == {
        "scalar": 0.5,
        "count": 7,
        "array": [[0, 1], [2, 3]],
        "tensor": [1.5, 2.5],
        "tuple": [1, 0.25],
        "words": "no significant difference",
        "truth": True,
    }
    assert again["truth"] is True
    assert isinstance(again["count"], int)


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("loss", float("nan"), "statistical"),
        ("loss", [1.0, float("inf")], "statistical"),
        ("loss", None, "statistical"),
        ("loss", {"a": 1}, "statistical"),
        ("loss", b"1", "statistical"),
        ("loss", 1.0, "approximate"),
        ("", 1.0, "exact"),
        ("teacher accuracy", 1.0, "exact"),
        ("teacher..accuracy", 1.0, "exact"),
        ("teacher.accuracy.", 1.0, "exact"),
        ("a{b}", 1.0, "exact"),
    ],
)
def test_is_what_cannot_be_rendered_refused(run: Run, key: str, value: object, kind: str) -> None:
    """NaN, objects, unknown kinds, keys that a template cannot name: an error, nothing written?"""
    run.record("before", 1)
    with pytest.raises(ResultsError):
        run.record(key, value, kind=kind)
    assert list(load_results(run.path)["figures"]) == ["before"]


def test_is_a_missing_figure_named(run: Run) -> None:
    """run["x"] that was not recorded: KeyError with what there is?"""
    run.record("teacher.accuracy", 0.5)
    with pytest.raises(KeyError, match=r"teacher\.accuracy"):
        run["student.accuracy"]


def test_are_sentences_rendered_from_figures(run: Run) -> None:
    """Keys with dots, formats, places of lists, braces: filled in, shown as markdown?"""
    run.record("teacher.accuracy", 0.9812)
    run.record("teacher.bytes", 1_234_567)
    run.record("by_seed", [0.5, 0.25])
    run.record("verdict", "no significant difference")
    said = run.sentence(
        "The teacher reaches **{teacher.accuracy:.1%}** in {teacher.bytes:,} bytes; "
        "{by_seed[1]:.2f}, {{braces}}, {verdict}."
    )
    text = (
        "The teacher reaches **98.1%** in 1,234,567 bytes; "
        "0.25, {braces}, no significant difference."
    )
    assert said._repr_markdown_() == repr(said) == text


@pytest.mark.parametrize(
    "template", ["{student.accuracy}", "{by_seed[7]}", "{by_seed[x]}", "{words:.1%}", "{}", "{0}"]
)
def test_is_a_template_that_cannot_be_filled_an_error(run: Run, template: str) -> None:
    """A figure that is not there, a place beyond the list, a format that does not fit?"""
    run.record("by_seed", [1.0])
    run.record("words", "text")
    with pytest.raises(ResultsError):
        run.sentence(template)


def test_can_a_template_reach_nothing_but_figures(run: Run) -> None:
    """{key.__class__}: no attribute of Python's, only recorded keys?"""
    run.record("teacher", 1.0)
    with pytest.raises(ResultsError, match="__class__"):
        run.sentence("{teacher.__class__}")


def test_are_tables_rendered_from_figures(run: Run) -> None:
    """A row a model: header, alignment, cells filled in, bars escaped?"""
    run.record("teacher.accuracy", 0.98)
    run.record("student.accuracy", 0.955)
    table = run.table(
        [("teacher", "{teacher.accuracy:.1%}"), ("student | small", "{student.accuracy:.1%}")],
        columns=("model", "accuracy"),
    )
    assert table._repr_markdown_().splitlines() == [
        "| model | accuracy |",
        "| :-- | --: |",
        "| teacher | 98.0% |",
        r"| student \| small | 95.5% |",
    ]


def test_is_a_typed_in_number_refused(run: Run) -> None:
    """A cell that is a number, or a row of another length: an error?"""
    with pytest.raises(ResultsError, match="record it"):
        run.table([("teacher", 0.98)], ("model", "accuracy"))
    with pytest.raises(ResultsError, match="1 cells under 2"):
        run.table([("teacher",)], ("model", "accuracy"))


def test_is_a_paper_table_rendered_with_its_verdicts(run: Run) -> None:
    """Claim, source, paper, here, verdict: each verdict yes, or partly/no with a because?"""
    run.record("t.gain", 0.0123)

    def row(verdict: str) -> PaperRow:
        return PaperRow("gain", "Hinton et al. 2015", "1.5 points", "{t.gain:.1%}", verdict)

    table = run.paper_table([row("yes"), row("no, because the spread is {t.gain:.2f}")])
    assert table._repr_markdown_().splitlines() == [
        "| claim | source | paper | here | reproduced? |",
        "| :-- | :-- | --: | --: | :-- |",
        "| gain | Hinton et al. 2015 | 1.5 points | 1.2% | yes |",
        "| gain | Hinton et al. 2015 | 1.5 points | 1.2% | no, because the spread is 0.01 |",
    ]
    for verdict in ("no", "partly", "maybe, because", "yesterday", ""):
        with pytest.raises(ResultsError, match="is not 'yes'"):
            run.paper_table([row(verdict)])


def write_expected(folder: Path, **figures: dict) -> Path:
    path = folder / "expected.json"
    path.write_text(json.dumps({"schema": 1, "profile": "quick", "figures": figures}))
    return path


def deviations(run: Run, folder: Path, **figures: dict) -> list[str]:
    """The figures of `run` that miss what is expected."""
    expected = load_expected(write_expected(folder, **figures))
    return [d.figure for d in compare(load_results(run.path), expected)]


def test_is_each_kind_compared_by_its_own_tolerance(run: Run, tmp_path: Path) -> None:
    """Exact, algebraic, statistical, timing: within passes, beyond is a deviation?"""
    run.record("count", 10, kind="exact")
    run.record("sum", 1.0 + 1e-8, kind="algebraic")
    run.record("accuracy", 0.95)
    run.record("ratio", 2.0, kind="timing")
    good = {
        "count": {"kind": "exact", "value": 10},
        "sum": {"kind": "algebraic", "value": 1.0},
        "accuracy": {"kind": "statistical", "value": 0.97, "abs": 0.03},
        "ratio": {"kind": "timing", "value": 3.0, "rel": 0.5},
    }
    assert deviations(run, tmp_path, **good) == []
    bad = {
        "count": {"kind": "exact", "value": 11},
        "sum": {"kind": "algebraic", "value": 1.0 + 1e-5},
        "accuracy": {"kind": "statistical", "value": 0.97, "abs": 0.01},
        "ratio": {"kind": "timing", "value": 3.0, "rel": 0.3},
    }
    assert deviations(run, tmp_path, **bad) == list(bad)
    assert deviations(run, tmp_path, count={"kind": "exact", "value": 10.0}) == ["count"]


def test_is_a_figure_that_was_not_recorded_a_deviation(run: Run, tmp_path: Path) -> None:
    """Expected but absent: reported, with None for what came?"""
    expected = load_expected(write_expected(tmp_path, gone={"kind": "exact", "value": 1}))
    (deviation,) = compare(run.as_dict(), expected)
    assert (deviation.figure, deviation.expected, deviation.got) == ("gone", 1, None)
    assert "not recorded" in deviation.message


def test_are_exact_figures_known_by_seed(run: Run, tmp_path: Path) -> None:
    """An exact figure with a value for seed 3 (this run's): is that one the measure?"""
    run.record("errors", 17, kind="exact")
    row = {"kind": "exact", "value": 20, "seeds": {"0": 20, "3": 17}}
    assert deviations(run, tmp_path, errors=row) == []
    assert deviations(run, tmp_path, errors=row | {"seeds": {"3": 18}}) == ["errors"]
    assert deviations(run, tmp_path, errors=row | {"seeds": {"1": 17}}) == ["errors"]


def test_are_lists_compared_place_by_place(run: Run, tmp_path: Path) -> None:
    """One place off, or another length: a deviation?"""
    run.record("curve", [0.5, 0.25])
    row = {"kind": "statistical", "abs": 0.1}
    assert deviations(run, tmp_path, curve=row | {"value": [0.55, 0.2]}) == []
    assert deviations(run, tmp_path, curve=row | {"value": [0.55, 0.4]}) == ["curve"]
    assert deviations(run, tmp_path, curve=row | {"value": [0.5]}) == ["curve"]
    assert deviations(run, tmp_path, curve=row | {"value": 0.5}) == ["curve"]


def test_do_figures_of_another_data_set_not_count(run: Run, tmp_path: Path) -> None:
    """Expected on MNIST, run on digits: passed over; on no recorded data set: an error?"""
    row = {"kind": "statistical", "value": 0.99, "abs": 0.01, "dataset": "mnist"}
    run.record("accuracy", 0.9)
    with pytest.raises(ResultsError, match="record 'dataset'"):
        deviations(run, tmp_path, accuracy=row)
    run.record("dataset", "digits", kind="exact")
    assert deviations(run, tmp_path, accuracy=row) == []
    run.record("dataset", "mnist", kind="exact")
    assert deviations(run, tmp_path, accuracy=row) == ["accuracy"]


def test_is_a_run_of_another_profile_no_match(run: Run, tmp_path: Path) -> None:
    """A full run against the figures of quick ones: an error, not a list of deviations?"""
    expected = load_expected(write_expected(tmp_path))
    with pytest.raises(ResultsError, match="profile 'full'"):
        compare(run.as_dict() | {"profile": "full"}, expected)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"kind": "statistical", "value": 1.0}, "needs either abs or rel"),
        ({"kind": "timing", "value": 1.0, "abs": 1, "rel": 1}, "needs either abs or rel"),
        ({"kind": "exact", "value": 1, "abs": 0.1}, "takes no tolerance"),
        ({"kind": "guess", "value": 1.0}, "kind among"),
        ({"kind": "exact"}, "needs a value"),
        ({"kind": "exact", "value": 1, "tolerance": 2}, "unknown fields: tolerance"),
        (
            {"kind": "statistical", "value": 0.9, "abs": 0.01, "seeds": {"0": 0.95}},
            "own seed 0",
        ),
    ],
)
def test_is_a_careless_expectation_refused(tmp_path: Path, row: dict, message: str) -> None:
    """No tolerance, too many, unknown fields, a spread that would fail itself: an error?"""
    with pytest.raises(ResultsError, match=message):
        load_expected(write_expected(tmp_path, figure=row))


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"schema": 2, "figures": {}}', '{"schema": 1}', '{"schema": 1, "figures": 3}'],
)
def test_is_a_file_of_another_kind_refused(tmp_path: Path, text: str) -> None:
    """Empty, another schema, no figures: ResultsError naming the file?"""
    path = tmp_path / "results.json"
    path.write_text(text)
    with pytest.raises(ResultsError, match=r"results\.json"):
        load_results(path)
    with pytest.raises(ResultsError, match=r"gone\.json"):
        load_results(tmp_path / "gone.json")
