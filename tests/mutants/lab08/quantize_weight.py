# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: channels_of_the_input
# fails: one_scale_a_channel, other_bits_and_shapes, channels_of_zeros
def quantize_weight(weight, bits=8, per_channel=True):
    top = 2 ** (bits - 1) - 1
    rows = np.swapaxes(weight, 0, 1)
    flat = rows.reshape(len(rows) if per_channel else 1, -1)
    scales = np.abs(flat).max(axis=1) / top
    scales[scales == 0] = 1.0
    q = np.round(flat / scales[:, None]).reshape(rows.shape)
    return np.swapaxes(q, 0, 1).astype(np.int8), scales


# %% wrong: over_128
# fails: one_scale_a_channel, one_scale_a_tensor, other_bits_and_shapes, channels_of_zeros
def quantize_weight(weight, bits=8, per_channel=True):
    rows = weight.reshape(len(weight) if per_channel else 1, -1)
    half = 2 ** (bits - 1)
    scales = np.abs(rows).max(axis=1) / half
    scales[scales == 0] = 1.0
    q = np.clip(np.round(rows / scales[:, None]), -half, half - 1)
    return q.reshape(weight.shape).astype(np.int8), scales


# %% wrong: the_sign_is_not_taken_off
# fails: one_scale_a_channel, one_scale_a_tensor, other_bits_and_shapes, channels_of_zeros
def quantize_weight(weight, bits=8, per_channel=True):
    rows = weight.reshape(len(weight) if per_channel else 1, -1)
    top = 2 ** (bits - 1) - 1
    scales = rows.max(axis=1) / top
    scales[scales == 0] = 1.0
    q = np.clip(np.round(rows / scales[:, None]), -top, top)
    return q.reshape(weight.shape).astype(np.int8), scales


# %% wrong: zeros_divided_by_zero
# fails: channels_of_zeros
def quantize_weight(weight, bits=8, per_channel=True):
    rows = weight.reshape(len(weight) if per_channel else 1, -1)
    top = 2 ** (bits - 1) - 1
    scales = np.abs(rows).max(axis=1) / top
    q = np.clip(np.round(rows / scales[:, None]), -top, top)
    return q.reshape(weight.shape).astype(np.int8), scales


# %% wrong: always_per_channel
# fails: one_scale_a_tensor, other_bits_and_shapes, channels_of_zeros
def quantize_weight(weight, bits=8, per_channel=True):
    rows = weight.reshape(len(weight), -1)
    top = 2 ** (bits - 1) - 1
    scales = np.abs(rows).max(axis=1) / top
    scales[scales == 0] = 1.0
    q = np.clip(np.round(rows / scales[:, None]), -top, top)
    return q.reshape(weight.shape).astype(np.int8), scales


# %% wrong: cut_off_by_the_type
# fails: one_scale_a_channel, one_scale_a_tensor, other_bits_and_shapes, channels_of_zeros
def quantize_weight(weight, bits=8, per_channel=True):
    rows = weight.reshape(len(weight) if per_channel else 1, -1)
    scales = np.abs(rows).max(axis=1) / (2 ** (bits - 1) - 1)
    scales[scales == 0] = 1.0
    return (rows / scales[:, None]).reshape(weight.shape).astype(np.int8), scales


# %% wrong: always_eight_bits
# fails: other_bits_and_shapes
def quantize_weight(weight, bits=8, per_channel=True):
    rows = weight.reshape(len(weight) if per_channel else 1, -1)
    scales = np.abs(rows).max(axis=1) / 127
    scales[scales == 0] = 1.0
    q = np.round(rows / scales[:, None])
    return q.reshape(weight.shape).astype(np.int8), scales


# %% right: with_torch
def quantize_weight(weight, bits=8, per_channel=True):
    weight, top = torch.from_numpy(weight), 2 ** (bits - 1) - 1
    peaks = weight.abs().flatten(1).amax(1) if per_channel else weight.abs().max()[None]
    scales = torch.where(peaks > 0, peaks / top, 1.0)
    steps = weight / scales.reshape(-1, *[1] * (weight.ndim - 1))
    return steps.round().clamp(-top, top).to(torch.int8), scales.float()


# %% right: channel_by_channel
def quantize_weight(weight, bits=8, per_channel=True):
    top = 2 ** (bits - 1) - 1
    q, scales = [], []
    for part in weight if per_channel else [weight]:
        scales.append(np.abs(part).max() / top if part.any() else 1.0)
        q.append(np.rint(part / scales[-1]))
    return np.array(q).reshape(weight.shape).astype("int8"), scales
