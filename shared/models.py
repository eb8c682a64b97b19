"""Architectures that notebooks share without discussing them. All return logits (n, classes)."""

from __future__ import annotations

import dataclasses

import torch
from torch import nn

from shared.data import Split


def lenet_300_100(inputs: int = 28 * 28, classes: int = 10) -> nn.Sequential:
    """LeNet-300-100, the fully connected network of the pruning papers (LeCun et al. 1998).

    Takes (n, …) with `inputs` numbers an image. 266,610 parameters and 266,200 multiply-adds at 784
    inputs and 10 classes.
    """
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(inputs, 300),
        nn.ReLU(),
        nn.Linear(300, 100),
        nn.ReLU(),
        nn.Linear(100, classes),
    )


class _Block(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut; a 1 x 1 convolution where the shape changes."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(outputs)
        changes = stride != 1 or inputs != outputs
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride=stride) if changes else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


def three_channels(split: Split) -> Split:
    """The split as resnet8 takes it: grey images (n, h, w, 1) become (n, h, w, 3), all alike."""
    if split.images.shape[-1] == 3:
        return split
    return dataclasses.replace(split, images=split.images.repeat(3, axis=-1))


def resnet8(classes: int = 10) -> nn.Sequential:
    """The ResNet-8 of MLPerf Tiny's image classification (Banbury et al. 2021), for CIFAR-10.

    Takes (n, 3, 32, 32). 78,186 learned parameters and 480 moving statistics: the 78,666 of the
    benchmark's own Keras model, biases of the convolutions included. 12,501,632 multiply-adds. One
    difference: a strided convolution here pads both sides, Keras' "same" only the far one; shapes
    and counts agree.
    """
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        _Block(16, 16, stride=1),
        _Block(16, 32, stride=2),
        _Block(32, 64, stride=2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, classes),
    )
