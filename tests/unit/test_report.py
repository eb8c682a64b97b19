"""Do the pages tell the truth, and nothing that they must not, whatever students hand in?"""

from __future__ import annotations

import base64
import copy
import hashlib
import io
import re
import statistics
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest
from rich.console import Console

from grader import errors, expect, report, tally
from grader.tally import class_figures
from tests.unit.report_sample import (
    HOSTILE,
    SECRET_EXPECTED,
    SECRET_GOT,
    find,
    sample_class,
)

MEGABYTE = 1_000_000


class Page(HTMLParser):
    """The elements and the text of a page, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[tuple[str, dict[str, str]]] = []
        self._text: list[str] = []
        self._inside: list[str] = []
        self.feed(html)
        self.text = re.sub(r"\s+", " ", " ".join(self._text))

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag in ("script", "style"):
            self._inside.append(tag)

    def handle_endtag(self, tag):
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data):
        if not self._inside:
            self._text.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def feedback(results, student, tmp_path) -> Page:
    path = tmp_path / "feedback" / "page.html"
    report.write_feedback(results, find(results, student), path)
    return Page(path.read_text(encoding="utf-8"))


def index(results, tmp_path, links=None) -> Page:
    path = tmp_path / "index.html"
    if links is None:
        links = {
            s["student"]: f"feedback/{report.safe_name(s['student'])}.html"
            for s in results["submissions"]
        }
    report.write_index(results, path, links)
    return Page(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def results():
    return sample_class()


# -- what students wrote


def test_does_what_a_student_wrote_stay_text(results, tmp_path):
    for page, scripts in ((feedback(results, HOSTILE, tmp_path), 0), (index(results, tmp_path), 1)):
        assert len(page.all("script")) == scripts
        assert not [a for _, a in page.elements if any(name.startswith("on") for name in a)]
        assert HOSTILE in page.text


def test_is_every_string_of_the_results_escaped(results, tmp_path):
    def poisoned(value, key=""):
        if isinstance(value, dict):
            return {name: poisoned(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [poisoned(item, key) for item in value]
        # These are the grader's own words, which the page chooses by.
        keep = key in ("verdict", "status", "name", "output_type") or not isinstance(value, str)
        return value if keep else f"{value}\"'>{HOSTILE}\x00\ud800\u202e"

    everything = poisoned(copy.deepcopy(results))
    for submission in everything["submissions"][:12]:
        page = feedback(everything, submission["student"], tmp_path)
        assert not page.all("script") and not page.all("img")
        assert not re.search("[\x00\ud800\u202e]", page.html)
    page = index(everything, tmp_path)
    assert len(page.all("script")) == 1
    assert not re.search("[\x00\ud800\u202e]", page.html)


def test_are_characters_shown_that_would_turn_or_hide_the_text(results, tmp_path):
    page = feedback(results, HOSTILE, tmp_path)
    assert "[U+202E]gnp.exe" in page.text and "\x1b" not in page.html and "[31m" not in page.html
    assert report.clean("a\r\nb\x07\ud83d\u2028c\td\u200b") == "a\nb\ufffd\ufffd\nc\td[U+200B]"
    assert report.clean("Zoë 李 🙂 e\u0301") == "Zoë 李 🙂 e\u0301"


def test_is_a_message_of_ten_megabytes_cut_with_a_note(results, tmp_path):
    long = copy.deepcopy(results)
    submission = find(long, "ann")
    submission["notes"] = ["n" * 10 * MEGABYTE] * 1000
    for exercise in submission["exercises"]:
        exercise |= {"source": "(" * 10 * MEGABYTE, "cell_error": "E" * 10 * MEGABYTE}
        for check in exercise["checks"]:
            text = "m" * 10 * MEGABYTE
            check |= {"verdict": "wrong", "hint": text, "message": text, "mistake": text}
            check |= {"expected": text, "got": text}
    page = feedback(long, "ann", tmp_path)
    assert "[9,999,400 more characters are not shown]" in page.text
    assert len(page.html) < MEGABYTE
    long["submissions"][0] |= {"status": "unreadable", "reason": "r" * 10 * MEGABYTE}
    assert len(index(long, tmp_path).html) < MEGABYTE


def test_is_code_shown_line_by_line_whatever_it_holds():
    source = 'x = """<b>\n</b>"""\n\n# & done\n'
    lines = report.highlighted(source).split('<span class="line">')[1:]
    assert [Page(line).text.rstrip() for line in lines] == ['x = """<b>', '</b>"""', "", "# & done"]
    assert not Page(report.highlighted(source)).all("b")
    huge = report.highlighted("<i>" * report.MAX_HIGHLIGHTED)  # too long for Pygments
    assert not Page(huge).all("i") and "not shown" in huge


# -- what a page may tell


def test_do_values_of_hidden_checks_never_reach_a_page(results, tmp_path):
    hidden_mistakes = {
        check["mistake"]
        for submission in results["submissions"]
        for exercise in submission["exercises"]
        for check in exercise["checks"]
        if not check["visible"] and check["mistake"]
    }
    assert hidden_mistakes
    for submission in results["submissions"]:
        page = feedback(results, submission["student"], tmp_path)
        for secret in (SECRET_EXPECTED, SECRET_GOT, *hidden_mistakes):
            assert secret not in page.html
    page = index(results, tmp_path)
    assert SECRET_EXPECTED not in page.html and SECRET_GOT not in page.html


def test_does_feedback_hold_what_a_student_needs(results, tmp_path):
    page = feedback(results, HOSTILE, tmp_path)
    third = find(results, HOSTILE)["exercises"][2]
    for text in (
        "0 / 29 points",
        "the loss is 16 times too small: is T² missing?",
        "0.5761",
        "α weighs the hard loss.",
        third["cell_error"],
        "a name that nothing has defined",
        "There are 2 answer cells",
        "nump",
        "The teacher comes first",
    ):
        assert text in page.text, text
    titles = [exercise["title"] for exercise in results["exercises"]]
    assert all(f"— {title}" in page.text for title in titles)


def test_does_each_submissions_page_show_its_scores(results, tmp_path):
    for submission in results["submissions"]:
        page = feedback(results, submission["student"], tmp_path)
        if submission["status"] == "graded":
            shown = re.findall(r'<p class="score">([\d.]+)<span> / ([\d.]+)', page.html)
            given = [(e["score"], e["max_score"]) for e in submission["exercises"]]
            assert [(float(score), float(most)) for score, most in shown] == given
            assert f"{submission['score']:g} / 29 points" in page.text
        else:
            assert submission["reason"] in page.text and "points" not in page.text


def test_is_there_nothing_to_do_after_full_marks_only(results, tmp_path):
    done = "Nothing: every check passes."
    assert done in feedback(results, "reference", tmp_path).text
    assert done not in feedback(results, "crash-died", tmp_path).text


def test_is_every_verdict_explained(results, tmp_path):
    kinds = [errors.Outcome, expect.Wrong]
    for kind in kinds:
        kinds += kind.__subclasses__()
    verdicts = {kind.verdict for kind in kinds}
    assert len(verdicts) == 8
    changed = copy.deepcopy(results)
    checks = find(changed, "ann")["exercises"][1]["checks"]
    for verdict in verdicts:
        checks[0]["verdict"] = verdict
        page = feedback(changed, "ann", tmp_path)
        sentences = {
            "timed_out": "took longer than the time allowed",
            "died": "process that ran the code",
            "out_of_memory": "more memory than",
            "missing": "is not there yet",
            "raised": "stopped with an error",
            "too_much_output": "more data than",
            "not_run": "was not tried",
            "wrong": "worked out by hand",
        }
        assert sentences[verdict] in page.text


def test_does_a_page_need_nothing_from_elsewhere(results, tmp_path):
    for page in (feedback(results, HOSTILE, tmp_path), index(results, tmp_path)):
        loading = ("src", "srcset", "href", "data", "poster", "action")
        targets = [a[name] for _, a in page.elements for name in loading if name in a]
        targets = [t for t in targets if not t.startswith("data:image/png;base64,")]
        assert all(t.startswith(("#", "feedback/")) or t == "data:," for t in targets)
        assert "url(" not in page.html and "@import" not in page.html
        assert policy(page).startswith("default-src 'none';")


def policy(page) -> str:
    return next(a["content"] for a in page.all("meta") if "http-equiv" in a)


def test_may_only_the_sorting_script_run(results, tmp_path):
    page = index(results, tmp_path)
    script = re.search("<script>(.*?)</script>", page.html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy(page)
    assert "script-src 'none';" in policy(feedback(results, "ann", tmp_path))


# -- the class in numbers


def test_are_the_numbers_those_of_the_submissions(results, tmp_path):
    graded = [s for s in results["submissions"] if s["status"] == "graded"]
    scores = [s["score"] for s in graded]
    figures = class_figures(results)
    assert (figures.graded, figures.unreadable) == (len(graded), 2)
    assert figures.mean == pytest.approx(statistics.fmean(scores))
    assert figures.median == statistics.median(scores)
    assert figures.full_marks == sum(score == 29 for score in scores) == 1
    for number, exercise in enumerate(figures.exercises):
        given = [s["exercises"][number]["score"] for s in graded]
        assert exercise.passed == sum(score == exercise.max_score for score in given)
        assert exercise.mean == pytest.approx(statistics.fmean(given))
    for check in figures.checks:
        position = next(
            i
            for i, c in enumerate(results["exercises"][check.exercise - 1]["checks"])
            if c["title"] == check.title
        )
        given = Counter(
            s["exercises"][check.exercise - 1]["checks"][position]["verdict"] for s in graded
        )
        assert check.passed == given.pop("passed", 0) and dict(check.otherwise) == given
    rates = [check.rate for check in figures.checks]
    assert rates == sorted(rates) and len(rates) == 17

    page = index(results, tmp_path)
    for name, text in (
        ("graded", f"{len(graded)}"),
        ("mean", f"{statistics.fmean(scores):.1f}"),
        ("median", f"{statistics.median(scores):g}"),
        ("full-marks", "1"),
    ):
        assert re.search(rf'id="{name}">([\d.]+)', page.html)[1] == text
    bars = [int(a["data-count"]) for a in page.all("rect") if "data-count" in a]
    assert bars == [sum(low <= score < low + 2 for score in scores) for low in range(0, 30, 2)]
    heights = [float(a["height"]) for a in page.all("rect") if "data-count" in a]
    unit = max(heights) / max(bars)
    assert heights == pytest.approx([unit * count for count in bars], abs=0.1)
    fills = [float(a["width"].rstrip("%")) for a in page.all("rect") if "%" in a["width"]][1::2]
    rates = [figure.rate for figure in [*figures.exercises, *figures.checks]]
    assert fills == pytest.approx([100 * rate for rate in rates], abs=0.06)


@pytest.mark.parametrize("most", [0, 1, 2.5, 10, 16, 29, 30, 99.5, 100, 1000])
def test_is_every_score_in_its_bar(results, most):
    changed = copy.deepcopy(results) | {"max_score": most}
    scores = [most * step / 23 for step in range(24)]
    graded = [s for s in changed["submissions"] if s["status"] == "graded"][:24]
    for submission, score in zip(graded, scores, strict=True):
        submission["score"] = score
    changed["submissions"] = graded
    bins = class_figures(changed).bins
    assert 1 <= len(bins) <= tally.MAX_BINS and bins[-1].low <= most < bins[-1].high
    for bar in bins:
        assert bar.count == sum(bar.low <= score < bar.high for score in scores)


def test_is_a_mistake_counted_once_for_each_student_who_made_it(results):
    changed = copy.deepcopy(results)
    for check in find(changed, "ann")["exercises"][0]["checks"]:
        check["mistake"] = "the same slip twice"
    mistakes = class_figures(changed).mistakes
    assert (1, "the same slip twice", 1) in mistakes
    expected = Counter(
        (number, sentence)
        for s in changed["submissions"]
        for number, exercise in enumerate(s["exercises"], 1)
        for sentence in {c["mistake"] for c in exercise["checks"]} - {""}
    )
    assert {(n, sentence): count for n, sentence, count in mistakes} == expected
    counts = [count for _, _, count in mistakes]
    assert counts == sorted(counts, reverse=True)


def test_are_all_students_listed_and_the_unreadable_ones_first(results, tmp_path):
    page = index(results, tmp_path)
    table = page.html[page.html.index('id="class"') :]
    rows = re.findall(r"<tr><th.*?</tr>", table, re.DOTALL)[1:]
    shown = [Page(row).text.split() for row in rows]
    assert [row[0] for row in shown[:2]] == ["empty-folder", "not-a-notebook"]
    assert all("unreadable" in row and "–" in row for row in shown[:2])
    graded = [s for s in results["submissions"] if s["status"] == "graded"]
    assert len(shown) == len(results["submissions"]) == 28
    for row, submission in zip(shown[2:], graded, strict=True):
        numbers = [f"{e['score']:g}" for e in submission["exercises"]]
        tail = [f"{submission['score']:g}", *numbers, "graded", f"{submission['seconds']:g}"]
        assert row[-len(tail) :] == tail
    assert page.text.index("could not be read") < page.text.index("Full marks")
    for word in ("seed", "digits", "child process", "schema 1", "41.27 s"):
        assert word in page.text.lower()


def test_is_a_class_without_a_graded_submission_still_a_page(results, tmp_path):
    unreadable = [s for s in results["submissions"] if s["status"] != "graded"]
    page = index(results | {"submissions": unreadable}, tmp_path)
    assert "Nothing was graded" in page.text and "2 submissions could not be read" in page.text
    assert "0 of 0" not in page.text
    assert "Nothing was graded" in index(results | {"submissions": []}, tmp_path).text


@pytest.mark.parametrize(
    ("rate", "shown"), [(0, 0), (1, 100), (0.999, 99), (0.001, 1), (0.5, 50), (0.126, 13)]
)
def test_is_a_hundred_percent_said_of_all_only(rate, shown):
    assert report.percent(rate) == shown


# -- a thousand students


def _steps(results, tmp_path) -> int:
    """How many calls it takes to write the page of a class."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event == "call"

    index(results, tmp_path)  # templates are compiled, modules imported
    sys.setprofile(count)
    try:
        report.write_index(results, tmp_path / "counted.html", {})
    finally:
        sys.setprofile(None)
    return calls


