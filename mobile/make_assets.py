"""Makes what the two apps ship: models, labels, one image, and a card that says what they are.

    python mobile/make_assets.py

Needs CIFAR-10 (its calibration images set the ranges, its validation images measure) and takes
under a minute. The image is drawn here: an aeroplane before a sky, of the course's own making.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.path import Path as Outline

from shared import checkpoints, data, mil
from shared.data import Split
from shared.keras_twin import folded, resnet8_twin
from shared.silence import silent

FOLDER = Path(__file__).parent
ANDROID = FOLDER / "android" / "app" / "src" / "main" / "assets"
IOS = FOLDER / "ios" / "Sources" / "ResNet8" / "Resources"
CARD = FOLDER / "assets.json"
SIDE = 32
MEASURED = 1_000  # validation images
FINE = 8  # points a pixel and axis, of which the mean is taken


def draw() -> np.ndarray:
    """An aeroplane seen from the side, float32 (32, 32, 3) in [0, 1], rounded to bytes."""
    row, column = np.mgrid[0 : SIDE * FINE, 0 : SIDE * FINE] / FINE
    height = (row / SIDE)[..., None]
    picture = (1 - height) * np.array([0.35, 0.58, 0.90]) + height * np.array([0.72, 0.85, 0.97])
    points = np.column_stack([column.ravel(), row.ravel()])

    def fill(corners: list[tuple[float, float]], colour: tuple[float, float, float]) -> None:
        inside = Outline(corners).contains_points(points).reshape(row.shape)
        picture[inside] = colour

    fill([(8, 15), (3, 7), (6, 7), (12, 14)], (0.60, 0.62, 0.68))  # fin
    fill([(4, 15), (7, 13), (25, 13), (29, 15), (29, 16.5), (25, 18), (8, 18)], (0.93, 0.94, 0.96))
    fill([(4, 16.5), (29, 16.5), (25, 18), (8, 18)], (0.74, 0.76, 0.81))  # belly, in the shade
    fill([(13, 16), (19, 16), (12, 25), (9, 25)], (0.55, 0.57, 0.63))  # near wing
    fill([(14, 13), (18, 13), (13, 8), (11, 8)], (0.66, 0.68, 0.73))  # far wing
    fill([(26, 14), (28, 15), (26, 15)], (0.15, 0.20, 0.30))  # cockpit
    small = picture.reshape(SIDE, FINE, SIDE, FINE, 3).mean(axis=(1, 3))
    return (np.round(small * 255) / 255).astype(np.float32)


def tflite(network: torch.nn.Sequential, calibration: Split) -> bytes:
    """The int8 file, integers in and out. calibration: images as the network gets them."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    with silent():
        import tensorflow as tf

        twin = resnet8_twin(network, calibration.images.shape[1:])
        made = tf.lite.TFLiteConverter.from_keras_model(twin)
        made.optimizations = [tf.lite.Optimize.DEFAULT]
        made.representative_dataset = lambda: ([image[None]] for image in calibration.images)
        made.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        made.inference_input_type = made.inference_output_type = tf.int8
        return made.convert()


def mlpackage(network: torch.nn.Sequential, path: Path) -> None:
    """Writes the int8 Core ML model, which takes an RGB image of bytes."""
    with silent():
        import coremltools as ct
        from coremltools.optimize import coreml as cto

        size = (1, 3, SIDE, SIDE)
        image = ct.ImageType(
            name="image", shape=size, scale=1 / 255, color_layout=ct.colorlayout.RGB
        )
        model = ct.convert(
            torch.jit.trace(network, torch.zeros(size)),
            inputs=[image],
            outputs=[ct.TensorType(name="logits")],
            minimum_deployment_target=ct.target.iOS17,
        )
        config = cto.OptimizationConfig(
            global_config=cto.OpLinearQuantizerConfig(weight_threshold=100)
        )
        model = cto.linear_quantize_weights(model, config)
        model.short_description = "ResNet-8 for CIFAR-10, weights in int8"
        shutil.rmtree(path, ignore_errors=True)
        model.save(str(path))


def tflite_logits(content: bytes, images: np.ndarray) -> np.ndarray:
    """Logits (n, classes) of images (n, 32, 32, 3) in [0, 1], quantized as the app does it."""
    from ai_edge_litert.interpreter import Interpreter

    with silent():
        model = Interpreter(model_content=content, num_threads=1)
        model.allocate_tensors()
    (entry,), (end,) = model.get_input_details(), model.get_output_details()
    (scale, zero), (step, middle) = entry["quantization"], end["quantization"]
    found = []
    for image in images:
        integers = np.clip(np.round(image / scale) + zero, -128, 127).astype(np.int8)
        model.set_tensor(entry["index"], integers[None])
        model.invoke()
        found.append(step * (model.get_tensor(end["index"])[0].astype(np.float32) - middle))
    return np.stack(found)


def coreml_logits(path: Path, images: np.ndarray) -> np.ndarray:
    """The same of the package, whose program divides bytes by 255 itself."""
    pixels = np.round(images * 255).transpose(0, 3, 1, 2).astype(np.float32)
    return mil.Program(path).run(image=pixels)


def digest(path: Path) -> str:
    """sha256 of a file, or of a folder's files in order."""
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def main() -> None:
    """Writes all assets and the card; raises ValueError where the image is not recognized."""
    images = data.load("cifar-10", fallback=False)
    network = folded(checkpoints.load_resnet8("cifar-10"))
    picture, validation = draw(), images.validation.head(MEASURED)
    for folder in (ANDROID, IOS):
        folder.mkdir(parents=True, exist_ok=True)
        plt.imsave(folder / "image.png", np.round(picture * 255).astype(np.uint8))
        (folder / "labels.txt").write_text("\n".join(images.classes) + "\n", encoding="utf-8")
    (ANDROID / "model.tflite").write_bytes(tflite(network, images.calibration.head(100)))
    mlpackage(network, IOS / "ResNet8.mlpackage")

    answers = {
        ANDROID / "model.tflite": lambda x: tflite_logits(
            (ANDROID / "model.tflite").read_bytes(), x
        ),
        IOS / "ResNet8.mlpackage": lambda x: coreml_logits(IOS / "ResNet8.mlpackage", x),
    }
    card: dict[str, Any] = {"label": "airplane", "measured": MEASURED, "models": {}}
    for path, logits in answers.items():
        seen = images.classes[int(logits(picture[None])[0].argmax())]
        if seen != card["label"]:
            raise ValueError(f"{path.name} takes the drawn aeroplane for: {seen}")
        right = np.mean(logits(validation.images).argmax(1) == validation.labels)
        card["models"][path.relative_to(FOLDER).as_posix()] = {
            "sha256": digest(path),
            "validation_accuracy": float(right),
        }
    CARD.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(CARD.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
