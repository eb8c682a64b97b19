"""Does feedback show what a cell showed, and can what it showed do any harm there?"""

from __future__ import annotations

import base64
import re
import struct
import time
from html.parser import HTMLParser

import nbformat
import pytest

from grader import safe_html
from grader.cell_outputs import COUNT, IMAGE, PNG, TEXT, checked
from grader.grade import describe, grade_submission
from grader.report import write_feedback
from grader.submissions import Submission
from tests.unit import toy_lab
from tests.unit.report_sample import DOT

SHOWING = """
import sys, warnings
from IPython.display import HTML, Image, clear_output, display
print("forgotten")
clear_output()
print("one", end=" ")
print("line")
print("aside", file=sys.stderr)
display(HTML("<b onclick='alert(1)'>bold</b><script>alert(1)</script>"))
display(Image(data=bytes.fromhex("DOT")))
def double(x):
    return 2 * x
1 + 1
""".replace("DOT", base64.b64decode(DOT).hex())


def graded(source, engine="warm"):
    work = toy_lab.answered(double=source, total=toy_lab.TOTAL)
    content = nbformat.writes(work).encode()
    return grade_submission(Submission("ann", "ann.ipynb", content), toy_lab.job(engine=engine))


def page_of(result, path):
    exercises = [
        exercise | {"automatic": exercise["score"], "marked": False, "comment": ""}
        for exercise in result["exercises"]
    ]
    final = {"exercises": exercises, "automatic": result["score"], "penalty": 0.0}
    write_feedback({**describe(toy_lab.job()), "submissions": []}, result | final, path)
    return path.read_text()


@pytest.mark.parametrize("engine", ["warm", "kernel"])
def test_is_recorded_what_a_notebook_would_show(engine, tmp_path):
    result = graded(SHOWING, engine)
    assert result["score"] == 6
    shown = result["exercises"][0]["outputs"]
    out, aside, rich, picture, value = shown
    assert out == {"output_type": "stream", "name": "stdout", "text": "one line\n"}
    assert aside == {"output_type": "stream", "name": "stderr", "text": "aside\n"}
    assert set(rich["data"]) == {"text/html", "text/plain"}
    assert base64.b64decode(picture["data"]["image/png"]).startswith(PNG)
    assert value == {"output_type": "execute_result", "data": {"text/plain": "2"}}
    page = page_of(result, tmp_path / "page.html").split("What the cell showed")[1]
    assert "<b>bold</b>" in page and "alert(1)</script>" not in page and "onclick" not in page
    assert "one line" in page and picture["data"]["image/png"] in page


@pytest.mark.parametrize("engine", ["warm", "cold"])
def test_is_an_error_shown_with_its_traceback(engine, tmp_path):
    result = graded("print('so far')\n\ndef inner():\n    return 1 / 0\n\ninner()", engine)
    printed, error = result["exercises"][0]["outputs"]
    assert printed["text"] == "so far\n" and error["ename"] == "ZeroDivisionError"
    trace = "\n".join(error["traceback"])
    assert "return 1 / 0" in trace and "inner()" in trace and "grader" not in trace
    assert "----&gt; 6 inner()" in page_of(result, tmp_path / "page.html")


def test_is_nothing_kept_of_a_cell_that_runs_again_after_a_call():
    source = (
        "import os\n"
        "print(open('seen').read() if os.path.exists('seen') else 'first time')\n"
        "def double(x):\n    open('seen', 'w').write(str(x))\n    os._exit(1)"
    )
    (shown,) = graded(source)["exercises"][0]["outputs"]
    assert shown["text"] == "first time\n"


def test_does_a_cell_that_shows_without_end_send_little():
    result = graded(
        "for i in range(100000):\n    print('x' * 50)\nfor i in range(99):\n    display(i)"
    )
    shown = result["exercises"][0]["outputs"]
    assert len(shown) <= COUNT and len(str(shown)) < 30_000


def png(width, height):
    return base64.b64encode(PNG + b"\0\0\0\rIHDR" + struct.pack(">II", width, height)).decode()


