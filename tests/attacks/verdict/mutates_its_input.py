"""Changes its input in place, so that a grader that kept the array would compare it with itself."""

ANSWERS = {
    "double": """
def double(x):
    x[:] = 0
    return x
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"wrong"}, "double.leaves_its_input_alone": {"wrong"}}
