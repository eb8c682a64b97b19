# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: mean_of_the_batches
# fails: the_greatest
def observed_top(batches, method, bits=8, percentile=99.9):
    values = np.concatenate([np.ravel(batch) for batch in batches])
    if method == "min-max":
        return float(np.mean([batch.max() for batch in batches]))
    if method == "percentile":
        return float(np.percentile(values, percentile))
    if method != "mse":
        raise ValueError(method)
    steps, top = 2**bits - 1, float(values.max())

    def error(candidate):
        scale = candidate / steps
        return np.mean((np.clip(np.round(values / scale), 0, steps) * scale - values) ** 2)

    return min((top * i / 100 for i in range(1, 101)), key=error)


# %% wrong: percentiles_of_batches_averaged
# fails: the_percentile
def observed_top(batches, method, bits=8, percentile=99.9):
    values = np.concatenate([np.ravel(batch) for batch in batches])
    if method == "min-max":
        return float(values.max())
    if method == "percentile":
        return float(np.mean([np.percentile(batch, percentile) for batch in batches]))
    if method != "mse":
        raise ValueError(method)
    steps, top = 2**bits - 1, float(values.max())

    def error(candidate):
        scale = candidate / steps
        return np.mean((np.clip(np.round(values / scale), 0, steps) * scale - values) ** 2)

    return min((top * i / 100 for i in range(1, 101)), key=error)


# %% wrong: percentile_as_a_fraction_of_the_range
# fails: the_percentile
def observed_top(batches, method, bits=8, percentile=99.9):
    values = np.concatenate([np.ravel(batch) for batch in batches])
    if method == "min-max":
        return float(values.max())
    if method == "percentile":
        return float(values.max() * percentile / 100)
    if method != "mse":
        raise ValueError(method)
    steps, top = 2**bits - 1, float(values.max())

    def error(candidate):
        scale = candidate / steps
        return np.mean((np.clip(np.round(values / scale), 0, steps) * scale - values) ** 2)

    return min((top * i / 100 for i in range(1, 101)), key=error)


# %% wrong: clipped_values_do_not_count
# fails: the_least_squared_error, other_bits_and_methods
def observed_top(batches, method, bits=8, percentile=99.9):
    values = np.concatenate([np.ravel(batch) for batch in batches])
    if method == "min-max":
        return float(values.max())
    if method == "percentile":
        return float(np.percentile(values, percentile))
    if method != "mse":
        raise ValueError(method)
    steps, top = 2**bits - 1, float(values.max())

    def error(candidate):
        scale, inside = candidate / steps, values[values <= candidate]
        return np.mean((np.round(inside / scale) * scale - inside) ** 2)

    return min((top * i / 100 for i in range(1, 101)), key=error)


# %% wrong: always_eight_bits
# fails: the_least_squared_error, other_bits_and_methods
def observed_top(batches, method, bits=8, percentile=99.9):
    values = np.concatenate([np.ravel(batch) for batch in batches])
    if method == "min-max":
        return float(values.max())
    if method == "percentile":
        return float(np.percentile(values, percentile))
    if method != "mse":
        raise ValueError(method)
    top = float(values.max())

    def error(candidate):
        scale = candidate / 255
        return np.mean((np.clip(np.round(values / scale), 0, 255) * scale - values) ** 2)

    return min((top * i / 100 for i in range(1, 101)), key=error)


# %% wrong: every_other_method_is_mse
# fails: other_bits_and_methods
def observed_top(batches, method, bits=8, percentile=99.9):
    values = np.concatenate([np.ravel(batch) for batch in batches])
    if method == "min-max":
        return float(values.max())
    if method == "percentile":
        return float(np.percentile(values, percentile))
    steps, top = 2**bits - 1, float(values.max())

    def error(candidate):
        scale = candidate / steps
        return np.mean((np.clip(np.round(values / scale), 0, steps) * scale - values) ** 2)

    return min((top * i / 100 for i in range(1, 101)), key=error)


# %% wrong: the_last_batch_alone
# fails: the_greatest, the_least_squared_error, the_percentile, other_bits_and_methods
def observed_top(batches, method, bits=8, percentile=99.9):
    for batch in batches:
        values = np.ravel(batch)
    if method == "min-max":
        return float(values.max())
    if method == "percentile":
        return float(np.percentile(values, percentile))
    if method != "mse":
        raise ValueError(method)
    steps, top = 2**bits - 1, float(values.max())

    def error(candidate):
        scale = candidate / steps
        return np.mean((np.clip(np.round(values / scale), 0, steps) * scale - values) ** 2)

    return min((top * i / 100 for i in range(1, 101)), key=error)


# %% right: all_candidates_at_once
def observed_top(batches, method, bits=8, percentile=99.9):
    values = np.sort(np.concatenate([batch.reshape(-1) for batch in batches]).astype(np.float64))
    if method not in ("min-max", "percentile", "mse"):
        raise ValueError(method)
    if method == "min-max":
        return values[-1]
    if method == "percentile":
        place = percentile / 100 * (len(values) - 1)
        return np.interp(place, np.arange(len(values)), values)
    candidates = values[-1] * np.arange(1, 101)[:, None] / 100
    scales = candidates / (2**bits - 1)
    back = np.minimum(np.rint(values / scales), 2**bits - 1) * scales
    return candidates[((back - values) ** 2).sum(axis=1).argmin(), 0]


# %% right: with_torch
def observed_top(batches, method, bits=8, percentile=99.9):
    values = torch.cat([torch.as_tensor(batch).flatten() for batch in batches])
    top = values.max()
    if method == "min-max":
        return top
    if method == "percentile":
        return torch.quantile(values, percentile / 100)
    if method == "mse":
        errors = []
        for i in range(1, 101):
            scale = top * i / 100 / (2**bits - 1)
            back = (values / scale).round().clamp(max=2**bits - 1) * scale
            errors.append(functional.mse_loss(back, values))
        return top * (int(torch.stack(errors).argmin()) + 1) / 100
    raise ValueError(f"{method} is none of the three")
