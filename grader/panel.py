"""The box that a learner's answer is shown in: a coloured edge, a title with a verdict, a body."""

from __future__ import annotations

import html

COLOURS = {True: "#1a7f37", False: "#b42318", None: "#57606a"}


def panel(title: str, verdict: str, passed: bool | None, body: str, footer: str = "") -> str:
    """HTML for Jupyter. title, verdict and footer are text; body is HTML. passed: None asks."""
    colour = COLOURS[passed]
    said = f" — <b style='color:{colour}'>{html.escape(verdict)}</b>" if verdict else ""
    below = f"<div style='margin-top:.5em;opacity:.75'>{html.escape(footer)}</div>"
    return (
        f"<div style='border-left:4px solid {colour};padding:.3em .9em;margin:.3em 0'>"
        f"<div><b>{html.escape(title)}</b>{said}</div>{body}{below if footer else ''}</div>"
    )
