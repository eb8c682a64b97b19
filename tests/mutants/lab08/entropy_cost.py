# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: clipped_values_are_dropped
# fails: matches_the_definition, uneven_groups, empty_bins
def entropy_cost(histogram, keep, levels):
    p, q = np.array(histogram[:keep], float), np.zeros(keep)
    for group in np.array_split(np.arange(keep), levels):
        used = group[p[group] > 0]
        if len(used):
            q[used] = np.sum(histogram[group]) / len(used)
    p, q = p / p.sum(), q / q.sum()
    there = p > 0
    return float(np.sum(p[there] * np.log(p[there] / np.maximum(q[there], 1e-9))))


# %% wrong: clipped_values_in_both
# fails: matches_the_definition, uneven_groups, empty_bins
def entropy_cost(histogram, keep, levels):
    p, q = np.array(histogram[:keep], float), np.zeros(keep)
    p[-1] += np.sum(histogram[keep:])
    for group in np.array_split(np.arange(keep), levels):
        used = group[p[group] > 0]
        if len(used):
            q[used] = np.sum(p[group]) / len(used)
    p, q = p / p.sum(), q / q.sum()
    there = p > 0
    return float(np.sum(p[there] * np.log(p[there] / np.maximum(q[there], 1e-9))))


# %% wrong: the_other_way_round
# fails: matches_the_definition, uneven_groups, empty_bins
def entropy_cost(histogram, keep, levels):
    p, q = np.array(histogram[:keep], float), np.zeros(keep)
    p[-1] += np.sum(histogram[keep:])
    for group in np.array_split(np.arange(keep), levels):
        used = group[p[group] > 0]
        if len(used):
            q[used] = np.sum(histogram[group]) / len(used)
    p, q = p / p.sum(), q / q.sum()
    there = q > 0
    return float(np.sum(q[there] * np.log(q[there] / np.maximum(p[there], 1e-9))))


# %% wrong: bits_instead_of_nats
# fails: matches_the_definition, uneven_groups, empty_bins
def entropy_cost(histogram, keep, levels):
    p, q = np.array(histogram[:keep], float), np.zeros(keep)
    p[-1] += np.sum(histogram[keep:])
    for group in np.array_split(np.arange(keep), levels):
        used = group[p[group] > 0]
        if len(used):
            q[used] = np.sum(histogram[group]) / len(used)
    p, q = p / p.sum(), q / q.sum()
    there = p > 0
    return float(np.sum(p[there] * np.log2(p[there] / np.maximum(q[there], 1e-9))))


# %% wrong: empty_bins_get_their_share
# fails: empty_bins
def entropy_cost(histogram, keep, levels):
    p, q = np.array(histogram[:keep], float), np.zeros(keep)
    p[-1] += np.sum(histogram[keep:])
    for group in np.array_split(np.arange(keep), levels):
        q[group] = np.mean(histogram[group])
    p, q = p / p.sum(), q / q.sum()
    there = p > 0
    return float(np.sum(p[there] * np.log(p[there] / np.maximum(q[there], 1e-9))))


# %% wrong: logarithm_of_nothing
# fails: empty_bins
def entropy_cost(histogram, keep, levels):
    p, q = np.array(histogram[:keep], float), np.zeros(keep)
    p[-1] += np.sum(histogram[keep:])
    for group in np.array_split(np.arange(keep), levels):
        used = group[p[group] > 0]
        if len(used):
            q[used] = np.sum(histogram[group]) / len(used)
    p, q = p / p.sum(), q / q.sum()
    return float(np.sum(p * np.log(p / q)))


# %% wrong: what_is_left_over_joins_the_last_group
# fails: uneven_groups
def entropy_cost(histogram, keep, levels):
    p, q, width = np.array(histogram[:keep], float), np.zeros(keep), keep // levels
    p[-1] += np.sum(histogram[keep:])
    for level in range(levels):
        end = keep if level == levels - 1 else (level + 1) * width
        group = np.arange(level * width, end)
        used = group[p[group] > 0]
        if len(used):
            q[used] = np.sum(histogram[group]) / len(used)
    p, q = p / p.sum(), q / q.sum()
    there = p > 0
    return float(np.sum(p[there] * np.log(p[there] / np.maximum(q[there], 1e-9))))


# %% right: number_by_number
def entropy_cost(histogram, keep, levels):
    counts = [int(count) for count in histogram]
    p = counts[:keep]
    p[-1] += sum(counts[keep:])
    q, start = [], 0
    for level in range(levels):
        width = keep // levels + (level < keep % levels)
        share = sum(counts[start : start + width])
        used = sum(count > 0 for count in p[start : start + width])
        q += [share / used if count else 0.0 for count in p[start : start + width]]
        start += width
    total = 0.0
    for one, other in zip(p, q, strict=True):
        if one:
            one, other = one / sum(p), other / sum(q)
            total += one * np.log(one / max(other, 1e-9))
    return total


# %% right: with_reduceat_and_scipy
def entropy_cost(histogram, keep, levels):
    from scipy.special import rel_entr

    histogram = np.asarray(histogram, float)
    p = np.append(histogram[: keep - 1], histogram[keep - 1 :].sum())
    starts = [group[0] for group in np.array_split(np.arange(keep), levels)]
    sums = np.add.reduceat(histogram[:keep], starts)
    used = np.add.reduceat((p > 0).astype(float), starts)
    widths = np.diff([*starts, keep])
    q = np.repeat(sums / np.maximum(used, 1), widths) * (p > 0)
    p, q = p / p.sum(), q / q.sum()
    return rel_entr(p, np.maximum(q, 1e-9)).sum()
