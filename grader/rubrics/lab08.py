"""Lab 08: its exercises, in the order of the notebook. The checks stand in `lab08_*.py`.

Everything that a check compares with is computed in numpy (`lab08_reference.py`); files are read by
the judge. Each tolerance and threshold has its reason beside it.
"""

from grader.rubric import Rubric
from grader.rubrics import (
    lab08_activations,
    lab08_integers,
    lab08_network,
    lab08_numbers,
    lab08_weights,
)

rubric = Rubric(
    lab="08",
    notebook="08_lab_quantize_resnet_fp32_to_int8",
    title="ResNet-8 from FP32 to INT8",
    stack=("torch", "onnxruntime"),
    datasets=("cifar-10", "digits"),
    exercises=[
        lab08_numbers.parameters,
        lab08_numbers.both_ways,
        lab08_weights.folding,
        lab08_weights.rounding,
        lab08_weights.rescaling,
        lab08_activations.observers,
        lab08_activations.entropy,
        lab08_integers.multiplier,
        lab08_integers.convolution,
        lab08_network.whole,
        lab08_network.share,
        lab08_activations.straight_through,
    ],
)
