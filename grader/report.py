"""The pages people read: one of feedback for each student, one of the class for the instructor.

Names, code and messages may come from someone who means harm: the templates' environment cleans
and escapes every string that they print, and `cut` keeps long ones short. What a hidden check
compared is taken out here, before a template sees it. The pages load nothing and work without
JavaScript; the class page's few lines of it only sort tables.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import itertools
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.tally import tally

if TYPE_CHECKING:  # imported where they are used: the command line loads this module every time
    import jinja2
    import rich.table
    from markupsafe import Markup
    from pygments.formatter import Formatter
    from pygments.lexer import Lexer

TEMPLATES = Path(__file__).parent / "templates"
MAX_CHARACTERS = 20_000  # of any one text on a page
# Pygments takes time that grows with the square of some inputs: 0.3 s for 8,000 open brackets.
MAX_HIGHLIGHTED = 8_000
SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,47}")
# A name that ends like an altered one is altered too, so that nobody can choose another's page;
# the others are devices on Windows, where no file can be called so.
UNSAFE_NAME = re.compile(r".*-[0-9a-f]{12}|con|prn|aux|nul|conin\$|(com|lpt)[0-9]", re.DOTALL)
# Letters that Unicode does not decompose into an ASCII letter and a mark.
UNDIVIDED_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "Œ": "Oe",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "Th",
        "ı": "i",
    }
)
ESCAPE_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")  # colours of a terminal
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
BASE64 = re.compile("[A-Za-z0-9+/]+=*")
# Characters that show as nothing and turn or hide what stands around them.
INVISIBLE = re.compile(
    "[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)


def prepare() -> None:
    """Compile the templates, and load what writes code as HTML."""
    for name in _environment().list_templates(extensions=["css", "j2"]):
        _environment().get_template(name)
    highlighted("")


def write_feedback(results: dict[str, Any], submission: dict[str, Any], path: Path) -> None:
    """Write a student's page, made of `submission`, one of `results["submissions"]`."""
    exercises = list(_exercises_to_show(results, submission))
    _write("feedback.html.j2", path, lab=results, submission=submission, exercises=exercises)


def write_index(results: dict[str, Any], path: Path, feedback_links: dict[str, str]) -> None:
    """Write the page of the class; `feedback_links` holds each student's page, relative to it.

    It goes through `results["submissions"]` twice, and holds none of them whole.
    """
    script = _environment().get_template("sort.html.j2").render()
    digest = hashlib.sha256(script.encode()).digest()
    counted = tally(results)
    _write(
        "index.html.j2",
        path,
        lab=results,
        figures=counted.figures(),
        unreadable=counted.unreadable,
        graded=(s for s in results["submissions"] if s["status"] == "graded"),
        incidents=counted.incidents,
        links=feedback_links,
        script=script,
        script_hash=base64.b64encode(digest).decode(),
    )


def summary_table(results: dict[str, Any], rows: int = 40) -> rich.table.Table:
    """The class as a table for the terminal: the first `rows` students, and how many more."""
    from rich.table import Table
    from rich.text import Text

    submissions, exercises = results["submissions"], results["exercises"]
    numbered = "\n".join(f"{n}  {clean(e['title'])}" for n, e in enumerate(exercises, 1))
    more = len(submissions) - rows
    table = Table(
        title=Text(f"Lab {clean(results['lab'])}: {clean(results['title'])}"),
        caption=Text(numbered + (f"\n… and {more} more students" if more > 0 else "")),
        caption_justify="left",
    )
    table.add_column("student", max_width=32, overflow="ellipsis", no_wrap=True)
    table.add_column(f"score / {points(results['max_score'])}", justify="right", no_wrap=True)
    for number in range(1, len(exercises) + 1):
        table.add_column(str(number), justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for submission in itertools.islice(submissions, rows):
        scores = {e["name"]: points(e["score"]) for e in submission["exercises"]}
        graded = submission["status"] == "graded"
        table.add_row(
            # Text, not str: a name such as "[red]" is not markup.
            Text(" ".join(clean(submission["student"][:80]).split())),
            points(submission["score"]) if graded else "–",
            *(scores.get(e["name"], "–") if graded else "–" for e in exercises),
            submission["status"],
            style="" if graded else "bold",
        )
    return table


def safe_name(student: str) -> str:
    """A file name for `student`, without extension: safe everywhere, and one student's only.

    A plain short lower-case name stays as it is. Any other is written in ASCII and gets the first
    12 hex digits of the SHA-256 of the original, so that "Ann" and "ann" differ on every disk.
    """
    if SAFE_NAME.fullmatch(student) and not UNSAFE_NAME.fullmatch(student):
        return student
    letters = unicodedata.normalize("NFKD", student[:200].translate(UNDIVIDED_LETTERS))
    ascii_only = letters.encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9_]+", "-", ascii_only)[:48].strip("-") or "student"
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{stem}-{digest[:12]}"


