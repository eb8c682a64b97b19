"""Returns a list nested ten thousand levels deep, and one that holds itself."""

ANSWERS = {
    "double": """
turn = iter(range(100))

def double(x):
    if next(turn) % 2:
        value = []
        value.append(value)
        return value
    value = 0
    for _ in range(10_000):
        value = [value]
    return value
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"wrong"}, "double.leaves_its_input_alone": {"wrong"}}
