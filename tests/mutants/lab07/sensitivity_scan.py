# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: earlier_layers_stay_pruned
# fails: one_layer_at_a_time, leaves_the_network_whole
def sensitivity_scan(weights, sparsities, mask_of, accuracy):
    curves, now = {}, dict(weights)
    for name, matrix in weights.items():
        curves[name] = []
        for sparsity in sparsities:
            now[name] = matrix * mask_of(matrix, sparsity)
            curves[name].append(accuracy(now))
    return curves


def within_budget(curves, sparsities, full, budget):
    chosen = {}
    for name, curve in curves.items():
        below = [i for i, value in enumerate(curve) if value < full - budget]
        last = below[0] if below else len(curve)
        chosen[name] = sparsities[last - 1] if last else 0.0
    return chosen


# %% wrong: all_layers_together
# fails: one_layer_at_a_time
def sensitivity_scan(weights, sparsities, mask_of, accuracy):
    row = [accuracy({n: w * mask_of(w, s) for n, w in weights.items()}) for s in sparsities]
    return {name: list(row) for name in weights}


def within_budget(curves, sparsities, full, budget):
    chosen = {}
    for name, curve in curves.items():
        below = [i for i, value in enumerate(curve) if value < full - budget]
        last = below[0] if below else len(curve)
        chosen[name] = sparsities[last - 1] if last else 0.0
    return chosen


# %% wrong: pruned_in_place
# fails: leaves_the_network_whole
def sensitivity_scan(weights, sparsities, mask_of, accuracy):
    curves, whole = {}, {name: matrix.copy() for name, matrix in weights.items()}
    for name in weights:
        for other in weights:
            weights[other] = whole[other]
        curves[name] = []
        for sparsity in sparsities:
            weights[name] = whole[name] * mask_of(whole[name], sparsity)
            curves[name].append(accuracy(weights))
    return curves


def within_budget(curves, sparsities, full, budget):
    chosen = {}
    for name, curve in curves.items():
        below = [i for i, value in enumerate(curve) if value < full - budget]
        last = below[0] if below else len(curve)
        chosen[name] = sparsities[last - 1] if last else 0.0
    return chosen


# %% wrong: keeps_what_the_mask_drops
# fails: one_layer_at_a_time
def sensitivity_scan(weights, sparsities, mask_of, accuracy):
    return {
        name: [accuracy({**weights, name: w * ~mask_of(w, s)}) for s in sparsities]
        for name, w in weights.items()
    }


def within_budget(curves, sparsities, full, budget):
    chosen = {}
    for name, curve in curves.items():
        below = [i for i, value in enumerate(curve) if value < full - budget]
        last = below[0] if below else len(curve)
        chosen[name] = sparsities[last - 1] if last else 0.0
    return chosen


# %% wrong: counts_lucky_curves
# fails: luck_does_not_count
def sensitivity_scan(weights, sparsities, mask_of, accuracy):
    return {
        name: [accuracy({**weights, name: w * mask_of(w, s)}) for s in sparsities]
        for name, w in weights.items()
    }


def within_budget(curves, sparsities, full, budget):
    chosen = {}
    for name, curve in curves.items():
        fine = [s for s, value in zip(sparsities, curve, strict=True) if value >= full - budget]
        chosen[name] = max(fine, default=0.0)
    return chosen


# %% wrong: one_step_too_far
# fails: stops_at_the_budget, luck_does_not_count
def sensitivity_scan(weights, sparsities, mask_of, accuracy):
    return {
        name: [accuracy({**weights, name: w * mask_of(w, s)}) for s in sparsities]
        for name, w in weights.items()
    }


def within_budget(curves, sparsities, full, budget):
    chosen = {}
    for name, curve in curves.items():
        for sparsity, value in zip(sparsities, curve, strict=True):
            chosen[name] = sparsity
            if value < full - budget:
                break
    return chosen


# %% wrong: the_line_is_outside
# fails: luck_does_not_count
def sensitivity_scan(weights, sparsities, mask_of, accuracy):
    return {
        name: [accuracy({**weights, name: w * mask_of(w, s)}) for s in sparsities]
        for name, w in weights.items()
    }


def within_budget(curves, sparsities, full, budget):
    chosen = {}
    for name, curve in curves.items():
        chosen[name] = 0.0
        for sparsity, value in zip(sparsities, curve, strict=True):
            if value <= full - budget:
                break
            chosen[name] = sparsity
    return chosen


# %% wrong: nothing_for_a_layer_that_bears_nothing
# fails: luck_does_not_count
def sensitivity_scan(weights, sparsities, mask_of, accuracy):
    return {
        name: [accuracy({**weights, name: w * mask_of(w, s)}) for s in sparsities]
        for name, w in weights.items()
    }


def within_budget(curves, sparsities, full, budget):
    chosen = {}
    for name, curve in curves.items():
        for sparsity, value in zip(sparsities, curve, strict=True):
            if value < full - budget:
                break
            chosen[name] = sparsity
    return chosen


# %% right: restores_each_layer
def sensitivity_scan(weights, sparsities, mask_of, accuracy):
    curves = {}
    copies = {name: matrix.copy() for name, matrix in weights.items()}
    for name in copies:
        curves[name] = np.zeros(len(sparsities))
        for i, sparsity in enumerate(sparsities):
            before = copies[name]
            copies[name] = np.where(mask_of(before, sparsity), before, 0)
            curves[name][i] = accuracy(copies)
            copies[name] = before
    return curves


def within_budget(curves, sparsities, full, budget):
    lines = {name: np.asarray(curve) >= full - budget for name, curve in curves.items()}
    counts = {name: int(np.cumprod(fine).sum()) for name, fine in lines.items()}
    return {name: [0.0, *sparsities][count] for name, count in counts.items()}
