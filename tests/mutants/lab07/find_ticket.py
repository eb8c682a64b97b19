# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: never_rewound
# fails: rewinds_every_round, counts_what_is_left
def find_ticket(initial, train_ticket, rounds, rates):
    masks = {name: np.ones(weights.shape, bool) for name, weights in initial.items()}
    weights = dict(initial)
    for _ in range(rounds):
        weights = train_ticket({n: w * masks[n] for n, w in weights.items()}, masks)
        for name, mask in masks.items():
            left = np.flatnonzero(mask)
            order = np.argsort(np.abs(weights[name].ravel()[left]))
            mask.ravel()[left[order[: round(rates[name] * len(left))]]] = False
    return masks


# %% wrong: by_initial_magnitude
# fails: prunes_by_trained_magnitude, counts_what_is_left
def find_ticket(initial, train_ticket, rounds, rates):
    masks = {name: np.ones(weights.shape, bool) for name, weights in initial.items()}
    for _ in range(rounds):
        train_ticket({name: initial[name] * masks[name] for name in initial}, masks)
        for name, mask in masks.items():
            left = np.flatnonzero(mask)
            order = np.argsort(np.abs(initial[name].ravel()[left]))
            mask.ravel()[left[order[: round(rates[name] * len(left))]]] = False
    return masks


# %% wrong: by_movement
# fails: prunes_by_trained_magnitude, counts_what_is_left
def find_ticket(initial, train_ticket, rounds, rates):
    masks = {name: np.ones(weights.shape, bool) for name, weights in initial.items()}
    for _ in range(rounds):
        trained = train_ticket({name: initial[name] * masks[name] for name in initial}, masks)
        for name, mask in masks.items():
            left = np.flatnonzero(mask)
            moved = np.abs(trained[name] - initial[name]).ravel()[left]
            mask.ravel()[left[np.argsort(moved)[: round(rates[name] * len(left))]]] = False
    return masks


# %% wrong: share_of_all_weights
# fails: counts_what_is_left, each_layer_has_its_rate
def find_ticket(initial, train_ticket, rounds, rates):
    masks = {name: np.ones(weights.shape, bool) for name, weights in initial.items()}
    for _ in range(rounds):
        trained = train_ticket({name: initial[name] * masks[name] for name in initial}, masks)
        for name, mask in masks.items():
            left = np.flatnonzero(mask)
            order = np.argsort(np.abs(trained[name].ravel()[left]))
            mask.ravel()[left[order[: round(rates[name] * mask.size)]]] = False
    return masks


# %% wrong: zeros_pruned_again
# fails: counts_what_is_left, each_layer_has_its_rate
def find_ticket(initial, train_ticket, rounds, rates):
    masks = {name: np.ones(weights.shape, bool) for name, weights in initial.items()}
    for _ in range(rounds):
        trained = train_ticket({name: initial[name] * masks[name] for name in initial}, masks)
        for name, mask in masks.items():
            order = np.argsort(np.abs(trained[name].ravel()), kind="stable")
            mask.ravel()[order[: round(rates[name] * mask.sum())]] = False
    return masks


# %% wrong: all_layers_in_one_list
# fails: prunes_by_trained_magnitude, counts_what_is_left, each_layer_has_its_rate
def find_ticket(initial, train_ticket, rounds, rates):
    masks = {name: np.ones(weights.shape, bool) for name, weights in initial.items()}
    rate = min(rates.values())
    for _ in range(rounds):
        trained = train_ticket({name: initial[name] * masks[name] for name in initial}, masks)
        sizes = np.sort(np.concatenate([np.abs(trained[n][m]) for n, m in masks.items()]))
        threshold = sizes[round(rate * sizes.size) - 1]
        masks = {n: m & (np.abs(trained[n]) > threshold) for n, m in masks.items()}
    return masks


# %% wrong: one_rate_for_all_layers
# fails: each_layer_has_its_rate
def find_ticket(initial, train_ticket, rounds, rates):
    masks = {name: np.ones(weights.shape, bool) for name, weights in initial.items()}
    rate = next(iter(rates.values()))
    for _ in range(rounds):
        trained = train_ticket({name: initial[name] * masks[name] for name in initial}, masks)
        for name, mask in masks.items():
            left = np.flatnonzero(mask)
            order = np.argsort(np.abs(trained[name].ravel()[left]))
            mask.ravel()[left[order[: round(rate * len(left))]]] = False
    return masks


# %% wrong: one_round_only
# fails: rewinds_every_round, counts_what_is_left, each_layer_has_its_rate
def find_ticket(initial, train_ticket, rounds, rates):
    masks = {name: np.ones(weights.shape, bool) for name, weights in initial.items()}
    trained = train_ticket(dict(initial), masks)
    for name, mask in masks.items():
        left = 1 - (1 - rates[name]) ** rounds
        order = np.argsort(np.abs(trained[name].ravel()))
        mask.ravel()[order[: round(left * mask.size)]] = False
    return masks


# %% wrong: masked_in_the_initial_weights
# fails: each_layer_has_its_rate
def find_ticket(initial, train_ticket, rounds, rates):
    masks = {name: np.ones(weights.shape, bool) for name, weights in initial.items()}
    for _ in range(rounds):
        for name in initial:
            initial[name] *= masks[name]
        trained = train_ticket(initial, masks)
        for name, mask in masks.items():
            left = np.flatnonzero(mask)
            order = np.argsort(np.abs(trained[name].ravel()[left]))
            mask.ravel()[left[order[: round(rates[name] * len(left))]]] = False
    return masks


# %% right: infinite_scores_for_what_is_gone
def find_ticket(initial, train_ticket, rounds, rates):
    masks = {name: torch.ones(weights.shape, dtype=torch.bool) for name, weights in initial.items()}
    for _ in range(rounds):
        arrays = {name: mask.numpy() for name, mask in masks.items()}
        trained = train_ticket({n: np.where(arrays[n], initial[n], 0) for n in initial}, arrays)
        for name, mask in masks.items():
            scores = torch.from_numpy(np.abs(trained[name])).masked_fill(~mask, torch.inf).flatten()
            count = round(rates[name] * int(mask.sum()))
            gone = torch.zeros(mask.numel(), dtype=torch.bool)
            gone[scores.topk(count, largest=False).indices] = True
            masks[name] = mask & ~gone.reshape(mask.shape)
    return {name: mask.numpy() for name, mask in masks.items()}


# %% right: threshold_by_partition
def find_ticket(initial, train_ticket, rounds, rates):
    masks = {name: np.full(np.shape(weights), True) for name, weights in initial.items()}
    for _ in range(rounds):
        start = {name: np.multiply(initial[name], masks[name]) for name in masks}
        trained = train_ticket(start, {name: mask.copy() for name, mask in masks.items()})
        new = {}
        for name, mask in masks.items():
            sizes = np.abs(trained[name])[mask]
            count = round(rates[name] * sizes.size)
            limit = np.partition(sizes, count - 1)[count - 1] if count else -1.0
            new[name] = mask & (np.abs(trained[name]) > limit)
        masks = new
    return masks
