"""Notebooks that are whole, but whose cells are not what the lab handed out."""

from __future__ import annotations

from typing import Any

from tests.broken.corpus import case, cell, honest, own_cell, position
from tests.unit import toy_lab
from tests.unit.toy_lab import DOUBLE, TOTAL

SUM, SAVE = TOTAL.split("\n\n")
WRONG = "def double(x):\n    return 3 * x"
STUB = "    # YOUR CODE HERE\n    raise NotImplementedError()"


def with_answers(double: str = DOUBLE, total: str = TOTAL) -> dict[str, Any]:
    """A notebook with these answers."""
    notebook = honest()
    cell(notebook, "double")["source"] = double
    cell(notebook, "total")["source"] = total
    return notebook


def with_cells(name: str, *cells: dict[str, Any]) -> dict[str, Any]:
    """A notebook with `cells` in place of an answer cell."""
    notebook = honest()
    at = position(notebook, name)
    notebook["cells"][at : at + 1] = cells
    return notebook


def answer_cell(name: str, source: str, **fields: Any) -> dict[str, Any]:
    """The lab's answer cell, with another source and other fields."""
    return cell(honest(), name) | {"source": source} | fields


def without_metadata(*, ids: bool) -> dict[str, Any]:
    """What an editor leaves that knows nothing of metadata (and of ids)."""
    notebook = honest()
    for i, one in enumerate(notebook["cells"]):
        one["metadata"] = {}
        if ids:
            one["id"] = f"new-{i}"
    return notebook


# --- another notebook ---


@case(6, "The notebook is set to R: it was run as Python.")
def kernel_of_r():
    kernel = {"name": "ir", "display_name": "R", "language": "R"}
    return honest() | {"metadata": {"kernelspec": kernel, "language_info": {"name": "R"}}}


@case(0, "The notebook is set to R", "SyntaxError")
def answers_in_r():
    source = "double <- function(x) {\n  x + x\n}"
    return with_answers(source, source) | {"metadata": {"language_info": {"name": "R"}}}


@case(0, "The answer cell double is missing.", "is it another lab's notebook?")
def notebook_of_another_lab():
    notebook = honest()
    for one in notebook["cells"]:
        if one["id"] in ("double", "total"):
            details = toy_lab.details(f"{one['id']}_other", solution=True, locked=False)
            one |= {"id": f"{one['id']}_other", "metadata": details}
            one["source"] = "def magnitude_mask(w):\n    return abs(w) > 1"
    return notebook


@case(3, "The answer cell total is missing.")
def older_release_without_an_exercise():
    notebook = honest()
    at = position(notebook, "total")
    del notebook["cells"][at : at + 2]
    notebook["cells"].insert(0, own_cell("# Toy, first edition", "markdown"))
    return notebook


@case(3, "Not answered yet")
def older_release_with_another_stub():
    return with_answers(
        total=f"def total(x):\n    # your answer\n{STUB}\n\ndef save_total(p): pass"
    )


@case(0, "Not answered yet")
def the_lab_as_it_was_handed_out():
    return toy_lab.lab()


@case(0, "is it another lab's notebook?")
def an_empty_cell_only():
    return honest() | {"cells": [own_cell("")]}


# --- cells split, merged, copied, moved, lost ---


@case(6, "The answer total stands in 2 cells")
def split_between_functions():
    return with_cells("total", answer_cell("total", SUM, id="new"), answer_cell("total", SAVE))


@case(6)
def split_within_a_function():
    head, tail = TOTAL[:13], TOTAL[14:]
    return with_cells("total", answer_cell("total", head, id="new"), answer_cell("total", tail))


@case(6)
def split_with_the_name_on_the_first_half():
    return with_cells("total", answer_cell("total", TOTAL[:13]), own_cell(TOTAL[14:]))


@case(6)
def split_with_the_name_on_the_second_half():
    return with_cells("total", own_cell(TOTAL[:13]), answer_cell("total", TOTAL[14:]))


