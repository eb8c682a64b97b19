# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: counts_tensors
# fails: numbers_in_eight_bits, both_types_of_eight_bits
def integer_share(model):
    weights = [w for w in onnx.load_from_string(model).graph.initializer if len(w.dims) >= 2]
    if not weights:
        raise ValueError("no weights")
    return sum(w.data_type in (TensorProto.INT8, TensorProto.UINT8) for w in weights) / len(weights)


# %% wrong: counts_bytes
# fails: numbers_in_eight_bits, both_types_of_eight_bits
def integer_share(model):
    weights = [w for w in onnx.load_from_string(model).graph.initializer if len(w.dims) >= 2]
    if not weights:
        raise ValueError("no weights")
    bytes_of = [numpy_helper.to_array(w).nbytes for w in weights]
    small = (TensorProto.INT8, TensorProto.UINT8)
    pairs = zip(weights, bytes_of, strict=True)
    return sum(size for w, size in pairs if w.data_type in small) / sum(bytes_of)


# %% wrong: everything_is_a_weight
# fails: numbers_in_eight_bits, both_types_of_eight_bits, a_file_without_weights
def integer_share(model):
    weights = onnx.load_from_string(model).graph.initializer
    if not weights:
        raise ValueError("no weights")
    small = (TensorProto.INT8, TensorProto.UINT8)
    integers = sum(np.prod(w.dims) for w in weights if w.data_type in small)
    return float(integers / sum(np.prod(w.dims) for w in weights))


# %% wrong: int8_alone
# fails: both_types_of_eight_bits
def integer_share(model):
    weights = [w for w in onnx.load_from_string(model).graph.initializer if len(w.dims) >= 2]
    if not weights:
        raise ValueError("no weights")
    integers = sum(np.prod(w.dims) for w in weights if w.data_type == TensorProto.INT8)
    return float(integers / sum(np.prod(w.dims) for w in weights))


# %% wrong: trusts_the_names
# fails: numbers_in_eight_bits, both_types_of_eight_bits
def integer_share(model):
    weights = [w for w in onnx.load_from_string(model).graph.initializer if len(w.dims) >= 2]
    if not weights:
        raise ValueError("no weights")
    integers = sum(np.prod(w.dims) for w in weights if "quantized" in w.name)
    return float(integers / sum(np.prod(w.dims) for w in weights))


# %% wrong: a_file_without_weights_divides_by_zero
# fails: a_file_without_weights
def integer_share(model):
    weights = [w for w in onnx.load_from_string(model).graph.initializer if len(w.dims) >= 2]
    small = (TensorProto.INT8, TensorProto.UINT8)
    integers = sum(int(np.prod(w.dims)) for w in weights if w.data_type in small)
    return integers / sum(int(np.prod(w.dims)) for w in weights)


# %% wrong: whatever_is_not_float
# fails: both_types_of_eight_bits
def integer_share(model):
    weights = [w for w in onnx.load_from_string(model).graph.initializer if len(w.dims) >= 2]
    if not weights:
        raise ValueError("no weights")
    integers = sum(np.prod(w.dims) for w in weights if w.data_type != TensorProto.FLOAT)
    return float(integers / sum(np.prod(w.dims) for w in weights))


# %% right: with_arrays
def integer_share(model):
    graph = onnx.ModelProto.FromString(model).graph
    arrays = [numpy_helper.to_array(tensor) for tensor in graph.initializer]
    weights = [array for array in arrays if array.ndim > 1]
    if not weights:
        raise ValueError("no weights")
    sizes = np.array([array.size for array in weights])
    small = np.array([array.dtype in (np.int8, np.uint8) for array in weights])
    return sizes[small].sum() / sizes.sum()


# %% right: counted_by_type
def integer_share(model):
    counts = {}
    for tensor in onnx.load_model_from_string(model).graph.initializer:
        if len(tensor.dims) < 2:
            continue
        numbers = 1
        for dim in tensor.dims:
            numbers *= dim
        name = TensorProto.DataType.Name(tensor.data_type)
        counts[name] = counts.get(name, 0) + numbers
    if not counts:
        raise ValueError("no weights")
    return (counts.get("INT8", 0) + counts.get("UINT8", 0)) / sum(counts.values())
