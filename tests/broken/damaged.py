"""Files that are damaged, or are no notebooks: transfers, editors, merges and other formats."""

from __future__ import annotations

import json

from tests.broken.corpus import HONEST, case, cell, honest, own_cell, position, unreadable

DEEP = 5000


@unreadable("it is empty")
def empty():
    return b""


@unreadable("it is empty")
def nothing_but_nul():
    return bytes(500)


@unreadable("not a notebook (Expecting value")
def not_json():
    return "My answers are in the e-mail.\n"


@unreadable("it is a PDF file")
def a_pdf():
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


@unreadable("it is a web page")
def a_login_page():
    return "<!DOCTYPE html><html><title>Please sign in</title></html>"


@unreadable("it is a zip file")
def a_zip_with_another_suffix():
    return b"PK\x03\x04" + bytes(range(256))


@unreadable("Expecting property name")
def a_python_dict():
    return str(honest())


@unreadable("it holds a JSON list")
def a_list():
    return json.dumps([honest()])


@unreadable("it holds a JSON int")
def a_number():
    return "42"


@unreadable("it holds a JSON str")
def a_string():
    return json.dumps(HONEST)


@unreadable("it holds a JSON NoneType")
def null():
    return "null"


@unreadable("it has no list of cells")
def cells_that_are_no_list():
    return honest() | {"cells": {"0": "def double(x): return 2 * x"}}


@unreadable("it has no readable cells")
def cells_that_are_no_cells():
    return honest() | {"cells": [1, None, "def double(x): return 2 * x", []]}


@case(6, "The file is damaged")
def truncated_after_the_answers():
    return HONEST[: HONEST.index('check(\\"total\\")')]


@case(3, "The file is damaged", "The answer cell total is missing.")
def truncated_in_an_answer():
    return HONEST[: HONEST.index("x.sum()")]


@case(6, "The file is damaged")
def cut_in_half_of_a_letter():
    text = HONEST[: HONEST.index('check(\\"total\\")')].encode()
    return text + "é".encode()[:1]


@case(6, "The file is damaged")
def with_conflict_markers_of_git():
    begin = HONEST.index("  {", HONEST.index("study cells are not graded") + 200)
    return f"{HONEST[:begin]}<<<<<<< HEAD\n=======\n>>>>>>> upstream\n{HONEST[begin:]}"


@case(6, "The file is damaged")
def with_a_trailing_comma():
    return HONEST.replace(" ],\n", " ,],\n", 1).replace("  }\n ,]", "  },\n ]")


@case(6, "the rest was not read")
def written_twice():
    return HONEST + HONEST[100:]


@case(6)
def padded_with_nul():
    return HONEST.encode() + bytes(4096)


@case(6, "it was read as utf-16.")
def utf_16():
    return HONEST.encode("utf-16")


@case(6, "it was read as utf-16-le")
def utf_16_without_a_mark():
    return HONEST.encode("utf-16-le")


@case(6, "it was read as utf-16-be")
def utf_16_cut_in_half_of_a_letter():
    return HONEST.encode("utf-16-be") + b"\0"


@case(6, "it was read as utf-32")
def utf_32():
    return HONEST.encode("utf-32")


@case(6)
def utf_8_with_a_mark():
    return HONEST.encode("utf-8-sig")


@case(6, "it was read as Latin-1")
def latin_1():
    notebook = honest()
    cell(notebook, "double")["source"] += "  # Größe"
    return json.dumps(notebook, ensure_ascii=False).encode("latin-1")


@case(6)
def crlf():
    return HONEST.replace("\n", "\r\n")


@case(6)
def line_ends_within_strings():
    return HONEST.replace("\\n", "\n").replace("    return", "\treturn")


@case(6)
def not_a_number():
    return honest() | {"metadata": {"kernelspec": float("nan"), "x": [float("-inf")]}}


@case(6)
def duplicate_keys():
    return '{"cells": [], "nbformat": 5,' + HONEST.lstrip()[1:]


@case(6)
def an_integer_that_python_refuses():
    notebook = honest()
    cell(notebook, "double")["execution_count"] = 12345
    return json.dumps(notebook).replace("12345", "9" * 5000)


@case(6)
def an_output_nested_too_deeply():
    notebook = honest()
    cell(notebook, "double")["outputs"] = ["deep"]
    return json.dumps(notebook).replace('"deep"', "[" * DEEP + "]" * DEEP)


@case(6, "The file is damaged")
def metadata_nested_too_deeply():
    notebook = honest() | {"metadata": "deep"}
    return json.dumps(notebook).replace('"deep"', '{"a":' * DEEP + "0" + "}" * DEEP)


@case(3, "The answer cell double is missing.")
def a_cell_nested_too_deeply():
    notebook = honest()
    cell(notebook, "double")["metadata"] = "deep"
    return json.dumps(notebook).replace('"deep"', "[" * DEEP + "]" * DEEP)


@unreadable("recursion", large=True)
def nothing_but_nesting():
    return "[" * 1_000_000


@case(6)
def format_2():
    return _old(2)


@case(6)
def format_3():
    return _old(3)


