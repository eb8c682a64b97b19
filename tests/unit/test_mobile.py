"""The two apps are not built here; are the assets that they ship what they say?"""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mobile import make_assets
from mobile.make_assets import ANDROID, CARD, FOLDER, IOS
from shared import data
from shared.tflite_file import TFLiteFile

pytestmark = pytest.mark.xdist_group("coremltools")
TFLITE, PACKAGE = ANDROID / "model.tflite", IOS / "ResNet8.mlpackage"
KOTLIN = FOLDER / "android" / "app" / "src" / "main" / "java" / "course" / "resnet8"


@pytest.fixture(scope="module")
def card() -> dict:
    return json.loads(CARD.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """The shipped image, (1, 32, 32, 3) in [0, 1]."""
    return plt.imread(ANDROID / "image.png")[None, ..., :3]


def labels() -> list[str]:
    return (ANDROID / "labels.txt").read_text(encoding="utf-8").split()


def logits(path, images: np.ndarray) -> np.ndarray:
    if path == TFLITE:
        return make_assets.tflite_logits(path.read_bytes(), images)
    return make_assets.coreml_logits(path, images)


@pytest.mark.parametrize("path", [TFLITE, PACKAGE], ids=["android", "ios"])
def test_is_a_shipped_model_the_one_that_the_card_speaks_of(card, path):
    name = path.relative_to(FOLDER).as_posix()
    assert card["models"].keys() == {p.relative_to(FOLDER).as_posix() for p in (TFLITE, PACKAGE)}
    assert make_assets.digest(path) == card["models"][name]["sha256"]
    assert card["models"][name]["validation_accuracy"] > 0.84  # of 87 % in float32


@pytest.mark.parametrize("path", [TFLITE, PACKAGE], ids=["android", "ios"])
def test_is_the_shipped_image_recognized(card, picture, path):
    """Read, rounded and run as the app does it, and with some confidence?"""
    powers = np.exp(logits(path, picture)[0])
    assert labels()[int(powers.argmax())] == card["label"]
    assert powers.max() / powers.sum() > 0.6  # the apps' own tests ask for one half


@pytest.mark.parametrize("path", [TFLITE, PACKAGE], ids=["android", "ios"])
def test_is_a_shipped_model_as_good_as_its_card_says(card, course_data, path):
    """On a fifth of the images that it was measured on: what chance allows?"""
    split = data.load("cifar-10", fallback=False).validation.head(card["measured"] // 5)
    said = card["models"][path.relative_to(FOLDER).as_posix()]["validation_accuracy"]
    got = np.mean(logits(path, split.images).argmax(1) == split.labels)
    assert got == pytest.approx(said, abs=4 * (said * (1 - said) / len(split)) ** 0.5)


def test_is_the_android_model_integer_throughout():
    file = TFLiteFile(TFLITE.read_bytes())
    assert file.float_operators == ()
    (entry,), (end,) = file.inputs, file.outputs
    assert (entry.dtype, entry.shape) == ("int8", (1, 32, 32, 3))
    assert (end.dtype, end.shape) == ("int8", (1, len(labels())))


def test_do_both_apps_ship_the_same_labels_and_image():
    for name in ("labels.txt", "image.png"):
        assert (ANDROID / name).read_bytes() == (IOS / name).read_bytes()
    expected = "airplane automobile bird cat deer dog frog horse ship truck"
    assert labels() == expected.split()


def test_is_the_image_the_one_that_the_script_draws(picture):
    np.testing.assert_allclose(picture[0], make_assets.draw(), atol=1 / 255 + 1e-6)


def test_does_the_android_app_name_its_assets_and_keep_the_model_mappable():
    kotlin = "".join(path.read_text(encoding="utf-8") for path in KOTLIN.glob("*.kt"))
    named = set(re.findall(r"\"(\w+\.\w+)\"", kotlin))
    assert named == {path.name for path in ANDROID.iterdir()}
    build = (FOLDER / "android" / "app" / "build.gradle.kts").read_text(encoding="utf-8")
    assert 'noCompress += "tflite"' in build
    assert "com.google.ai.edge.litert:litert:" in build


def test_do_the_android_sources_lie_where_the_build_expects_them():
    """Does each file's package fit its folder, and each text that the code names exist?"""
    app = FOLDER / "android" / "app" / "src"
    for path in app.rglob("*.kt"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("package course.resnet8\n")
        assert path.parent.parts[-3:] == ("java", "course", "resnet8")
        assert text.count("{") == text.count("}") and text.count("(") == text.count(")")
    manifest = ElementTree.parse(app / "main" / "AndroidManifest.xml")
    (activity,) = manifest.iter("activity")
    name = activity.get("{http://schemas.android.com/apk/res/android}name")
    assert (KOTLIN / f"{name.removeprefix('.')}.kt").is_file()
    texts = {
        one.get("name")
        for one in ElementTree.parse(app / "main/res/values/strings.xml").iter("string")
    }
    used = re.findall(r"R\.string\.(\w+)", (KOTLIN / "MainActivity.kt").read_text(encoding="utf-8"))
    assert set(used) <= texts


def test_does_the_swift_package_name_its_resources():
    manifest = (FOLDER / "ios" / "Package.swift").read_text(encoding="utf-8")
    copied = set(re.findall(r"\.copy\(\"Resources/([^\"]+)\"\)", manifest))
    assert copied == {path.name for path in IOS.iterdir()}
    sources = "".join(p.read_text(encoding="utf-8") for p in (FOLDER / "ios").rglob("*.swift"))
    asked = set(re.findall(r"resource\(\"(\w+)\", \"(\w+)\"\)", sources))
    assert {f"{name}.{ending}" for name, ending in asked} == copied
    for path in (FOLDER / "ios").rglob("*.swift"):
        text = path.read_text(encoding="utf-8")
        assert text.count("{") == text.count("}") and text.count("(") == text.count(")")


def test_do_the_apps_own_tests_expect_what_the_card_says(card):
    for name in ("ClassifierTest.kt", "ClassifierTests.swift"):
        (path,) = FOLDER.rglob(name)
        assert f'"{card["label"]}"' in path.read_text(encoding="utf-8")