def _exercises_to_show(
    results: dict[str, Any], submission: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """A submission's exercises with what the lab says of them, and no values of hidden checks."""
    given = {exercise["name"]: exercise for exercise in submission["exercises"]}
    for number, definition in enumerate(results["exercises"], 1):
        exercise = given.get(definition["name"])
        if exercise is None:
            continue
        titles = {check["name"]: check["title"] for check in definition["checks"]}
        checks = [
            {**_without_hidden_values(check), "title": titles.get(check["name"], check["name"])}
            for check in exercise["checks"]
        ]
        yield {
            **exercise,
            "number": number,
            "title": definition["title"],
            "difficulty": definition["difficulty"],
            "minutes": definition["minutes"],
            "outputs": list(_outputs_to_show(exercise.get("outputs", []))),
            "checks": checks,
            "hints": [check["hint"] for check in checks if check["hint"]],
            "failed": next((c for c in checks if c["verdict"] != "passed"), None),
        }


def _outputs_to_show(outputs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What an answer cell showed, each output as the one form of it that a notebook shows."""
    from markupsafe import Markup

    from grader.safe_html import rebuilt

    for output in outputs:
        kind = output["output_type"]
        data = output.get("data", {})
        if kind == "stream":
            # As a terminal does, and a notebook: what a carriage return precedes is overwritten.
            text = re.sub("[^\n]*\r(?!\n)", "", output["text"].replace("\r\n", "\n"))
            yield {"kind": output["name"], "text": text}
        elif kind == "error":
            text = "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
            yield {"kind": "error", "text": text}
        elif "text/html" in data:
            yield {"kind": "html", "html": rebuilt(clean(cut(data["text/html"])))}
        elif BASE64.fullmatch(data.get("image/png", "")):
            image = Markup(data["image/png"])
            yield {"kind": "image", "image": image, "text": data.get("text/plain", "")}
        elif "text/plain" in data:
            yield {"kind": "text", "text": data["text/plain"]}


def _without_hidden_values(check: dict[str, Any]) -> dict[str, Any]:
    # The sentence of a mistake goes too: nothing keeps a rubric from putting values into it.
    return check if check["visible"] else {**check, "expected": "", "got": "", "mistake": ""}


def cut(text: object, limit: int = MAX_CHARACTERS) -> str:
    """`text`, or its first `limit` characters and a note of how many are left out."""
    whole = str(text)
    left = len(whole) - limit
    return whole if left <= 0 else f"{whole[:limit]} … [{left:,} more characters are not shown]"


def prose(text: object, limit: int = MAX_CHARACTERS) -> Markup:
    """`text` as HTML, cut and cleaned, with what stands between backticks as code."""
    from markupsafe import Markup, escape

    return Markup(re.sub("`([^`\n]+)`", r"<code>\1</code>", str(escape(clean(cut(text, limit))))))


def clean(text: str) -> str:
    """`text` with nothing in it that is unprintable, or that turns the text around it."""
    text = ESCAPE_SEQUENCE.sub("", text.replace("\r\n", "\n"))
    text = re.sub("[\x0b\x0c\r\x85\u2028\u2029]", "\n", text)
    text = UNPRINTABLE.sub("\ufffd", text)
    return INVISIBLE.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def points(value: float) -> str:
    """A number of points or seconds for people: at most two decimals, no idle zeros."""
    return f"{round(value, 2):.10g}"


def percent(rate: float) -> int:
    """A share as a whole percentage; 100 is said of all only, 0 of none only."""
    return round(100 * rate) if rate in (0, 1) else min(99, max(1, round(100 * rate)))


@functools.lru_cache(maxsize=128)  # stubs, and answers that many students give
def highlighted(source: str) -> Markup:
    """Python code as HTML, each line in a span of class "line"."""
    from markupsafe import Markup, escape

    source = clean(cut(source)).rstrip("\n")
    if len(source) <= MAX_HIGHLIGHTED:
        from pygments import highlight

        html = highlight(source, *_python_to_html())
    else:
        html = str(escape(source))
    lines = html.rstrip("\n").split("\n")  # the formatter closes its spans at each line's end
    return Markup("".join(f'<span class="line">{line}</span>\n' for line in lines))


@functools.cache
def _python_to_html() -> tuple[Lexer, Formatter]:
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)


def _finish(value: Any) -> Any:
    """What a template is about to print: text is cleaned (and escaped after), HTML passes."""
    return clean(cut(value)) if isinstance(value, str) and not hasattr(value, "__html__") else value


@functools.cache
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finish,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "cut": cut,
        "highlighted": highlighted,
        "percent": percent,
        "points": points,
        "prose": prose,
    }
    return environment


def _write(template: str, path: Path, **values: Any) -> None:
    from grader.notebooks import replaced

    with replaced(path) as file:
        _environment().get_template(template).stream(values).dump(file, "utf-8", "backslashreplace")