@unreadable("its format is version 5")
def format_5():
    return honest() | {"nbformat": 5}


@unreadable("its format is version 1")
def format_1():
    return honest() | {"nbformat": 1}


@case(6)
def format_missing():
    notebook = honest()
    del notebook["nbformat"], notebook["nbformat_minor"]
    return notebook


@case(6)
def format_of_another_kind():
    return honest() | {"nbformat": "four", "nbformat_minor": [9]}


@case(6)
def metadata_missing():
    notebook = honest()
    del notebook["metadata"]
    for one in notebook["cells"]:
        del one["metadata"]
    return notebook


@case(6, "by its cell id")
def metadata_of_another_kind():
    notebook = honest() | {"metadata": [None]}
    for one, junk in zip(notebook["cells"], [1, [], "x", None, {"nbgrader": 3}] * 9, strict=False):
        one["metadata"] = junk
    return notebook


@case(6)
def cell_ids_missing():
    notebook = honest() | {"nbformat_minor": 4}
    for one in notebook["cells"]:
        del one["id"]
    return notebook


@case(6)
def cell_ids_all_the_same():
    notebook = honest()
    for one in notebook["cells"]:
        one["id"] = "double"
    return notebook


@case(6)
def cell_ids_of_another_kind():
    notebook = honest()
    for one, junk in zip(notebook["cells"], [1, [], {}, None, "x" * 9999] * 9, strict=False):
        one["id"] = junk
    return notebook


@case(6)
def cell_types_missing():
    notebook = honest()
    for one in notebook["cells"]:
        del one["cell_type"]
    return notebook


@case(6)
def junk_between_the_cells():
    notebook = honest()
    cells = notebook["cells"]
    notebook["cells"] = [x for one in cells for x in (one, None, 7, "x", [one], {"a": one}, {})]
    return notebook


@case(6)
def sources_as_lists():
    notebook = honest()
    for one in notebook["cells"]:
        one["source"] = [*one["source"], None, 3]
    return notebook


@case(3, "Not answered yet")
def a_source_of_null():
    return _with_source("total", None)


@case(3, "Not answered yet")
def a_source_that_is_a_number():
    return _with_source("total", 3.5)


@case(3, "Not answered yet")
def a_source_that_is_a_dict():
    return _with_source("total", {"def total(x)": "return x.sum()"})


@case(6, "NUL characters")
def nul_in_a_source():
    return _with_source("double", "def double(x):\n\0    return \0x + x")


@case(6, "(surrogates)")
def half_a_character_in_a_source():
    return _with_source("double", "def double(x):\n    return x + x  # \ud83d, \udca9")


@case(6)
def outputs_of_another_kind():
    notebook = honest()
    for one, junk in zip(notebook["cells"], [1, "x", {"data": 3}, [3, None, {}]] * 9, strict=False):
        one |= {"outputs": junk, "execution_count": junk}
    return notebook


@case(6)
def attachments_of_another_kind():
    notebook = honest()
    for one, junk in zip(notebook["cells"], [1, "x", {"a.png": 3}, [3, {}]] * 9, strict=False):
        one["attachments"] = junk
    return notebook


@case(6, large=True)
def outputs_of_100_mb():
    notebook = honest()
    lines = ['"training", ]} …\n'] * 2_900_000
    text = {"name": "stdout", "output_type": "stream", "text": lines}
    cell(notebook, "double")["outputs"] = [text]
    cell(notebook, "title")["attachments"] = {"x.png": {"image/png": "QUJD" * 1_000_000}}
    return notebook


@case(6, large=True)
def pictures_of_20_mb_in_texts():
    notebook = honest()
    picture = f"![plot](data:image/png;base64,{'QUJD' * (5 << 20)})"
    notebook["cells"].insert(1, own_cell(picture, "markdown"))
    return notebook


@unreadable("of them text", large=True)
def texts_of_20_mb():
    notebook = honest()
    notebook["cells"].append(own_cell(["word " * 10_000] * 400, "markdown"))
    return notebook


@unreadable("its outputs have too many parts", large=True)
def outputs_of_many_million_parts():
    return '{"cells": [{"outputs": [' + "[]," * 10_000_000


@unreadable("more than", large=True)
def a_file_of_150_mb():
    return bytes(150 << 20)


@case(6, large=True)
def ten_thousand_cells():
    notebook = honest()
    start = position(notebook, "double")
    notebook["cells"][start:start] = [own_cell(f"x{i} = '''{i}'''") for i in range(10_000)]
    return notebook


def _with_source(name: str, source: object) -> dict:
    notebook = honest()
    cell(notebook, name)["source"] = source
    return notebook


def _old(version: int) -> dict:
    """The notebook as formats 2 and 3 keep it."""
    notebook = honest()
    cells = notebook.pop("cells")
    for one in cells:
        del one["id"]
        if one["cell_type"] == "code":
            one |= {"input": one.pop("source"), "language": "python", "collapsed": False}
            del one["execution_count"]
    return notebook | {"nbformat": version, "nbformat_minor": 0, "worksheets": [{"cells": cells}]}
