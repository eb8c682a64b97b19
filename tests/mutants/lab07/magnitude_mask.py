# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: mask_inverted
# fails: drops_the_smallest, decides_between_equals, counts_exactly
def magnitude_mask(weights, sparsity):
    order = np.argsort(np.abs(weights).ravel(), kind="stable")
    mask = np.zeros(weights.size, bool)
    mask[order[: round(sparsity * weights.size)]] = True
    return mask.reshape(weights.shape)


# %% wrong: signs_count
# fails: drops_the_smallest, decides_between_equals, counts_exactly
def magnitude_mask(weights, sparsity):
    order = np.argsort(weights.ravel(), kind="stable")
    mask = np.ones(weights.size, bool)
    mask[order[: round(sparsity * weights.size)]] = False
    return mask.reshape(weights.shape)


# %% wrong: threshold_takes_all_equals
# fails: decides_between_equals, counts_exactly
def magnitude_mask(weights, sparsity):
    sizes = np.abs(weights)
    count = round(sparsity * weights.size)
    return sizes > np.sort(sizes, axis=None)[max(count - 1, 0)]


# %% wrong: quantile
# fails: decides_between_equals, counts_exactly
def magnitude_mask(weights, sparsity):
    return np.abs(weights) > np.quantile(np.abs(weights), sparsity)


# %% wrong: sparsity_is_what_stays
# fails: drops_the_smallest, decides_between_equals, counts_exactly
def magnitude_mask(weights, sparsity):
    order = np.argsort(np.abs(weights).ravel(), kind="stable")
    mask = np.ones(weights.size, bool)
    mask[order[: weights.size - round(sparsity * weights.size)]] = False
    return mask.reshape(weights.shape)


# %% wrong: count_cut_off
# fails: decides_between_equals, counts_exactly
def magnitude_mask(weights, sparsity):
    order = np.argsort(np.abs(weights).ravel(), kind="stable")
    mask = np.ones(weights.size, bool)
    mask[order[: int(sparsity * weights.size)]] = False
    return mask.reshape(weights.shape)


# %% wrong: the_last_of_equals_go
# fails: decides_between_equals
def magnitude_mask(weights, sparsity):
    order = np.argsort(-np.abs(weights).ravel(), kind="stable")[::-1]
    mask = np.ones(weights.size, bool)
    mask[order[: round(sparsity * weights.size)]] = False
    return mask.reshape(weights.shape)


# %% wrong: prunes_the_weights_themselves
# fails: leaves_the_weights_alone
def magnitude_mask(weights, sparsity):
    order = np.argsort(np.abs(weights).ravel(), kind="stable")
    mask = np.ones(weights.size, bool)
    mask[order[: round(sparsity * weights.size)]] = False
    mask = mask.reshape(weights.shape)
    weights *= mask
    return mask


# %% wrong: numbers_for_truth_values
# fails: drops_the_smallest, decides_between_equals, counts_exactly
def magnitude_mask(weights, sparsity):
    order = np.argsort(np.abs(weights).ravel(), kind="stable")
    mask = np.ones(weights.size)
    mask[order[: round(sparsity * weights.size)]] = 0
    return mask.reshape(weights.shape)


# %% right: by_rank
def magnitude_mask(weights, sparsity):
    order = np.argsort(np.abs(weights), axis=None, kind="mergesort")
    ranks = np.empty(weights.size, int)
    ranks[order] = np.arange(weights.size)
    return ranks.reshape(weights.shape) >= round(sparsity * weights.size)


# %% right: torch_sort
def magnitude_mask(weights, sparsity):
    flat = torch.from_numpy(weights).abs().flatten()
    places = flat.sort(stable=True).indices[: round(sparsity * flat.numel())]
    mask = torch.ones_like(flat, dtype=torch.bool)
    mask[places] = False
    return mask.reshape(weights.shape)


# %% right: plain_python
def magnitude_mask(weights, sparsity):
    flat = [abs(float(w)) for w in weights.ravel()]
    order = sorted(range(len(flat)), key=lambda i: (flat[i], i))
    gone = set(order[: round(sparsity * len(flat))])
    return np.array([i not in gone for i in range(len(flat))]).reshape(weights.shape)