def test_do_a_thousand_students_fit_into_a_page(tmp_path):
    page = index(sample_class(1000), tmp_path)
    assert len(page.html.encode()) < 2 * MEGABYTE
    assert page.html.count('<th scope="row"><a href="feedback/') == 1000


def test_does_the_work_grow_with_the_class_and_no_faster(tmp_path):
    few, many = (_steps(sample_class(size), tmp_path) for size in (100, 400))
    assert many < 4.2 * few


def test_does_the_terminal_show_the_first_forty_and_count_the_rest(results):
    def printed(table):
        console = Console(width=120, record=True, file=io.StringIO())
        console.print(table)
        return console.export_text()

    text = printed(report.summary_table(results))
    assert all(s["student"][:12] in text for s in results["submissions"] if s["student"].isascii())
    assert "more students" not in text and HOSTILE in text
    many = report.summary_table(sample_class(1000))
    assert many.row_count == 40 and "… and 960 more students" in printed(many)
    named = copy.deepcopy(results)
    named["submissions"][0]["student"] = "[bold red]x[/]\x1b[31m\nnext\u202e"
    assert "[bold red]x[/] next[U+202E]" in printed(report.summary_table(named))


# -- files


@pytest.mark.parametrize(
    "name",
    [
        "Ann",
        "ANN",
        "Jörg Müßig",
        "..",
        ".",
        "",
        "../../etc/passwd",
        "a/b",
        "a\\b",
        "nul",
        "com1",
        "x" * 300,
        "ä" * 300,
        "-rf",
        ".hidden",
        "a\x00b",
        "a\nb",
        "\ud800",
        "tail.",
        "tail ",
        "李",
        "ann-17239b6e2501",
        "a:b",
        "%2e%2e",
        "\u202eann",
        "ann\n",
    ],
)
def test_is_a_file_name_safe_whatever_a_student_is_called(name, tmp_path):
    safe = report.safe_name(name)
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*-[0-9a-f]{12}", safe) and len(safe) <= 64
    assert safe != name and report.safe_name(name) == safe
    (tmp_path / f"{safe}.html").write_text("")
    assert len(list(tmp_path.iterdir())) == 1


