"""Do the report and the feedback pages work in a browser, as an instructor and a student open them?

Needs Chromium and its driver (Debian: apt install chromium chromium-driver).
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import report
from grader.tally import class_figures
from tests.unit.report_sample import HOSTILE, find, sample_class

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
DRIVER = shutil.which("chromedriver")
# The last four: a browser that is left alone makes connections of its own.
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        BROWSER is None or DRIVER is None,
        reason="Chromium or chromedriver is not installed (apt install chromium chromium-driver)",
    ),
]


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    return sample_class()


@pytest.fixture(scope="module")
def folder(results, tmp_path_factory) -> Path:
    """The pages of the sample class, laid out as the gradebook lays them out."""
    folder = tmp_path_factory.mktemp("grades")
    links = {}
    for submission in results["submissions"]:
        link = f"feedback/{report.safe_name(submission['student'])}.html"
        report.write_feedback(results, submission, folder / link)
        links[submission["student"]] = link
    report.write_index(results, folder / "index.html", links)
    return folder


class Visitor:
    """A browser that remembers what pages asked for and complained about."""

    def __init__(self, profile: Path) -> None:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        options = webdriver.ChromeOptions()
        options.binary_location = BROWSER
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        for argument in (*ARGUMENTS, f"--user-data-dir={profile}"):
            options.add_argument(argument)
        service = Service(executable_path=DRIVER, log_output=subprocess.DEVNULL)
        self.driver = webdriver.Chrome(options=options, service=service)

    def open(self, page: Path) -> None:
        self.driver.get_log("performance")
        self.driver.get_log("browser")
        self.driver.get(page.as_uri())

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """What was asked for since `open`, from disk or network."""
        entries = self.driver.get_log("performance")
        messages = [json.loads(entry["message"])["message"] for entry in entries]
        urls = [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]
        return [url for url in urls if not url.startswith(("data:", "chrome:"))]

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def emulate(self, command: str, **settings: Any) -> None:
        self.driver.execute_cdp_cmd(f"Emulation.{command}", settings)

    def columns(self, table: str) -> list[list[str]]:
        """The text of a table's body, by row."""
        return self.run(
            "return [...document.querySelectorAll(arguments[0] + ' tbody tr')].map("
            "row => [...row.cells].map(cell => cell.innerText.trim()))",
            table,
        )


@pytest.fixture(scope="module")
def visitor(tmp_path_factory) -> Iterator[Visitor]:
    visitor = Visitor(tmp_path_factory.mktemp("profile"))
    yield visitor
    visitor.driver.quit()


def graded(results: dict[str, Any]) -> list[dict[str, Any]]:
    return [s for s in results["submissions"] if s["status"] == "graded"]


def test_does_every_page_load_without_complaint_or_request(results, folder, visitor):
    pages = [folder / "index.html", *sorted((folder / "feedback").iterdir())]
    assert len(pages) == 29
    for page in pages:
        visitor.open(page)
        assert visitor.run("return document.querySelector('h1').innerText") == results["title"]
        assert visitor.complaints() == []
        assert visitor.requests() == [page.as_uri()]


def test_are_the_scores_those_of_the_results(results, folder, visitor):
    visitor.open(folder / "index.html")
    rows = visitor.columns("#class")
    assert [row[1] for row in rows[:2]] == ["–", "–"]
    assert [row[1:10] for row in rows[2:]] == [
        [f"{n:g}" for n in (s["score"], *(e["score"] for e in s["exercises"]))]
        for s in graded(results)
    ]


def test_does_each_link_open_the_students_own_page(results, folder, visitor):
    visitor.open(folder / "index.html")
    links = visitor.run("return [...document.querySelectorAll('#class a')].map(a => a.href)")
    ordered = [s for s in results["submissions"] if s["status"] != "graded"] + graded(results)
    assert len(set(links)) == len(links) == len(ordered)
    for link, submission in list(zip(links, ordered, strict=True))[::3]:
        visitor.driver.get(link)
        shown = visitor.run("return document.querySelector('.student').innerText")
        wanted = report.clean(submission["student"])
        assert shown == wanted or len(wanted) > 200 and shown.startswith(wanted[:200])
        if submission["status"] == "graded":
            total = visitor.run("return document.querySelector('.score.big').innerText")
            assert total.split()[0] == f"{submission['score']:g}"


