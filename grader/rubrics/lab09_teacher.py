"""Makes `lab09_teacher.npz`: a teacher's logits on the images that lab 09 distils with when graded.

Stored, because a class is graded in seconds and a teacher takes minutes. Run by hand
(`python -m grader.rubrics.lab09_teacher`) with MNIST at hand; then put the printed checksum into
`lab09.py`. The rubric reads the file and never imports TensorFlow.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from shared import data
from shared.train import accuracy

PATH = Path(__file__).with_suffix(".npz")
TRANSFER_IMAGES = {"digits": 1000, "mnist": 4000}  # the first ones of the training split
EPOCHS = {"digits": 40, "mnist": 3}


def main() -> None:
    """Train one teacher a data set, and write the logits of all (float16, n x 10)."""
    logits = {}
    for name, count in TRANSFER_IMAGES.items():
        dataset = data.load(name, fallback=False)
        teacher = train_teacher(dataset, EPOCHS[name])
        transfer = dataset.train.head(count)
        logits[name] = teacher.predict(transfer.images, verbose=0).astype(np.float16)
        score = accuracy(teacher, dataset.validation)
        print(f"{name}: accuracy {score:.4f} on validation")
    np.savez_compressed(PATH, **logits)
    print(f"{PATH.name}: sha256 {hashlib.sha256(PATH.read_bytes()).hexdigest()}")


def train_teacher(dataset: data.Dataset, epochs: int) -> Any:
    """A convolutional network with dropout, trained on the whole training split."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    teacher = keras.Sequential(
        [
            keras.Input(dataset.shape),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(128, activation="relu"),
            layers.Dense(len(dataset.classes)),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    teacher.compile(optimizer="adam", loss=loss)
    images, labels = dataset.train.images, dataset.train.labels
    teacher.fit(images, labels, batch_size=64, epochs=epochs, verbose=2)
    return teacher


if __name__ == "__main__":
    main()
