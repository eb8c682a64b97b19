# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: starts_from_zero
# fails: is_the_cube, rests_before_and_after, changes_every_so_often
def sparsity_at(step, begin, end, initial, final, every=1):
    if step < begin:
        return 0.0
    if step >= end:
        return final
    since = (step - begin) // every * every
    return final - final * (1 - since / (end - begin)) ** 3


# %% wrong: straight_line
# fails: is_the_cube, changes_every_so_often
def sparsity_at(step, begin, end, initial, final, every=1):
    if step < begin:
        return 0.0
    if step >= end:
        return final
    since = (step - begin) // every * every
    return initial + (final - initial) * since / (end - begin)


# %% wrong: cube_the_wrong_way_round
# fails: is_the_cube, changes_every_so_often
def sparsity_at(step, begin, end, initial, final, every=1):
    if step < begin:
        return 0.0
    if step >= end:
        return final
    since = (step - begin) // every * every
    return initial + (final - initial) * (since / (end - begin)) ** 3


# %% wrong: counted_from_step_zero
# fails: is_the_cube, rests_before_and_after, changes_every_so_often
def sparsity_at(step, begin, end, initial, final, every=1):
    if step < begin:
        return 0.0
    if step >= end:
        return final
    return final + (initial - final) * (1 - step // every * every / end) ** 3


# %% wrong: no_rest
# fails: rests_before_and_after, changes_every_so_often
def sparsity_at(step, begin, end, initial, final, every=1):
    since = (step - begin) // every * every
    return final + (initial - final) * (1 - since / (end - begin)) ** 3


# %% wrong: begins_at_once
# fails: rests_before_and_after
def sparsity_at(step, begin, end, initial, final, every=1):
    step = min(max(step, begin), end)
    since = (step - begin) // every * every if step < end else end - begin
    return final + (initial - final) * (1 - since / (end - begin)) ** 3


# %% wrong: every_ignored
# fails: changes_every_so_often
def sparsity_at(step, begin, end, initial, final, every=1):
    if step < begin:
        return 0.0
    if step >= end:
        return final
    return final + (initial - final) * (1 - (step - begin) / (end - begin)) ** 3


# %% wrong: every_counted_from_zero
# fails: changes_every_so_often
def sparsity_at(step, begin, end, initial, final, every=1):
    if step < begin:
        return 0.0
    if step >= end:
        return final
    held = max(step // every * every, begin)
    return final + (initial - final) * (1 - (held - begin) / (end - begin)) ** 3


# %% right: clipped
def sparsity_at(step, begin, end, initial, final, every=1):
    held = begin + math.floor((step - begin) / every) * every
    held = end if step >= end else held
    left = np.clip((end - held) / (end - begin), 0, 1)
    return float((step >= begin) * (final - (final - initial) * left**3))


# %% right: as_a_tensor
def sparsity_at(step, begin, end, initial, final, every=1):
    if step < begin:
        return torch.tensor(0.0, dtype=torch.float64)
    held = end if step >= end else step - (step - begin) % every
    left = torch.tensor(1 - (held - begin) / (end - begin), dtype=torch.float64)
    return final + (initial - final) * left.pow(3)
