# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: dynamic_quantization
# fails: integers_are_in_the_graph
def quantize_network(model, images, path):
    ortq.quantize_dynamic(onnx.load_from_string(model), str(path), per_channel=True)


# %% wrong: one_scale_a_tensor
# fails: integers_are_in_the_graph
def quantize_network(model, images, path):
    class Reader(ortq.CalibrationDataReader):
        def __init__(self):
            self.batches = iter(np.split(images, range(50, len(images), 50)))

        def get_next(self):
            batch = next(self.batches, None)
            return None if batch is None else {"images": batch}

    ortq.quantize_static(
        onnx.load_from_string(model),
        str(path),
        Reader(),
        activation_type=ortq.QuantType.QUInt8,
        weight_type=ortq.QuantType.QInt8,
    )


# %% wrong: signed_activations
# fails: integers_are_in_the_graph
def quantize_network(model, images, path):
    class Reader(ortq.CalibrationDataReader):
        def __init__(self):
            self.batches = iter(np.split(images, range(50, len(images), 50)))

        def get_next(self):
            batch = next(self.batches, None)
            return None if batch is None else {"images": batch}

    ortq.quantize_static(
        onnx.load_from_string(model),
        str(path),
        Reader(),
        per_channel=True,
        activation_type=ortq.QuantType.QInt8,
        weight_type=ortq.QuantType.QInt8,
    )


# %% wrong: unsigned_weights
# fails: integers_are_in_the_graph
def quantize_network(model, images, path):
    class Reader(ortq.CalibrationDataReader):
        def __init__(self):
            self.batches = iter(np.split(images, range(50, len(images), 50)))

        def get_next(self):
            batch = next(self.batches, None)
            return None if batch is None else {"images": batch}

    ortq.quantize_static(
        onnx.load_from_string(model),
        str(path),
        Reader(),
        per_channel=True,
        activation_type=ortq.QuantType.QUInt8,
        weight_type=ortq.QuantType.QUInt8,
    )


# %% wrong: dense_layer_left_out
# fails: integers_are_in_the_graph
def quantize_network(model, images, path):
    class Reader(ortq.CalibrationDataReader):
        def __init__(self):
            self.batches = iter(np.split(images, range(50, len(images), 50)))

        def get_next(self):
            batch = next(self.batches, None)
            return None if batch is None else {"images": batch}

    ortq.quantize_static(
        onnx.load_from_string(model),
        str(path),
        Reader(),
        per_channel=True,
        activation_type=ortq.QuantType.QUInt8,
        weight_type=ortq.QuantType.QInt8,
        op_types_to_quantize=["Conv"],
    )


# %% wrong: only_pretends_int8
# fails: integers_are_in_the_graph
def quantize_network(model, images, path):
    loaded, made = onnx.load_from_string(model), []
    for weight in [w for w in loaded.graph.initializer if len(w.dims) >= 2]:
        values = numpy_helper.to_array(weight)
        scales = np.abs(values).reshape(len(values), -1).max(axis=1) / 127
        q = np.round(values / scales.reshape(-1, *[1] * (values.ndim - 1))).astype(np.int8)
        parts = {
            f"{weight.name}_quantized": q,
            f"{weight.name}_scale": scales.astype(np.float32),
            f"{weight.name}_zero_point": np.zeros(len(q), np.int8),
        }
        loaded.graph.initializer.remove(weight)
        loaded.graph.initializer.extend(numpy_helper.from_array(v, n) for n, v in parts.items())
        made.append(helper.make_node("DequantizeLinear", [*parts], [weight.name], axis=0))
    nodes = [*made, *loaded.graph.node]
    del loaded.graph.node[:]
    loaded.graph.node.extend(nodes)
    onnx.save(loaded, str(path))


# %% wrong: rounded_and_stored_as_floats
# fails: integers_are_in_the_graph, the_file_is_small
def quantize_network(model, images, path):
    loaded = onnx.load_from_string(model)
    for weight in [w for w in loaded.graph.initializer if len(w.dims) >= 2]:
        values = numpy_helper.to_array(weight)
        scales = np.abs(values).reshape(len(values), -1).max(axis=1) / 127
        scales = scales.reshape(-1, *[1] * (values.ndim - 1))
        back = np.round(values / scales) * scales
        weight.CopyFrom(numpy_helper.from_array(back.astype(np.float32), weight.name))
    onnx.save(loaded, str(path))


# %% wrong: calibrated_on_pixels_up_to_255
# fails: as_accurate_as_fp32
def quantize_network(model, images, path):
    class Reader(ortq.CalibrationDataReader):
        def __init__(self):
            self.batches = iter(np.split(images * np.float32(255), range(50, len(images), 50)))

        def get_next(self):
            batch = next(self.batches, None)
            return None if batch is None else {"images": batch}

    ortq.quantize_static(
        onnx.load_from_string(model),
        str(path),
        Reader(),
        per_channel=True,
        activation_type=ortq.QuantType.QUInt8,
        weight_type=ortq.QuantType.QInt8,
    )


# %% wrong: calibrated_on_black_images
# fails: as_accurate_as_fp32
def quantize_network(model, images, path):
    class Reader(ortq.CalibrationDataReader):
        def __init__(self):
            self.batches = iter(np.split(0 * images, range(50, len(images), 50)))

        def get_next(self):
            batch = next(self.batches, None)
            return None if batch is None else {"images": batch}

    ortq.quantize_static(
        onnx.load_from_string(model),
        str(path),
        Reader(),
        per_channel=True,
        activation_type=ortq.QuantType.QUInt8,
        weight_type=ortq.QuantType.QInt8,
    )


# %% wrong: returns_the_bytes
# fails: integers_are_in_the_graph, the_file_is_small, as_accurate_as_fp32
def quantize_network(model, images, path):
    class Reader(ortq.CalibrationDataReader):
        def __init__(self):
            self.batches = iter(np.split(images, range(50, len(images), 50)))

        def get_next(self):
            batch = next(self.batches, None)
            return None if batch is None else {"images": batch}

    ortq.quantize_static(
        onnx.load_from_string(model),
        "elsewhere.onnx",
        Reader(),
        per_channel=True,
        activation_type=ortq.QuantType.QUInt8,
        weight_type=ortq.QuantType.QInt8,
    )
    return onnx.load("elsewhere.onnx").SerializeToString()


# %% right: operators_of_integers
def quantize_network(model, images, path):
    class Reader(ortq.CalibrationDataReader):
        def __init__(self):
            self.batches = iter(np.split(images, range(50, len(images), 50)))

        def get_next(self):
            batch = next(self.batches, None)
            return None if batch is None else {"images": batch}

    ortq.quantize_static(
        onnx.load_from_string(model),
        str(path),
        Reader(),
        per_channel=True,
        activation_type=ortq.QuantType.QUInt8,
        weight_type=ortq.QuantType.QInt8,
        quant_format=ortq.QuantFormat.QOperator,
    )


# %% right: percentiles_of_single_images
def quantize_network(model, images, path):
    class OneByOne(ortq.CalibrationDataReader):
        rest = list(images)

        def get_next(self):
            return {"images": self.rest.pop()[None]} if self.rest else None

    onnx.save(onnx.load_from_string(model), "float.onnx")
    ortq.quantize_static(
        "float.onnx",
        path,
        OneByOne(),
        per_channel=True,
        activation_type=ortq.QuantType.QUInt8,
        calibrate_method=ortq.CalibrationMethod.Percentile,
        extra_options={"CalibPercentile": 99.99},
    )
