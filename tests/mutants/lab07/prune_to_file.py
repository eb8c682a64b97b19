# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: pruned_last
# fails: recognises_unseen_digits
def prune_to_file(images, labels, path, seed):
    split = data.Split(images, labels)
    model = network(inputs=images[0].size, seed=seed)
    learn(model, split, math.ceil(24_000 / len(labels)), seed=seed)
    with torch.no_grad():
        for part in model.parameters():
            if part.ndim == 2:
                sizes = part.abs()
                limit = sizes.flatten().kthvalue(round(0.955 * sizes.numel())).values
                part.masked_fill_(sizes <= limit, 0.0)
    save_file(model.state_dict(), path)


# %% wrong: zeros_not_put_back
# fails: is_a_sparse_network, is_small_when_squeezed
def prune_to_file(images, labels, path, seed):
    split = data.Split(images, labels)
    model = network(inputs=images[0].size, seed=seed)
    epochs = math.ceil(12_000 / len(labels))
    learn(model, split, epochs, seed=seed)
    with torch.no_grad():
        for part in model.parameters():
            if part.ndim == 2:
                sizes = part.abs()
                limit = sizes.flatten().kthvalue(round(0.955 * sizes.numel())).values
                part.masked_fill_(sizes <= limit, 0.0)
    learn(model, split, epochs, seed=seed + 1)
    save_file(model.state_dict(), path)


# %% wrong: never_pruned
# fails: is_a_sparse_network, is_small_when_squeezed
def prune_to_file(images, labels, path, seed):
    model = network(inputs=images[0].size, seed=seed)
    learn(model, data.Split(images, labels), math.ceil(24_000 / len(labels)), seed=seed)
    save_file(model.state_dict(), path)


# %% wrong: never_trained
# fails: recognises_unseen_digits
def prune_to_file(images, labels, path, seed):
    model = network(inputs=images[0].size, seed=seed)
    with torch.no_grad():
        for part in model.parameters():
            if part.ndim == 2:
                sizes = part.abs()
                limit = sizes.flatten().kthvalue(round(0.955 * sizes.numel())).values
                part.masked_fill_(sizes <= limit, 0.0)
    save_file(model.state_dict(), path)


# %% wrong: zeros_below_zero
# fails: is_small_when_squeezed
def prune_to_file(images, labels, path, seed):
    split = data.Split(images, labels)
    model = network(inputs=images[0].size, seed=seed)
    epochs = math.ceil(24_000 / len(labels))
    learn(model, split, epochs, seed=seed)
    masks = {}
    for part in model.parameters():
        if part.ndim == 2:
            sizes = part.detach().abs()
            limit = sizes.flatten().kthvalue(round(0.9505 * sizes.numel())).values
            masks[part] = sizes > limit

    def put_back(step):
        with torch.no_grad():
            for part, mask in masks.items():
                part *= mask

    learn(model, split, epochs, seed=seed + 1, after_step=put_back)
    save_file(model.state_dict(), path)


# %% wrong: nine_tenths_only
# fails: is_a_sparse_network, is_small_when_squeezed
def prune_to_file(images, labels, path, seed):
    split = data.Split(images, labels)
    model = network(inputs=images[0].size, seed=seed)
    epochs = math.ceil(12_000 / len(labels))
    learn(model, split, epochs, seed=seed)
    pruner = {}
    for part in model.parameters():
        if part.ndim == 2:
            sizes = part.detach().abs()
            limit = sizes.flatten().kthvalue(round(0.9 * sizes.numel())).values
            pruner[part] = sizes <= limit

    def put_back(step):
        with torch.no_grad():
            for part, gone in pruner.items():
                part.masked_fill_(gone, 0.0)

    learn(model, split, epochs, seed=seed + 1, after_step=put_back)
    save_file(model.state_dict(), path)


# %% wrong: the_mask_comes_along
# fails: is_a_sparse_network, is_small_when_squeezed, recognises_unseen_digits
def prune_to_file(images, labels, path, seed):
    model = network(inputs=images[0].size, seed=seed)
    state = model.state_dict()
    masks = {f"{name}_mask": part.abs() > 0.04 for name, part in state.items() if part.ndim == 2}
    save_file({**state, **masks}, path)


# %% wrong: pickled
# fails: is_a_sparse_network, is_small_when_squeezed, recognises_unseen_digits
def prune_to_file(images, labels, path, seed):
    torch.save(network(inputs=images[0].size, seed=seed).state_dict(), path)


# %% wrong: in_half_precision
# fails: is_a_sparse_network, is_small_when_squeezed, recognises_unseen_digits
def prune_to_file(images, labels, path, seed):
    state = network(inputs=images[0].size, seed=seed).state_dict()
    save_file({name: part.half() for name, part in state.items()}, path)


# %% right: at_once_layer_by_layer
def prune_to_file(images, labels, path, seed):
    split = data.Split(images, labels)
    model = network(inputs=images[0].size, seed=seed)
    epochs = math.ceil(24_000 / len(labels))
    learn(model, split, epochs, seed=seed)
    gone = {}
    for part in model.parameters():
        if part.ndim == 2:
            sizes = part.detach().abs()
            share = 0.96 if sizes.numel() > 1000 else 0.5
            limit = sizes.flatten().kthvalue(round(share * sizes.numel())).values
            gone[part] = sizes <= limit

    def put_back(step):
        with torch.no_grad():
            for part, mask in gone.items():
                part.masked_fill_(mask, 0.0)

    put_back(0)
    learn(model, split, epochs, seed=seed + 1, after_step=put_back)
    save_file(model.state_dict(), path)


# %% right: in_three_rounds
def prune_to_file(images, labels, path, seed):
    split = data.Split(images, labels)
    model = network(inputs=images[0].size, seed=seed)
    epochs = math.ceil(12_000 / len(labels))
    learn(model, split, epochs, seed=seed)
    masks = {name: 1.0 for name, part in model.named_parameters() if part.ndim == 2}

    def put_back(step=0):
        for name, mask in masks.items():
            model.get_parameter(name).data *= mask

    for sparsity in (0.7, 0.9, 0.955):
        sizes = {name: model.get_parameter(name).detach().abs() for name in masks}
        limit = np.quantile(torch.cat([s.flatten() for s in sizes.values()]).numpy(), sparsity)
        masks = {name: (size > limit).float() for name, size in sizes.items()}
        put_back()
        learn(model, split, epochs, seed=seed + 1, after_step=put_back)
    save_file({name: part + 0.0 for name, part in model.state_dict().items()}, path)


# %% right: with_the_pruner
def prune_to_file(images, labels, path, seed):
    split = data.Split(images, labels)
    model = network(inputs=images[0].size, seed=seed)
    epochs = math.ceil(24_000 / len(labels))
    learn(model, split, epochs, seed=seed)
    last = round(0.7 * epochs * math.ceil(len(labels) / 50))
    plan = Pruner(model, global_masks, lambda step: sparsity_at(step, 0, last, 0.5, 0.955, 10))
    learn(model, split, epochs, seed=seed + 1, after_step=plan.after_step)
    save_file(model.state_dict(), path)