def test_do_no_two_students_share_a_file():
    names = [
        "ann",
        "Ann",
        "ANN",
        "añn",
        "an\u0303n",
        "a nn",
        "a-nn",
        "a_nn",
        "x" * 300,
        "x" * 301,
        "",
        "..",
        "student",
        "ann-17239b6e2501",
        report.safe_name("Ann"),
    ]
    safe = [report.safe_name(name).casefold() for name in names]
    assert len(set(safe)) == len(names)
    assert safe[0] == "ann" and report.safe_name("Jörg Müßig").startswith("Jorg-Mussig-")


def test_does_the_old_page_stay_whole_when_a_new_one_fails(results, tmp_path):
    path = tmp_path / "index.html"
    path.write_text("old")
    broken = {key: value for key, value in results.items() if key != "isolation"}
    with pytest.raises(jinja2.UndefinedError, match="isolation"):
        report.write_index(broken, path, {})
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["index.html"]
    report.write_index(results, path, {})
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert len(list(tmp_path.iterdir())) == 1


def test_is_a_link_only_what_the_gradebook_says(results, tmp_path):
    page = index(results, tmp_path, {"ann": "feedback/a b&c.html", "bob": "javascript:alert(1)"})
    links = [a["href"] for a in page.all("a") if not a["href"].startswith("#")]
    assert set(links) == {"feedback/a%20b%26c.html", "javascript%3Aalert%281%29"}


def test_is_the_module_quick_to_import():
    code = "import sys, grader.report; print(*sys.modules)"
    root = Path(report.__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert not {"jinja2", "pygments", "rich", "nbformat", "numpy"} & set(run.stdout.split())


def test_does_the_page_explain_a_total_that_is_not_the_sum_of_its_checks(tmp_path):
    results = sample_class()
    submission = find(results, "reference")
    exercise = submission["exercises"][0]
    exercise |= {"marked": True, "score": 1.5, "comment": "Right idea <b>, wrong axis."}
    submission |= {"penalty": 2.5, "score": 20.0}
    report.write_feedback(results, submission, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "2.5 points were taken from 22.5" in page
    assert "1.5 points (the checks alone: 3)" in page
    assert "Right idea &lt;b&gt;, wrong axis." in page
