"""ResNet-8 of torch in Keras: the same numbers in another framework's order of axes.

The way from torch to `.tflite` that needs no third converter: `folded` takes the batch norms away,
`resnet8_twin` writes what is left as a Keras model, weights included.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def folded(model: nn.Sequential) -> nn.Sequential:
    """A copy of a trained `shared.models.resnet8` whose convolutions do their norms' work.

    The function stays the same up to the rounding of float32. The copy is in inference mode.
    """
    model = copy.deepcopy(model).eval()
    model[0], model[1] = fuse_conv_bn_eval(model[0], model[1]), nn.Identity()
    for block in list(model)[3:6]:
        block.conv1, block.bn1 = fuse_conv_bn_eval(block.conv1, block.bn1), nn.Identity()
        block.conv2, block.bn2 = fuse_conv_bn_eval(block.conv2, block.bn2), nn.Identity()
    return model


def resnet8_twin(model: nn.Sequential, shape: tuple[int, int, int]) -> Any:
    """The Keras model that computes what a *folded* torch ResNet-8 computes.

    shape: (height, width, channels) of an image; the model takes (n, height, width, channels) and
    returns logits (n, classes). A strided convolution of torch pads both sides and Keras' "same"
    only the far one, so that padding is a layer of its own. Raises ValueError for a network whose
    norms are still there.
    """
    import keras
    from keras import layers

    if any(isinstance(layer, nn.BatchNorm2d) for layer in model.modules()):
        raise ValueError("the network still has batch norms: give what `folded` returns")
    parts = []  # (Keras layer, torch layer), to hand the weights over once all layers are built

    def convolved(x: Any, source: nn.Conv2d, name: str, activation: str | None = None) -> Any:
        border, stride = source.padding[0], source.stride[0]
        if border and stride > 1:
            x = layers.ZeroPadding2D(border, name=f"{name}_pad")(x)
        layer = layers.Conv2D(
            source.out_channels,
            source.kernel_size[0],
            stride,
            padding="same" if border and stride == 1 else "valid",
            activation=activation,
            name=name,
        )
        parts.append((layer, source))
        return layer(x)

    image = keras.Input(shape, name="image")
    x = convolved(image, model[0], "stem", "relu")
    for number, block in enumerate(list(model)[3:6], 1):
        y = convolved(x, block.conv1, f"block{number}_conv1", "relu")
        y = convolved(y, block.conv2, f"block{number}_conv2")
        if isinstance(block.shortcut, nn.Conv2d):
            x = convolved(x, block.shortcut, f"block{number}_shortcut")
        added = layers.Add(name=f"block{number}_add")([y, x])
        x = layers.ReLU(name=f"block{number}_relu")(added)
    head = layers.Dense(model[8].out_features, name="logits")
    parts.append((head, model[8]))
    pooled = layers.GlobalAveragePooling2D(name="mean")(x)
    twin = keras.Model(image, head(pooled), name="resnet8")
    for layer, source in parts:
        layer.set_weights(keras_weights(source))
    return twin


def keras_weights(layer: nn.Conv2d | nn.Linear) -> list[np.ndarray]:
    """Kernel and bias of a torch layer as Keras keeps them: (h, w, in, out), or (in, out)."""
    order = (2, 3, 1, 0) if layer.weight.ndim == 4 else (1, 0)
    return [layer.weight.detach().numpy().transpose(order), layer.bias.detach().numpy()]
