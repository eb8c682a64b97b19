"""Drops every `assert` by an AST transformer (the exploit that gets 10/10 from nbgrader)."""

HOSTILE = """
import ast

class NoAssert(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)

    def visit_Raise(self, node):
        return ast.copy_location(ast.Pass(), node)

get_ipython().ast_transformers.append(NoAssert())
"""
NOTHING = "def total(x):\n    return None\n\ndef save_total(path):\n    return None"
ANSWERS = {"double": HOSTILE + "\ndef double(x):\n    return None", "total": NOTHING}
SCORE = 2  # `leaves_its_input_alone` is what a function does that does nothing
VERDICTS = {"double.on_a_vector": {"wrong"}, "total.of_a_matrix": {"wrong"}}
BUBBLEWRAP = True