def test_does_pressing_a_heading_sort_the_students(results, folder, visitor):
    visitor.open(folder / "index.html")
    button = visitor.driver.find_element("css selector", "#class th:nth-child(2) button")
    scores = sorted(s["score"] for s in graded(results))
    button.click()
    assert [row[1] for row in visitor.columns("#class")] == [f"{s:g}" for s in scores] + ["–"] * 2
    heading = button.find_element("xpath", "..")
    assert heading.get_attribute("aria-sort") == "ascending"
    button.send_keys("\ue007")  # Enter: the keyboard does the same
    falling = [f"{s:g}" for s in reversed(scores)] + ["–"] * 2
    assert [row[1] for row in visitor.columns("#class")] == falling
    assert heading.get_attribute("aria-sort") == "descending"
    visitor.driver.find_element("css selector", "#class th:first-child button").click()
    names = [row[0] for row in visitor.columns("#class") if row[0].isascii()]
    assert names.index("bob") < names.index("carol") < names.index("student-0003")
    assert len(visitor.columns("#class")) == len(results["submissions"])


def test_do_the_bars_sort_by_their_rate(results, folder, visitor):
    visitor.open(folder / "index.html")
    table = "section[aria-labelledby=exercises] table"
    visitor.driver.find_element("css selector", f"{table} th:nth-child(4) button").click()
    solved = [int(row[4].split(" / ")[0]) for row in visitor.columns(table)]
    assert solved == sorted(e.passed for e in class_figures(results).exercises)


def test_is_the_class_page_useful_without_javascript(results, folder, visitor):
    visitor.emulate("setScriptExecutionDisabled", value=True)
    try:
        visitor.open(folder / "index.html")
        text = visitor.driver.find_element("css selector", "main").text
        assert visitor.driver.find_elements("css selector", "th button") == []
    finally:
        visitor.emulate("setScriptExecutionDisabled", value=False)
    for submission in results["submissions"]:
        assert report.clean(submission["student"])[:59] in text


@pytest.mark.parametrize("width", [320, 375, 1200])
def test_does_no_page_scroll_sideways(results, folder, visitor, width):
    hostile = folder / "feedback" / f"{report.safe_name(HOSTILE)}.html"
    visitor.emulate(
        "setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False
    )
    try:
        for page in (folder / "index.html", hostile):
            visitor.open(page)
            assert visitor.run("return document.documentElement.scrollWidth") <= width
    finally:
        visitor.emulate("clearDeviceMetricsOverride")


CONTRAST = """
const light = (colour) => {
  const parts = colour.match(/[\\d.]+/g).map(Number).slice(0, 3).map((v) => v / 255);
  const [r, g, b] = parts.map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const colour = getComputedStyle(e).backgroundColor;
    if (!colour.startsWith("rgba(0, 0, 0, 0")) return colour;
  }
  return "rgb(255, 255, 255)";
};
const found = [];
for (const element of document.querySelectorAll("main *:not(svg):not(svg *)")) {
  if (![...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
  const [a, b] = [light(getComputedStyle(element).color), light(ground(element))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) found.push([element.className, element.innerText.slice(0, 40), ratio]);
}
return found;
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_is_all_text_readable_on_its_ground(results, folder, visitor, scheme):
    """Contrast of at least 4.5 to 1, which WCAG 2 asks for at level AA."""
    crashed = folder / "feedback" / "crash-died.html"
    hostile = folder / "feedback" / f"{report.safe_name(HOSTILE)}.html"
    feature = {"name": "prefers-color-scheme", "value": scheme}
    visitor.emulate("setEmulatedMedia", features=[feature])
    try:
        grounds = set()
        for page in (folder / "index.html", crashed, hostile):
            visitor.open(page)
            assert visitor.run(CONTRAST) == []
            grounds.add(visitor.run("return getComputedStyle(document.body).backgroundColor"))
    finally:
        visitor.emulate("setEmulatedMedia", features=[])
    assert grounds == {"rgb(246, 246, 244)" if scheme == "light" else "rgb(20, 23, 27)"}


def test_is_every_mark_also_a_word(results, folder, visitor):
    """For readers who do not see colours or pictures."""
    visitor.open(folder / "feedback" / f"{report.safe_name('crash-died')}.html")
    words = visitor.run("return [...document.querySelectorAll('.verdict')].map(v => v.innerText)")
    checks = [c for e in find(results, "crash-died")["exercises"] for c in e["checks"]]
    told = {"passed": "passed", "died": "process ended", "not_run": "not run"}
    assert words == [told[check["verdict"]] for check in checks]
    unnamed = visitor.run(
        "return [...document.querySelectorAll('svg')].filter("
        "s => !s.ariaLabel && s.ariaHidden !== 'true').length"
    )
    assert unnamed == 0
    visitor.open(folder / "index.html")
    assert visitor.run("return document.querySelectorAll('th:not([scope])').length") == 0
