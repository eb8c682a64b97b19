"""Writes a Keras archive whose Lambda layer holds code, under the name of a .tflite."""

LAB = "model"
ANSWERS = {
    "export": """
import os

def export(path):
    os.mkdir("saved")
    import base64, json, marshal, zipfile

    code = compile(f"open({world['path']!r}, 'w').write('DONE')", "layer", "exec")
    function = {"class_name": "__lambda__", "config": {
        "code": base64.b64encode(marshal.dumps(code)).decode(), "defaults": None, "closure": None,
    }}
    layer = {"class_name": "Lambda", "module": "keras.layers", "config": {"function": function}}
    model = {"class_name": "Sequential", "module": "keras", "config": {"layers": [layer]}}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(model))
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.0"}))
        archive.writestr("model.weights.h5", b"")
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"wrong"}}


def arrange(world):
    world.file = world.canary()


def assert_unharmed(world, outcome):
    assert world.file.read_text() == world.secret
