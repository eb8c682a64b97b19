# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: range_not_widened_to_zero
# fails: the_range_contains_zero
def quantization_parameters(low, high, bits=8, signed=False, symmetric=False):
    if low > high:
        raise ValueError("low > high")
    half = 2 ** (bits - 1)
    if symmetric:
        return max(abs(low), abs(high)) / (half - 1) or 1.0, 0 if signed else half
    scale = (high - low) / (2**bits - 1) or 1.0
    return scale, int(round((-half if signed else 0) - low / scale))


# %% wrong: as_many_steps_as_integers
# fails: asymmetric_unsigned, the_range_contains_zero, other_integers
def quantization_parameters(low, high, bits=8, signed=False, symmetric=False):
    if low > high:
        raise ValueError("low > high")
    low, high, half = min(low, 0.0), max(high, 0.0), 2 ** (bits - 1)
    if symmetric:
        return max(-low, high) / (half - 1) or 1.0, 0 if signed else half
    scale = (high - low) / 2**bits or 1.0
    return scale, int(round((-half if signed else 0) - low / scale))


# %% wrong: zero_point_stays_a_float
# fails: asymmetric_unsigned, the_range_contains_zero, other_integers, zeros_and_impossible_ranges
def quantization_parameters(low, high, bits=8, signed=False, symmetric=False):
    if low > high:
        raise ValueError("low > high")
    low, high, half = min(low, 0.0), max(high, 0.0), 2 ** (bits - 1)
    if symmetric:
        return max(-low, high) / (half - 1) or 1.0, 0 if signed else half
    scale = (high - low) / (2**bits - 1) or 1.0
    return scale, (-half if signed else 0) - low / scale


# %% wrong: zero_point_of_the_other_sign
# fails: asymmetric_unsigned, the_range_contains_zero, other_integers
def quantization_parameters(low, high, bits=8, signed=False, symmetric=False):
    if low > high:
        raise ValueError("low > high")
    low, high, half = min(low, 0.0), max(high, 0.0), 2 ** (bits - 1)
    if symmetric:
        return max(-low, high) / (half - 1) or 1.0, 0 if signed else half
    scale = (high - low) / (2**bits - 1) or 1.0
    return scale, int(round((-half if signed else 0) + low / scale))


# %% wrong: always_unsigned
# fails: the_range_contains_zero, other_integers, zeros_and_impossible_ranges
def quantization_parameters(low, high, bits=8, signed=False, symmetric=False):
    if low > high:
        raise ValueError("low > high")
    low, high, half = min(low, 0.0), max(high, 0.0), 2 ** (bits - 1)
    if symmetric:
        return max(-low, high) / (half - 1) or 1.0, 0 if signed else half
    scale = (high - low) / (2**bits - 1) or 1.0
    return scale, int(round(-low / scale))


# %% wrong: greatest_number_instead_of_magnitude
# fails: symmetric_signed, the_range_contains_zero, other_integers
def quantization_parameters(low, high, bits=8, signed=False, symmetric=False):
    if low > high:
        raise ValueError("low > high")
    low, high, half = min(low, 0.0), max(high, 0.0), 2 ** (bits - 1)
    if symmetric:
        return high / (half - 1) or 1.0, 0 if signed else half
    scale = (high - low) / (2**bits - 1) or 1.0
    return scale, int(round((-half if signed else 0) - low / scale))


# %% wrong: divides_by_a_range_of_nothing
# fails: zeros_and_impossible_ranges
def quantization_parameters(low, high, bits=8, signed=False, symmetric=False):
    if low > high:
        raise ValueError("low > high")
    low, high, half = min(low, 0.0), max(high, 0.0), 2 ** (bits - 1)
    if symmetric:
        return max(-low, high) / (half - 1), 0 if signed else half
    scale = (high - low) / (2**bits - 1)
    return scale, int(round((-half if signed else 0) - low / scale))


# %% wrong: a_constant_needs_no_scale
# fails: the_range_contains_zero
def quantization_parameters(low, high, bits=8, signed=False, symmetric=False):
    if low > high:
        raise ValueError("low > high")
    half = 2 ** (bits - 1)
    if symmetric:
        zero_point = 0 if signed else half
        return (1.0 if low == high else max(abs(low), abs(high)) / (half - 1)), zero_point
    if low == high:
        return 1.0, -half if signed else 0
    low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / (2**bits - 1)
    return scale, int(round((-half if signed else 0) - low / scale))


# %% wrong: any_range_will_do
# fails: zeros_and_impossible_ranges
def quantization_parameters(low, high, bits=8, signed=False, symmetric=False):
    low, high, half = min(low, 0.0), max(high, 0.0), 2 ** (bits - 1)
    if symmetric:
        return max(-low, high) / (half - 1) or 1.0, 0 if signed else half
    scale = (high - low) / (2**bits - 1) or 1.0
    return scale, int(round((-half if signed else 0) - low / scale))


# %% right: with_numpy
def quantization_parameters(low, high, bits=8, signed=False, symmetric=False):
    low, high = np.float64(low), np.float64(high)
    if low > high:
        raise ValueError("low > high")
    bottom = -(2 ** (bits - 1)) if signed else 0
    top = bottom + 2**bits - 1
    if symmetric:
        reach = np.maximum(np.abs(low), np.abs(high))
        scale = np.where(reach > 0, reach / (2 ** (bits - 1) - 1), 1.0)
        return scale.item(), (bottom + top + 1) // 2
    low, high = np.minimum(low, 0), np.maximum(high, 0)
    scale = (high - low) / (top - bottom) if high > low else np.float64(1)
    return scale, int(np.clip(np.rint(bottom - low / scale), bottom, top))


# %% right: with_torch_in_float32
def quantization_parameters(low, high, bits=8, signed=False, symmetric=False):
    if low > high:
        raise ValueError("low > high")
    ends = torch.tensor([low, high, 0.0])
    bottom = -(2 ** (bits - 1)) if signed else 0
    if symmetric:
        reach = float(ends.abs().max())
        return reach / (2 ** (bits - 1) - 1) if reach else 1.0, bottom + 2 ** (bits - 1)
    scale = float(ends.max() - ends.min()) / (2**bits - 1)
    if scale == 0:
        return 1.0, bottom
    return scale, bottom + int(round(-float(ends.min()) / scale))
