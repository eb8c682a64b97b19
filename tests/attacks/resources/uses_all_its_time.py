"""Sleeps through every deadline until the time of the whole submission is over."""

ANSWERS = {
    "double": "import time\n\ndef double(x):\n    time.sleep(60)",
    "total": "import time\n\ndef total(x):\n    time.sleep(60)\n\nsave_total = total",
}
LIMITS = {"total_seconds": 6.0}
SCORE = 0
VERDICTS = {"double.on_a_vector": {"timed_out"}, "total.of_a_matrix": {"timed_out"}}


def assert_unharmed(world, outcome):
    # Four times its six seconds where others have the processors, and the end of what runs then.
    assert outcome.attacker["seconds"] < 40
