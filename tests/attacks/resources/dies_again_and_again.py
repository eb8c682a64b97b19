"""Dies in each call, so that it is started again for the next one, a few times at most."""

ANSWERS = {
    "double": "import os\n\ndef double(x):\n    os._exit(0)",
    "total": "import os\n\ndef total(x):\n    os._exit(0)\n\nsave_total = total",
}
LIMITS = {"starts": 2}
SCORE = 0
VERDICTS = {"double.on_a_vector": {"died"}, "total.of_a_matrix": {"not_run"}}
