# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: cut_off_instead_of_rounded
# fails: quantize_matches_the_definition, what_is_out_of_range_is_clamped, half_goes_to_even
def quantize(x, scale, zero_point, bits=8, signed=False):
    half = 2 ** (bits - 1)
    bottom, top = (-half, half - 1) if signed else (0, 2 * half - 1)
    return np.clip(x / scale + zero_point, bottom, top).astype(np.int8 if signed else np.uint8)


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.int32) - zero_point)


# %% wrong: clamped_before_the_zero_point
# fails: quantize_matches_the_definition, what_is_out_of_range_is_clamped
def quantize(x, scale, zero_point, bits=8, signed=False):
    half = 2 ** (bits - 1)
    bottom, top = (-half, half - 1) if signed else (0, 2 * half - 1)
    steps = np.clip(np.round(x / scale), bottom, top) + zero_point
    return steps.astype(np.int64).astype(np.int8 if signed else np.uint8)


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.int32) - zero_point)


# %% wrong: never_clamped
# fails: what_is_out_of_range_is_clamped
def quantize(x, scale, zero_point, bits=8, signed=False):
    steps = np.round(x / scale) + zero_point
    return steps.astype(np.int64).astype(np.int8 if signed else np.uint8)


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.int32) - zero_point)


# %% wrong: zero_point_subtracted
# fails: quantize_matches_the_definition, what_is_out_of_range_is_clamped, half_goes_to_even
def quantize(x, scale, zero_point, bits=8, signed=False):
    half = 2 ** (bits - 1)
    bottom, top = (-half, half - 1) if signed else (0, 2 * half - 1)
    steps = np.clip(np.round(x / scale) - zero_point, bottom, top)
    return steps.astype(np.int8 if signed else np.uint8)


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.int32) - zero_point)


# %% wrong: subtraction_wraps_around
# fails: dequantize_brings_it_back
def quantize(x, scale, zero_point, bits=8, signed=False):
    half = 2 ** (bits - 1)
    bottom, top = (-half, half - 1) if signed else (0, 2 * half - 1)
    steps = np.clip(np.round(x / scale) + zero_point, bottom, top)
    return steps.astype(np.int8 if signed else np.uint8)


def dequantize(q, scale, zero_point):
    return scale * (q - zero_point)


# %% wrong: zero_point_added_on_the_way_back
# fails: dequantize_brings_it_back
def quantize(x, scale, zero_point, bits=8, signed=False):
    half = 2 ** (bits - 1)
    bottom, top = (-half, half - 1) if signed else (0, 2 * half - 1)
    steps = np.clip(np.round(x / scale) + zero_point, bottom, top)
    return steps.astype(np.int8 if signed else np.uint8)


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.int32) + zero_point)


# %% wrong: half_goes_up
# fails: half_goes_to_even
def quantize(x, scale, zero_point, bits=8, signed=False):
    half = 2 ** (bits - 1)
    bottom, top = (-half, half - 1) if signed else (0, 2 * half - 1)
    steps = np.clip(np.floor(x / scale + 0.5) + zero_point, bottom, top)
    return steps.astype(np.int8 if signed else np.uint8)


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.int32) - zero_point)


# %% wrong: always_eight_bits
# fails: what_is_out_of_range_is_clamped
def quantize(x, scale, zero_point, bits=8, signed=False):
    bottom, top = (-128, 127) if signed else (0, 255)
    steps = np.clip(np.round(x / scale) + zero_point, bottom, top)
    return steps.astype(np.int8 if signed else np.uint8)


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.int32) - zero_point)


# %% wrong: integers_kept_in_int32
# fails: quantize_matches_the_definition, what_is_out_of_range_is_clamped, half_goes_to_even
def quantize(x, scale, zero_point, bits=8, signed=False):
    half = 2 ** (bits - 1)
    bottom, top = (-half, half - 1) if signed else (0, 2 * half - 1)
    return np.clip(np.round(x / scale) + zero_point, bottom, top).astype(np.int32)


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.int32) - zero_point)


# %% right: with_torch
def quantize(x, scale, zero_point, bits=8, signed=False):
    bottom = -(2 ** (bits - 1)) if signed else 0
    steps = torch.round(torch.as_tensor(x, dtype=torch.float64) / scale) + zero_point
    return steps.clamp(bottom, bottom + 2**bits - 1).to(torch.int8 if signed else torch.uint8)


def dequantize(q, scale, zero_point):
    return (torch.as_tensor(q).to(torch.float32) - zero_point) * scale


# %% right: number_by_number
def quantize(x, scale, zero_point, bits=8, signed=False):
    bottom = -(2 ** (bits - 1)) if signed else 0
    top = bottom + 2**bits - 1
    steps = [min(max(round(number / scale) + zero_point, bottom), top) for number in x.flat]
    return np.array(steps, "int8" if signed else "uint8").reshape(x.shape)


def dequantize(q, scale, zero_point):
    back = np.empty(q.shape)
    for place, integer in np.ndenumerate(q):
        back[place] = scale * (int(integer) - zero_point)
    return back
