"""Puts markup, scripts and terminal escapes into sources, errors and printed text."""

ANSWERS = {
    "double": """
MARK = '"><script>alert(world)</script><img src=x onerror=alert(1)>'
print(MARK)

def double(x):
    raise ValueError(MARK + chr(27) + "]0;DONE" .lower())
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}


def assert_unharmed(world, outcome):
    for page in (world.folder / "out").glob("*.html"):
        text = page.read_text()
        assert "<script>alert" not in text and "<img src=x" not in text and "\x1b" not in text