@case(6, "The answer total stands in 3 cells")
def split_into_three():
    helper = own_cell("def helper(x):\n    return x.sum()\n\ndef total(x):\n    return helper(x)")
    last = own_cell("total(np.ones(3))")
    return with_cells("total", answer_cell("total", SAVE), helper, last, answer_cell("total", "1"))


@case(6, "The answer total was found in the cell of another answer.")
def merged():
    notebook = with_answers(double=f"{DOUBLE}\n\n{TOTAL}")
    notebook["cells"].remove(cell(notebook, "total"))
    return notebook


@case(6, "The answer double was found in the cell of another answer.")
def merged_into_the_later_one():
    notebook = with_answers(total=f"{DOUBLE}\n\n{TOTAL}")
    notebook["cells"].remove(cell(notebook, "double"))
    return notebook


@case(6, "The answer double was found in the cell of another answer.")
def merged_with_the_stub_left():
    return with_answers(double=f"def double(x):\n{STUB}", total=f"{DOUBLE}\n\n{TOTAL}")


@case(6)
def answers_in_each_others_cells():
    return with_answers(double=TOTAL, total=DOUBLE)


@case(6, "no code cell ('markdown')")
def retyped_to_markdown():
    return with_cells("total", answer_cell("total", TOTAL, cell_type="markdown"))


@case(6, "no code cell ('raw')")
def retyped_to_raw():
    return with_cells("double", answer_cell("double", DOUBLE, cell_type="raw"))


@case(6, "2 answer cells double: the last one counts")
def copied_with_the_right_one_last():
    return with_cells("double", answer_cell("double", WRONG), answer_cell("double", DOUBLE, id="b"))


@case(5, "2 answer cells double: the last one counts")
def copied_with_the_wrong_one_last():
    return with_cells("double", answer_cell("double", DOUBLE), answer_cell("double", WRONG, id="b"))


@case(6)
def copied_before_it_was_answered():
    stub = answer_cell("double", f"def double(x):\n{STUB}", id="b")
    return with_cells("double", answer_cell("double", DOUBLE), stub)


@case(6, "The answer double was found in a cell of the student's own")
def answered_in_a_new_cell():
    stub = answer_cell("double", f"def double(x):\n{STUB}")
    return with_cells("double", stub, own_cell(WRONG), own_cell(DOUBLE))


@case(6)
def an_attempt_in_a_cell_beside_it():
    return with_cells("double", answer_cell("double", DOUBLE), own_cell(WRONG))


@case(3, "The answer cell double is missing.")
def deleted():
    return with_cells("double")


@case(3, "Not answered yet")
def emptied():
    return with_answers(double="  \n")


@case(6)
def moved():
    notebook = honest()
    notebook["cells"].reverse()
    return notebook


@case(6, "The locked cell imports was changed")
def locked_cells_changed_and_deleted():
    notebook = honest()
    cell(notebook, "imports")["source"] = "import math as np"
    notebook["cells"].remove(cell(notebook, "total_check"))
    return notebook


@case(6, "The answer total was found by its cell id")
def metadata_lost():
    return without_metadata(ids=False)


@case(6, "by the functions that it defines")
def metadata_and_ids_lost():
    return without_metadata(ids=True)


@case(3, "by the functions that it defines", "SyntaxError")
def metadata_and_ids_lost_beside_a_syntax_error():
    notebook = without_metadata(ids=True)
    for one in notebook["cells"]:
        if one["source"] == DOUBLE.splitlines(keepends=True):
            one["source"] = "def double(x):\n    return x +* x"
    return notebook


@case(6, "by the functions that it defines")
def metadata_and_ids_lost_with_magics():
    notebook = without_metadata(ids=True)
    for one in notebook["cells"]:
        if "".join(one["source"]) in (DOUBLE, TOTAL):
            one["source"] = ["%%time\n", "!ls\n", *one["source"]]
    return notebook


