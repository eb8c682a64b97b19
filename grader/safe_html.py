"""HTML that somebody else wrote, rebuilt from a few harmless elements: tables, headings, emphasis.

Nothing of the original is passed on as it is. Elements are written anew from a list of names,
without attributes but the two that tables need; text is escaped; each element that is opened is
closed. So there is no script, link, style, form, picture or address in it, whatever a browser
makes of the rest. The work grows with the text and no faster, which `html.parser` does not promise.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

ELEMENTS = frozenset(("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td")) | frozenset(
    ("b", "strong", "i", "em", "code", "pre", "p", "div", "span", "small", "sub", "sup")
    + ("h1", "h2", "h3", "h4", "h5", "h6")
)
EMPTY = frozenset(("br", "hr"))
UNSEEN = frozenset(("script", "style", "title", "textarea", "template"))  # with all that is in them
MAX_DEPTH = 40
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>")
SPAN = re.compile(r"(?<![\w-])(colspan|rowspan)\s*=\s*[\"']?([1-9][0-9]?)[\"']?(?![\w-])", re.I)


def rebuilt(text: str) -> Markup:
    """`text` as HTML that is safe to put into a page, inside of a block."""
    from markupsafe import Markup

    builder = _Builder()
    builder.read(text)
    return Markup("".join(builder.parts))


class _Builder:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self._open: list[str] = []

    def read(self, text: str) -> None:
        at = 0
        while at < len(text):
            less = text.find("<", at)
            if less != at:
                less = len(text) if less < 0 else less
                self.parts.append(html.escape(html.unescape(text[at:less])))
                at = less
            elif text.startswith("<!--", at):
                end = text.find("-->", at)
                at = len(text) if end < 0 else end + 3
            elif tag := TAG.match(text, at):
                at = self._element(tag, text)
            else:
                self.parts.append("&lt;")
                at += 1
        self._close(0)

    def _element(self, tag: re.Match[str], text: str) -> int:
        """Take in a tag; the place after it, or after the element that is not shown."""
        name, closing = tag[2].lower(), bool(tag[1])
        if name in UNSEEN and not closing:
            end = re.compile(f"</{name}", re.I).search(text, tag.end())
            return end.start() if end else len(text)
        if name in EMPTY:
            self.parts.append(f"<{name}>")
        elif closing and name in self._open:
            # Those that were left open inside of it end here, too.
            self._close(len(self._open) - 1 - self._open[::-1].index(name))
        elif not closing and name in ELEMENTS and len(self._open) < MAX_DEPTH:
            spans = dict(SPAN.findall(tag[3])) if name in ("th", "td") else {}
            attributes = "".join(f' {key.lower()}="{value}"' for key, value in spans.items())
            self.parts.append(f"<{name}{attributes}>")
            self._open.append(name)
        return tag.end()

    def _close(self, depth: int) -> None:
        self.parts += [f"</{name}>" for name in reversed(self._open[depth:])]
        del self._open[depth:]
