"""JUnit XML, as CI servers and dashboards read it: a suite a student, a test case a check.

A wrong or missing answer is a failure, one that raised, hung or died an error. Values (expected,
got) are told for visible checks only.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from grader.cells import plain, points
from grader.exports.roster import Roster

FAILURES = {"wrong", "missing"}  # other verdicts are errors


def export(results: dict[str, Any], roster: Roster | None, column: str) -> str:
    """The document's text. All students are in it; the roster is not asked."""
    root = ElementTree.Element("testsuites", name=plain(column))
    for submission in results["submissions"]:
        root.append(_suite(submission))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(submission: dict[str, Any]) -> ElementTree.Element:
    suite = ElementTree.Element(
        "testsuite", name=plain(submission["student"]), time=f"{submission['seconds']:.2f}"
    )
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in (
        ("file", submission["file"]),
        ("status", submission["status"]),
        ("reason", submission["reason"]),
        ("score", points(submission["score"])),
        ("max_score", points(submission["max_score"])),
    ):
        ElementTree.SubElement(properties, "property", name=name, value=plain(value))
    for exercise in submission["exercises"]:
        for check in exercise["checks"]:
            suite.append(_case(exercise["name"], check))
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    return suite


def _case(exercise: str, check: dict[str, Any]) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase", classname=exercise, name=check["name"], time=f"{check['seconds']:.3f}"
    )
    if check["verdict"] != "passed":
        kind = "failure" if check["verdict"] in FAILURES else "error"
        found = ElementTree.SubElement(
            case, kind, type=check["verdict"], message=plain(check["message"])
        )
        found.text = plain("\n".join(_details(check)))
    return case


def _details(check: dict[str, Any]) -> list[str]:
    told = [("likely mistake", check["mistake"])]
    if check["visible"]:
        told += [("expected", check["expected"]), ("got", check["got"])]
    return [f"{label}: {text}" for label, text in told if text]
