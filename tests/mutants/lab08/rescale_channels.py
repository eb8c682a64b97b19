# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: bias_left_as_it_was
# fails: the_function_stays, only_positive_factors
def rescale_channels(w1, b1, w2, factors):
    if (factors <= 0).any():
        raise ValueError("factors must be positive")
    return w1 * factors[:, None, None, None], b1, w2 / factors[:, None, None]


def equalizing_factors(w1, w2):
    r, t = np.abs(w1).max(axis=(1, 2, 3)), np.abs(w2).max(axis=(0, 2, 3))
    usable = (r > 0) & (t > 0)
    return np.sqrt(np.where(usable, t, 1.0) / np.where(usable, r, 1.0))


# %% wrong: second_layer_multiplied_too
# fails: the_function_stays, only_positive_factors
def rescale_channels(w1, b1, w2, factors):
    if (factors <= 0).any():
        raise ValueError("factors must be positive")
    return w1 * factors[:, None, None, None], b1 * factors, w2 * factors[:, None, None]


def equalizing_factors(w1, w2):
    r, t = np.abs(w1).max(axis=(1, 2, 3)), np.abs(w2).max(axis=(0, 2, 3))
    usable = (r > 0) & (t > 0)
    return np.sqrt(np.where(usable, t, 1.0) / np.where(usable, r, 1.0))


# %% wrong: outputs_of_the_second_layer
# fails: the_function_stays, only_positive_factors
def rescale_channels(w1, b1, w2, factors):
    if (factors <= 0).any():
        raise ValueError("factors must be positive")
    column = factors[:, None, None, None]
    return w1 * column, b1 * factors, w2 / column


def equalizing_factors(w1, w2):
    r, t = np.abs(w1).max(axis=(1, 2, 3)), np.abs(w2).max(axis=(0, 2, 3))
    usable = (r > 0) & (t > 0)
    return np.sqrt(np.where(usable, t, 1.0) / np.where(usable, r, 1.0))


# %% wrong: any_factor_goes_through_relu
# fails: only_positive_factors
def rescale_channels(w1, b1, w2, factors):
    return w1 * factors[:, None, None, None], b1 * factors, w2 / factors[:, None, None]


def equalizing_factors(w1, w2):
    r, t = np.abs(w1).max(axis=(1, 2, 3)), np.abs(w2).max(axis=(0, 2, 3))
    usable = (r > 0) & (t > 0)
    return np.sqrt(np.where(usable, t, 1.0) / np.where(usable, r, 1.0))


# %% wrong: weights_changed_in_place
# fails: only_positive_factors
def rescale_channels(w1, b1, w2, factors):
    if (factors <= 0).any():
        raise ValueError("factors must be positive")
    w1 *= factors[:, None, None, None]
    b1 *= factors
    w2 /= factors[:, None, None]
    return w1, b1, w2


def equalizing_factors(w1, w2):
    r, t = np.abs(w1).max(axis=(1, 2, 3)), np.abs(w2).max(axis=(0, 2, 3))
    usable = (r > 0) & (t > 0)
    return np.sqrt(np.where(usable, t, 1.0) / np.where(usable, r, 1.0))


# %% wrong: fraction_upside_down
# fails: equalized_ranges_are_equal, dead_channels_stay
def rescale_channels(w1, b1, w2, factors):
    if (factors <= 0).any():
        raise ValueError("factors must be positive")
    return w1 * factors[:, None, None, None], b1 * factors, w2 / factors[:, None, None]


def equalizing_factors(w1, w2):
    r, t = np.abs(w1).max(axis=(1, 2, 3)), np.abs(w2).max(axis=(0, 2, 3))
    usable = (r > 0) & (t > 0)
    return np.sqrt(np.where(usable, r, 1.0) / np.where(usable, t, 1.0))


# %% wrong: root_missing
# fails: equalized_ranges_are_equal, dead_channels_stay
def rescale_channels(w1, b1, w2, factors):
    if (factors <= 0).any():
        raise ValueError("factors must be positive")
    return w1 * factors[:, None, None, None], b1 * factors, w2 / factors[:, None, None]


def equalizing_factors(w1, w2):
    r, t = np.abs(w1).max(axis=(1, 2, 3)), np.abs(w2).max(axis=(0, 2, 3))
    usable = (r > 0) & (t > 0)
    return np.where(usable, t, 1.0) / np.where(usable, r, 1.0)


# %% wrong: dead_channels_divided_by_zero
# fails: dead_channels_stay
def rescale_channels(w1, b1, w2, factors):
    if (factors <= 0).any():
        raise ValueError("factors must be positive")
    return w1 * factors[:, None, None, None], b1 * factors, w2 / factors[:, None, None]


def equalizing_factors(w1, w2):
    return np.sqrt(np.abs(w2).max(axis=(0, 2, 3)) / np.abs(w1).max(axis=(1, 2, 3)))


# %% right: with_torch
def rescale_channels(w1, b1, w2, factors):
    w1, b1, w2, factors = map(torch.from_numpy, (w1, b1, w2, factors))
    if not (factors > 0).all():
        raise ValueError("factors must be positive")
    return (
        torch.einsum("mihw,m->mihw", w1, factors),
        b1 * factors,
        torch.einsum("omhw,m->omhw", w2, 1 / factors),
    )


def equalizing_factors(w1, w2):
    r = torch.from_numpy(w1).abs().flatten(1).amax(1)
    t = torch.from_numpy(w2).transpose(0, 1).abs().flatten(1).amax(1)
    return torch.where(r * t > 0, (t / r).sqrt(), torch.ones_like(r))


# %% right: channel_by_channel
def rescale_channels(w1, b1, w2, factors):
    w1, b1, w2 = w1.copy(), b1.copy(), w2.copy()
    for channel, factor in enumerate(factors):
        if factor <= 0:
            raise ValueError(f"factor {factor} of channel {channel}")
        w1[channel] *= factor
        b1[channel] *= factor
        w2[:, channel] /= factor
    return w1, b1, w2


def equalizing_factors(w1, w2):
    factors = []
    for channel in range(len(w1)):
        r, t = np.abs(w1[channel]).max(), np.abs(w2[:, channel]).max()
        factors.append(float(t / r) ** 0.5 if r and t else 1.0)
    return factors
