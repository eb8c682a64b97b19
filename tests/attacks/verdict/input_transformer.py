"""Rewrites the source of all later cells by IPython's input transformers."""

ANSWERS = {
    "double": """
def passes(lines):
    return ["check = lambda *names: 'passed'\\n", "total = save_total = check\\n"]

get_ipython().input_transformers_cleanup.append(passes)
get_ipython().input_transformers_post.append(passes)

def double(x):
    return "passed"
"""
}
SCORE = 2
VERDICTS = {"double.on_a_vector": {"wrong"}, "total.of_a_matrix": {"wrong"}}
