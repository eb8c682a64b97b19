"""Has metadata of other types in all places: lists, numbers and nothing instead of mappings."""

import json


def submission(lab, world):
    cells = [
        {"cell_type": "code", "source": "x"},
        {"cell_type": "code", "source": "x", "metadata": [1]},
        {"cell_type": ["code"], "source": "x", "metadata": {"nbgrader": 7, "tags": 5}},
        {"source": "x", "metadata": {"nbgrader": {"grade_id": ["double"], "solution": "yes"}}},
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": [], "cells": cells}).encode()


SCORE = 0


def assert_unharmed(world, outcome):
    assert outcome.attacker["status"] in ("graded", "unreadable")