# --- what stands in an answer cell ---


@case(3, "`double` is not defined.", "The answer double defines `dubble`, but not `double`.")
def a_function_renamed():
    return with_answers(double="def dubble(x):\n    return x + x")


@case(6)
def a_function_by_assignment():
    return with_answers(double="double = lambda x: x + x")


@case(6)
def an_old_attempt_in_quotes():
    return with_answers(double=f'{DOUBLE}\n\n"""\n{WRONG}\n"""\n# def double(x): 3')


@case(6, "2 cells")
def an_old_attempt_in_quotes_in_a_copy():
    copy = answer_cell("double", f"'''\n{WRONG}\n'''", id="b")
    return with_cells("double", answer_cell("double", DOUBLE), copy)


@case(3, "SyntaxError")
def a_syntax_error():
    return with_answers(double="def double(x)\n    return x + x")


@case(6)
def indented_as_a_whole():
    return with_answers(double="    def double(x):\n        return x + x")


@case(6)
def tabs():
    return with_answers(double="def double(x):\n\treturn x + x")


@case(3, "TabError")
def tabs_and_blanks():
    return with_answers(double="def double(x):\n        x = x + 0\n\treturn x + x")


@case(6)
def crlf_in_a_source():
    return with_answers(double="def double(x):\r\n    return x + x\r\n", total=TOTAL + "\r")


@case(6)
def a_cell_magic():
    return with_answers(double=f"%%time\n{DOUBLE}")


@case(6)
def line_magics_and_shell_escapes():
    return with_answers(double=f"!pip install numpy\n%matplotlib inline\n{DOUBLE}\nx = !ls")


@case(3)
def a_shell_script():
    return with_answers(double="%%bash\nexit 3")


@case(3, "UsageError")
def an_unknown_magic():
    return with_answers(double=f"%%nosuchmagic\n{DOUBLE}")


@case(3, "EOFError")
def a_question_before_the_function():
    return with_answers(double=f"n = int(input('How often? '))\n{DOUBLE}")


@case(6, "EOFError")
def a_question_after_the_function():
    return with_answers(double=f"{DOUBLE}\nn = int(input('How often? '))")


@case(3, "ZeroDivisionError")
def an_exception_before_the_function():
    return with_answers(double=f"1 / 0\n{DOUBLE}")


@case(6, "ZeroDivisionError")
def an_exception_after_the_function():
    return with_answers(double=f"{DOUBLE}\n1 / 0")


@case(3, "SystemExit")
def an_exit_before_the_function():
    return with_answers(double=f"import sys\nsys.exit()\n{DOUBLE}")


@case(6)
def an_await():
    return with_answers(double=f"import asyncio\nawait asyncio.sleep(0)\n{DOUBLE}")


@case(3, "did not finish within")
def an_endless_loop():
    return with_answers(double=f"while True:\n    pass\n{DOUBLE}")


@case(3, "NameError", "1 of the student's own cells were not run", "`helper`")
def a_helper_in_another_cell():
    notebook = with_answers(double="def double(x):\n    return helper(x)")
    notebook["cells"].insert(1, own_cell("def helper(x):\n    return x + x"))
    return notebook


@case(3, "NameError", "1 of the student's own cells were not run")
def an_import_in_another_cell():
    notebook = with_answers(double="two = math.sqrt(4)\ndef double(x):\n    return two * x")
    notebook["cells"].insert(1, own_cell("import math"))
    return notebook


@case(3, "was not run (double)", large=True)
def an_answer_of_two_megabytes():
    return with_answers(double=f"{DOUBLE}\n# " + "x" * 2_000_000)


@case(6, large=True)
def a_thousand_copies():
    copies = [answer_cell("double", WRONG, id=f"c{i}") for i in range(999)]
    return with_cells("double", *copies, answer_cell("double", DOUBLE))
