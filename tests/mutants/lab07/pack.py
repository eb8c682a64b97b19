# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: zeros_stored_too
# fails: packs_and_unpacks, packs_any_shape, keeps_small_weights
def pack(weights):
    flat = np.asarray(weights, np.float32).ravel()
    return np.packbits(flat != 0).tobytes() + flat.tobytes()


def unpack(packed, shape):
    return np.frombuffer(packed, np.float32, offset=-(-math.prod(shape) // 8)).reshape(shape)


# %% wrong: a_byte_for_each_bit
# fails: packs_and_unpacks, packs_any_shape, keeps_small_weights
def pack(weights):
    flat = np.asarray(weights, np.float32).ravel()
    return (flat != 0).tobytes() + flat[flat != 0].tobytes()


def unpack(packed, shape):
    n = math.prod(shape)
    kept = np.frombuffer(packed[:n], bool)
    flat = np.zeros(n, np.float32)
    flat[kept] = np.frombuffer(packed[n:], np.float32)
    return flat.reshape(shape)


# %% wrong: in_double_precision
# fails: packs_and_unpacks, packs_any_shape, keeps_small_weights
def pack(weights):
    flat = np.asarray(weights, np.float64).ravel()
    return np.packbits(flat != 0).tobytes() + flat[flat != 0].tobytes()


def unpack(packed, shape):
    n = math.prod(shape)
    size = -(-n // 8)
    kept = np.unpackbits(np.frombuffer(packed[:size], np.uint8), count=n).astype(bool)
    flat = np.zeros(n, np.float32)
    flat[kept] = np.frombuffer(packed[size:], np.float64)
    return flat.reshape(shape)


# %% wrong: small_weights_taken_for_zero
# fails: keeps_small_weights
def pack(weights):
    flat = np.asarray(weights, np.float32).ravel()
    kept = ~np.isclose(flat, 0)
    return np.packbits(kept).tobytes() + flat[kept].tobytes()


def unpack(packed, shape):
    n = math.prod(shape)
    size = -(-n // 8)
    kept = np.unpackbits(np.frombuffer(packed[:size], np.uint8), count=n).astype(bool)
    flat = np.zeros(n, np.float32)
    flat[kept] = np.frombuffer(packed[size:], np.float32)
    return flat.reshape(shape)


# %% wrong: stored_as_text
# fails: packs_and_unpacks, packs_any_shape, keeps_small_weights
def pack(weights):
    return " ".join(f"{w:g}" for w in np.ravel(weights)).encode()


def unpack(packed, shape):
    return np.array([float(w) for w in packed.split()], np.float32).reshape(shape)


# %% wrong: always_one_byte_more
# fails: packs_any_shape
def pack(weights):
    flat = np.asarray(weights, np.float32).ravel()
    bits = np.zeros(8 * (flat.size // 8 + 1), bool)
    bits[: flat.size] = flat != 0
    return np.packbits(bits).tobytes() + flat[flat != 0].tobytes()


def unpack(packed, shape):
    n = math.prod(shape)
    size = n // 8 + 1
    kept = np.unpackbits(np.frombuffer(packed[:size], np.uint8), count=n).astype(bool)
    flat = np.zeros(n, np.float32)
    flat[kept] = np.frombuffer(packed[size:], np.float32)
    return flat.reshape(shape)


# %% right: bit_by_bit
def pack(weights):
    bitmap, values = bytearray(), b""
    for place, w in enumerate(np.ravel(weights)):
        if place % 8 == 0:
            bitmap.append(0)
        if w != 0:
            bitmap[-1] |= 1 << (place % 8)  # the lowest bit first: nobody asked for the other order
            values += np.float32(w).tobytes()
    return bytes(bitmap) + values


def unpack(packed, shape):
    n = math.prod(shape)
    values = iter(np.frombuffer(packed[(n + 7) // 8 :], np.float32))
    flat = [next(values) if packed[i // 8] >> (i % 8) & 1 else 0.0 for i in range(n)]
    return np.array(flat, np.float32).reshape(shape)


# %% right: with_torch
def pack(weights):
    flat = torch.as_tensor(weights, dtype=torch.float32).flatten()
    places = flat.nonzero().flatten()
    bits = torch.zeros(len(flat), dtype=torch.uint8)
    bits[places] = 1
    return np.packbits(bits.numpy()).tobytes() + flat[places].numpy().tobytes()


def unpack(packed, shape):
    n = math.prod(shape)
    bits = np.unpackbits(np.frombuffer(packed[: math.ceil(n / 8)], np.uint8))[:n]
    flat = torch.zeros(n)
    flat[torch.tensor(bits) == 1] = torch.tensor(
        np.frombuffer(packed[math.ceil(n / 8) :], np.float32).copy()
    )
    return flat.reshape(tuple(shape))