def display(**data):
    kinds = {name.replace("_", "/"): value for name, value in data.items()}
    return {"output_type": "display_data", "data": kinds}


@pytest.mark.parametrize(
    ("outputs", "kept"),
    [
        (None, []),
        ("text", []),
        ([1, None, [], {}, {"output_type": "update"}], []),
        ([{"output_type": "stream", "name": "<b>", "text": "x"}], ["stdout"]),
        ([{"output_type": "stream", "name": "stdout", "text": 5}], []),
        ([{"output_type": "error", "traceback": 5}], ["error"]),
        ([{"output_type": "display_data", "data": []}], []),
        ([display(image_png=png(10, 10))], ["image/png"]),
        ([display(image_png=png(100_000, 100_000))], []),
        ([display(image_png="not base64!")], []),
        ([display(image_png=base64.b64encode(b"GIF89a" + b"\0" * 50).decode())], []),
        ([display(image_png="A" * (IMAGE + 1))], []),
        ([display(image_svg="<svg/>", application_json={"a": 1})], []),
    ],
)
def test_is_kept_only_what_has_a_known_form(outputs, kept):
    found = checked(outputs)
    names = [one.get("name") or "".join(one.get("data", ())) or one["output_type"] for one in found]
    assert names == kept


def test_is_no_more_kept_than_fits():
    stream = {"output_type": "stream", "name": "stdout", "text": "x" * TEXT}
    error = {"output_type": "error", "ename": "x", "evalue": "y", "traceback": ["z" * 100] * 10_000}
    assert len(str(checked([stream, error, *[display(text_plain="x" * 100)] * 1000]))) < 2 * TEXT
    assert len(checked([display(text_plain="x")] * 1000)) == COUNT


HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<b style='position:fixed' onmouseover=alert(1)>x",
    "<b/onclick=alert(1)>",
    "<<script>script>alert(1)<</script>/script>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<textarea></textarea><script>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<td colspan='1 onclick=alert(1)'>x</td>",
    "<td colspan=99999999>x</td>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "</div></details></article></main><h1>Full marks</h1>",
    "<style>* {display: none}</style>",
    "<p" + " a='" * 50,
    "<script>never closed",
)


class Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found, self.attributes, self.depth, self.lowest = set(), set(), 0, 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found.add(tag)
        self.attributes |= {(name, value) for name, value in attributes}
        self.depth += tag not in ("br", "hr")

    def handle_endtag(self, tag):
        self.depth -= 1
        self.lowest = min(self.lowest, self.depth)


@pytest.mark.parametrize("text", [*HOSTILE, "".join(HOSTILE)])
def test_is_nothing_left_of_hostile_html_but_text_and_harmless_elements(text):
    clean = safe_html.rebuilt(text)
    page = Elements(clean)
    assert page.found <= safe_html.ELEMENTS | safe_html.EMPTY
    assert all(
        name in ("colspan", "rowspan") and int(value) <= 100 for name, value in page.attributes
    )
    assert page.depth == 0 and page.lowest == 0  # it closes what it opens, and nothing else
    assert not re.search(r"<(?!/?[a-z0-9]+( (col|row)span=\"\d+\")*>)", clean)
    assert "display: none" not in clean


def test_does_a_table_stay_a_table():
    text = "<table class='x'><tr><th rowspan='2'>a &amp; b<td>1<br>2</td></tr></table> after"
    assert safe_html.rebuilt(text) == (
        '<table><tr><th rowspan="2">a &amp; b<td>1<br>2</td></th></tr></table> after'
    )


@pytest.mark.parametrize(
    "part", ["<", "<!--", "<b", "<b ", "</", "&", "<b a='", "<![", "<?", "<b>"]
)
def test_does_the_work_grow_with_the_text_and_no_faster(part):
    def seconds(length):
        began = time.process_time()
        safe_html.rebuilt(part * (length // len(part)))
        safe_html.rebuilt(f"<td {part * (length // len(part))}>")
        return time.process_time() - began

    assert seconds(20_000) < 32 * max(seconds(2_500), 0.001)
