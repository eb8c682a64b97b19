"""Replaces the function that answers requests in the student's process."""

ANSWERS = {
    "double": """
import gc, types

gc.unfreeze()
(answer,) = [
    one for one in gc.get_objects()
    if isinstance(one, types.FunctionType) and one.__name__ == "_answer"
]
answer.__globals__["_failure"] = lambda error: {"ok": True, "value": True}
answer.__globals__["_answer"] = lambda shell, request: {
    "ok": True, "value": None, "passed": True, "awarded": 100, "verdict": "passed",
}
""",
    "total": "assert False",
}
SCORE = 0
VERDICTS = {
    "double.on_a_vector": {"wrong"},
    "double.leaves_its_input_alone": {"died"},
    "total.of_a_matrix": {"wrong"},
}
