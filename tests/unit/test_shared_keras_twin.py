"""Does the Keras twin of a torch ResNet-8 compute what the original computes?"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from shared import checkpoints, data, measure, train
from shared.keras_twin import folded, keras_weights, resnet8_twin
from shared.models import three_channels

pytestmark = pytest.mark.xdist_group("tensorflow")  # its import takes seconds: once


@pytest.fixture(scope="module")
def images():
    return three_channels(data.load("digits").calibration.head(16))


@pytest.fixture(scope="module")
def trained():
    return checkpoints.load_resnet8("digits")


def logits(model, images):
    with torch.no_grad():
        return model(train.to_torch(images)[0]).numpy()


def test_does_folding_leave_the_function_and_the_original_as_they_were(trained, images):
    before = logits(trained, images)
    without = folded(trained)
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in without.modules())
    # 7 norms of 4 numbers a channel went: 480 moving statistics and as many learned numbers.
    assert measure.parameters(without) == measure.parameters(trained) - 2 * 480
    # Rounding moves a logit by 3e-6 of 20; a norm that is lost, by 13.
    np.testing.assert_allclose(logits(without, images), before, rtol=1e-4, atol=1e-4)
    assert any(isinstance(layer, nn.BatchNorm2d) for layer in trained.modules())


def test_does_the_twin_give_the_logits_of_the_original(trained, images):
    """On images whose sides are even, where torch and "same" pad a stride differently?"""
    network = folded(trained)
    twin = resnet8_twin(network, images.images.shape[1:])
    came = np.asarray(twin(images.images))
    # Two frameworks are 4e-6 apart; a border on the wrong side moves a logit by 15.
    np.testing.assert_allclose(came, logits(network, images), rtol=1e-3, atol=1e-3)
    assert measure.parameters(twin) == measure.parameters(network)
    assert [layer.name for layer in twin.layers][0] == "image"


def test_is_a_network_with_norms_refused(trained):
    with pytest.raises(ValueError, match="folded"):
        resnet8_twin(trained, (8, 8, 3))


def test_are_axes_put_in_keras_order():
    conv, dense = nn.Conv2d(3, 5, (1, 2)), nn.Linear(4, 6)
    assert [w.shape for w in keras_weights(conv)] == [(1, 2, 3, 5), (5,)]
    assert [w.shape for w in keras_weights(dense)] == [(4, 6), (6,)]
    assert keras_weights(conv)[0][0, 1, 2, 4] == conv.weight[4, 2, 0, 1].item()
