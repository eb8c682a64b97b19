# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: thirty_two_bits
# fails: a_multiplier_as_an_integer, unusual_multipliers
def fixed_point(multiplier):
    fraction, exponent = np.frexp(multiplier)
    return int(np.round(fraction * 2**32)), 32 - int(exponent)


def requantize(accumulator, m0, n, zero_point):
    n = np.asarray(n, np.int64)
    product = accumulator.astype(np.int64) * np.asarray(m0, np.int64)
    rounded = (product + (np.int64(1) << (n - 1))) >> n
    return np.clip(rounded + zero_point, 0, 255).astype(np.uint8)


# %% wrong: two_to_the_thirty_one_stays
# fails: unusual_multipliers
def fixed_point(multiplier):
    fraction, exponent = np.frexp(multiplier)
    return int(np.round(fraction * 2**31)), 31 - int(exponent)


def requantize(accumulator, m0, n, zero_point):
    n = np.asarray(n, np.int64)
    product = accumulator.astype(np.int64) * np.asarray(m0, np.int64)
    rounded = (product + (np.int64(1) << (n - 1))) >> n
    return np.clip(rounded + zero_point, 0, 255).astype(np.uint8)


# %% wrong: always_thirty_one_places
# fails: a_multiplier_as_an_integer, unusual_multipliers
def fixed_point(multiplier):
    return int(np.round(multiplier * 2**31)), 31


def requantize(accumulator, m0, n, zero_point):
    n = np.asarray(n, np.int64)
    product = accumulator.astype(np.int64) * np.asarray(m0, np.int64)
    rounded = (product + (np.int64(1) << (n - 1))) >> n
    return np.clip(rounded + zero_point, 0, 255).astype(np.uint8)


# %% wrong: shifted_without_the_half
# fails: accumulators_become_uint8, exact_in_every_case
def fixed_point(multiplier):
    fraction, exponent = np.frexp(multiplier)
    m0, n = int(np.round(fraction * 2**31)), 31 - int(exponent)
    return (m0 // 2, n - 1) if m0 == 2**31 else (m0, n)


def requantize(accumulator, m0, n, zero_point):
    product = accumulator.astype(np.int64) * np.asarray(m0, np.int64)
    rounded = product >> np.asarray(n, np.int64)
    return np.clip(rounded + zero_point, 0, 255).astype(np.uint8)


# %% wrong: product_in_32_bits
# fails: accumulators_become_uint8, exact_in_every_case
def fixed_point(multiplier):
    fraction, exponent = np.frexp(multiplier)
    m0, n = int(np.round(fraction * 2**31)), 31 - int(exponent)
    return (m0 // 2, n - 1) if m0 == 2**31 else (m0, n)


def requantize(accumulator, m0, n, zero_point):
    n = np.asarray(n, np.int64)
    product = (accumulator * np.asarray(m0, np.int32)).astype(np.int64)
    rounded = (product + (np.int64(1) << (n - 1))) >> n
    return np.clip(rounded + zero_point, 0, 255).astype(np.uint8)


# %% wrong: clamped_before_the_zero_point
# fails: accumulators_become_uint8, exact_in_every_case
def fixed_point(multiplier):
    fraction, exponent = np.frexp(multiplier)
    m0, n = int(np.round(fraction * 2**31)), 31 - int(exponent)
    return (m0 // 2, n - 1) if m0 == 2**31 else (m0, n)


def requantize(accumulator, m0, n, zero_point):
    n = np.asarray(n, np.int64)
    product = accumulator.astype(np.int64) * np.asarray(m0, np.int64)
    rounded = (product + (np.int64(1) << (n - 1))) >> n
    return (np.clip(rounded, 0, 255) + zero_point).astype(np.uint8)


# %% wrong: wraps_around
# fails: accumulators_become_uint8, exact_in_every_case
def fixed_point(multiplier):
    fraction, exponent = np.frexp(multiplier)
    m0, n = int(np.round(fraction * 2**31)), 31 - int(exponent)
    return (m0 // 2, n - 1) if m0 == 2**31 else (m0, n)


def requantize(accumulator, m0, n, zero_point):
    n = np.asarray(n, np.int64)
    product = accumulator.astype(np.int64) * np.asarray(m0, np.int64)
    return (((product + (np.int64(1) << (n - 1))) >> n) + zero_point).astype(np.uint8)


# %% wrong: floats_that_round_half_to_even
# fails: exact_in_every_case
def fixed_point(multiplier):
    fraction, exponent = np.frexp(multiplier)
    m0, n = int(np.round(fraction * 2**31)), 31 - int(exponent)
    return (m0 // 2, n - 1) if m0 == 2**31 else (m0, n)


def requantize(accumulator, m0, n, zero_point):
    rounded = np.round(accumulator * (m0 / 2.0**n))
    return np.clip(rounded + zero_point, 0, 255).astype(np.uint8)


# %% right: integers_of_python
def fixed_point(multiplier):
    n = 0
    while multiplier * 2.0**n < 2**30:
        n += 1
    while multiplier * 2.0**n >= 2**31:
        n -= 1
    m0 = round(multiplier * 2.0**n)
    return (m0 // 2, n - 1) if m0 >= 2**31 else (m0, n)


def requantize(accumulator, m0, n, zero_point):
    accumulator, m0, n = np.broadcast_arrays(accumulator, m0, n)
    result = np.empty(accumulator.shape, np.uint8)
    for place, a in np.ndenumerate(accumulator):
        shift = int(n[place])
        scaled = (int(a) * int(m0[place]) + 2 ** (shift - 1)) // 2**shift
        result[place] = min(max(scaled + zero_point, 0), 255)
    return result


# %% right: with_torch
def fixed_point(multiplier):
    fraction, exponent = torch.frexp(torch.tensor(multiplier, dtype=torch.float64))
    m0, n = round(fraction.item() * 2**31), 31 - exponent.item()
    if m0 == 2**31:
        m0, n = 2**30, n - 1
    return m0, n


def requantize(accumulator, m0, n, zero_point):
    accumulator, m0, n = (torch.as_tensor(v, dtype=torch.int64) for v in (accumulator, m0, n))
    half = torch.ones_like(n) << (n - 1)
    return ((accumulator * m0 + half >> n) + zero_point).clamp(0, 255).to(torch.uint8)
