"""Lab 07: its exercises, in the order of the notebook. The checks stand in `lab07_*.py`.

Everything that a check compares with is computed in numpy (`lab07_reference.py`); the lab runs
PyTorch. Each tolerance and threshold has its reason beside it.
"""

from grader.rubric import Rubric
from grader.rubrics import (
    lab07_file,
    lab07_masks,
    lab07_packing,
    lab07_pruner,
    lab07_scan,
    lab07_second_order,
    lab07_training,
)

rubric = Rubric(
    lab="07",
    notebook="07_lab_weight_pruning_and_accuracy_tracking",
    title="Weights that can go",
    exercises=[
        lab07_packing.packing,
        lab07_masks.magnitude,
        lab07_masks.everywhere,
        lab07_scan.sensitivity,
        lab07_training.schedule,
        lab07_pruner.pruner,
        lab07_training.ticket,
        lab07_second_order.damage,
        lab07_second_order.surgeon,
        lab07_second_order.series,
        lab07_file.saving,
    ],
    stack=("torch",),
)
