# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: each_layer_by_itself
# fails: all_layers_compete, the_count_is_exact
def global_masks(scores, sparsity):
    return {
        name: np.argsort(np.argsort(score.ravel())).reshape(score.shape)
        >= round(sparsity * score.size)
        for name, score in scores.items()
    }


def random_masks(scores, sparsity, seed):
    draw = np.random.default_rng(seed)
    return {
        name: draw.permutation(score.size).reshape(score.shape) >= round(sparsity * score.size)
        for name, score in scores.items()
    }


# %% wrong: mean_of_the_thresholds
# fails: all_layers_compete, the_count_is_exact
def global_masks(scores, sparsity):
    threshold = np.mean([np.quantile(score, sparsity) for score in scores.values()])
    return {name: score > threshold for name, score in scores.items()}


def random_masks(scores, sparsity, seed):
    draw = np.random.default_rng(seed)
    return {
        name: draw.permutation(score.size).reshape(score.shape) >= round(sparsity * score.size)
        for name, score in scores.items()
    }


# %% wrong: threshold_takes_all_equals
# fails: the_count_is_exact
def global_masks(scores, sparsity):
    flat = np.sort(np.concatenate([score.ravel() for score in scores.values()]))
    count = round(sparsity * flat.size)
    threshold = flat[count - 1] if count else -1.0
    return {name: score > threshold for name, score in scores.items()}


def random_masks(scores, sparsity, seed):
    draw = np.random.default_rng(seed)
    return {
        name: draw.permutation(score.size).reshape(score.shape) >= round(sparsity * score.size)
        for name, score in scores.items()
    }


# %% wrong: scores_made_comparable
# fails: all_layers_compete, the_count_is_exact
def global_masks(scores, sparsity):
    flat = np.concatenate([score.ravel() / score.max() for score in scores.values()])
    keep = np.ones(flat.size, bool)
    keep[np.argsort(flat)[: round(sparsity * flat.size)]] = False
    pieces = np.split(keep, np.cumsum([score.size for score in scores.values()])[:-1])
    return {n: p.reshape(scores[n].shape) for n, p in zip(scores, pieces, strict=True)}


def random_masks(scores, sparsity, seed):
    draw = np.random.default_rng(seed)
    return {
        name: draw.permutation(score.size).reshape(score.shape) >= round(sparsity * score.size)
        for name, score in scores.items()
    }


# %% wrong: a_coin_for_each_weight
# fails: the_lot_is_fair
def global_masks(scores, sparsity):
    flat = np.concatenate([score.ravel() for score in scores.values()])
    keep = np.ones(flat.size, bool)
    keep[np.argsort(flat)[: round(sparsity * flat.size)]] = False
    pieces = np.split(keep, np.cumsum([score.size for score in scores.values()])[:-1])
    return {n: p.reshape(scores[n].shape) for n, p in zip(scores, pieces, strict=True)}


def random_masks(scores, sparsity, seed):
    draw = np.random.default_rng(seed)
    return {name: draw.random(score.shape) >= sparsity for name, score in scores.items()}


# %% wrong: the_same_lot_for_every_layer
# fails: the_lot_is_fair
def global_masks(scores, sparsity):
    flat = np.concatenate([score.ravel() for score in scores.values()])
    keep = np.ones(flat.size, bool)
    keep[np.argsort(flat)[: round(sparsity * flat.size)]] = False
    pieces = np.split(keep, np.cumsum([score.size for score in scores.values()])[:-1])
    return {n: p.reshape(scores[n].shape) for n, p in zip(scores, pieces, strict=True)}


def random_masks(scores, sparsity, seed):
    return {
        name: np.random.default_rng(seed).permutation(score.size).reshape(score.shape)
        >= round(sparsity * score.size)
        for name, score in scores.items()
    }


# %% wrong: seed_ignored
# fails: the_lot_is_fair
def global_masks(scores, sparsity):
    flat = np.concatenate([score.ravel() for score in scores.values()])
    keep = np.ones(flat.size, bool)
    keep[np.argsort(flat)[: round(sparsity * flat.size)]] = False
    pieces = np.split(keep, np.cumsum([score.size for score in scores.values()])[:-1])
    return {n: p.reshape(scores[n].shape) for n, p in zip(scores, pieces, strict=True)}


def random_masks(scores, sparsity, seed):
    draw = np.random.default_rng()
    return {
        name: draw.permutation(score.size).reshape(score.shape) >= round(sparsity * score.size)
        for name, score in scores.items()
    }


# %% right: torch_topk
def global_masks(scores, sparsity):
    flat = torch.cat([torch.from_numpy(score).flatten() for score in scores.values()])
    keep = torch.ones_like(flat, dtype=torch.bool)
    keep[flat.topk(round(sparsity * len(flat)), largest=False).indices] = False
    pieces = keep.split([score.size for score in scores.values()])
    return {n: p.reshape(scores[n].shape) for n, p in zip(scores, pieces, strict=True)}


def random_masks(scores, sparsity, seed):
    draw = torch.Generator().manual_seed(seed)
    masks = {}
    for name, score in scores.items():
        mask = torch.ones(score.size, dtype=torch.bool)
        mask[torch.randperm(score.size, generator=draw)[: round(sparsity * score.size)]] = False
        masks[name] = mask.reshape(score.shape).numpy()
    return masks


# %% right: list_of_all_weights
def global_masks(scores, sparsity):
    every = [(value, n, i) for n, score in scores.items() for i, value in enumerate(score.flat)]
    masks = {name: np.full(score.shape, True) for name, score in scores.items()}
    for _, name, place in sorted(every)[: round(sparsity * len(every))]:
        masks[name].flat[place] = False
    return masks


def random_masks(scores, sparsity, seed):
    np.random.seed(seed)
    masks = {}
    for name, score in scores.items():
        gone = np.random.choice(score.size, round(sparsity * score.size), replace=False)
        masks[name] = ~np.isin(np.arange(score.size), gone).reshape(score.shape)
    return masks
