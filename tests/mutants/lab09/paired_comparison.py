# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: normal_quantile
# fails: is_the_paired_t_interval, gives_all_three_verdicts
def paired_comparison(distilled, scratch, confidence=0.95):
    differences = np.asarray(distilled, float) - np.asarray(scratch, float)
    n = len(differences)
    if n < 2:
        raise ValueError("a spread needs at least two pairs")
    difference = differences.mean()
    half = stats.norm.ppf((1 + confidence) / 2) * differences.std(ddof=1) / np.sqrt(n)
    low, high = difference - half, difference + half
    verdict = "helped" if low > 0 else "hurt" if high < 0 else "no significant difference"
    return {"difference": difference, "low": low, "high": high, "verdict": verdict}

# %% wrong: one_sided_quantile
# fails: is_the_paired_t_interval, gives_all_three_verdicts
def paired_comparison(distilled, scratch, confidence=0.95):
    differences = np.asarray(distilled, float) - np.asarray(scratch, float)
    n = len(differences)
    if n < 2:
        raise ValueError("a spread needs at least two pairs")
    difference = differences.mean()
    half = stats.t.ppf(confidence, n - 1) * differences.std(ddof=1) / np.sqrt(n)
    low, high = difference - half, difference + half
    verdict = "helped" if low > 0 else "hurt" if high < 0 else "no significant difference"
    return {"difference": difference, "low": low, "high": high, "verdict": verdict}

# %% wrong: spread_of_one_pair
# fails: is_the_paired_t_interval, gives_all_three_verdicts
def paired_comparison(distilled, scratch, confidence=0.95):
    differences = np.asarray(distilled, float) - np.asarray(scratch, float)
    n = len(differences)
    if n < 2:
        raise ValueError("a spread needs at least two pairs")
    difference = differences.mean()
    half = stats.t.ppf((1 + confidence) / 2, n - 1) * differences.std(ddof=1)
    low, high = difference - half, difference + half
    verdict = "helped" if low > 0 else "hurt" if high < 0 else "no significant difference"
    return {"difference": difference, "low": low, "high": high, "verdict": verdict}

# %% wrong: divides_by_n
# fails: is_the_paired_t_interval, gives_all_three_verdicts
def paired_comparison(distilled, scratch, confidence=0.95):
    differences = np.asarray(distilled, float) - np.asarray(scratch, float)
    n = len(differences)
    if n < 2:
        raise ValueError("a spread needs at least two pairs")
    difference = differences.mean()
    half = stats.t.ppf((1 + confidence) / 2, n - 1) * differences.std() / np.sqrt(n)
    low, high = difference - half, difference + half
    verdict = "helped" if low > 0 else "hurt" if high < 0 else "no significant difference"
    return {"difference": difference, "low": low, "high": high, "verdict": verdict}

# %% wrong: pairs_ignored
# fails: is_the_paired_t_interval, gives_all_three_verdicts, handles_the_edges
def paired_comparison(distilled, scratch, confidence=0.95):
    differences = np.asarray(distilled, float) - np.asarray(scratch, float)
    n = len(differences)
    if n < 2:
        raise ValueError("a spread needs at least two pairs")
    difference = differences.mean()
    variance = np.var(distilled, ddof=1) + np.var(scratch, ddof=1)
    half = stats.t.ppf((1 + confidence) / 2, n - 1) * np.sqrt(variance / n)
    low, high = difference - half, difference + half
    verdict = "helped" if low > 0 else "hurt" if high < 0 else "no significant difference"
    return {"difference": difference, "low": low, "high": high, "verdict": verdict}

# %% wrong: sign_flipped
# fails: is_the_paired_t_interval, gives_all_three_verdicts, handles_the_edges
def paired_comparison(distilled, scratch, confidence=0.95):
    differences = np.asarray(scratch, float) - np.asarray(distilled, float)
    n = len(differences)
    if n < 2:
        raise ValueError("a spread needs at least two pairs")
    difference = differences.mean()
    half = stats.t.ppf((1 + confidence) / 2, n - 1) * differences.std(ddof=1) / np.sqrt(n)
    low, high = difference - half, difference + half
    verdict = "helped" if low > 0 else "hurt" if high < 0 else "no significant difference"
    return {"difference": difference, "low": low, "high": high, "verdict": verdict}

# %% wrong: verdict_by_the_mean
# fails: gives_all_three_verdicts, handles_the_edges
def paired_comparison(distilled, scratch, confidence=0.95):
    differences = np.asarray(distilled, float) - np.asarray(scratch, float)
    n = len(differences)
    if n < 2:
        raise ValueError("a spread needs at least two pairs")
    difference = differences.mean()
    half = stats.t.ppf((1 + confidence) / 2, n - 1) * differences.std(ddof=1) / np.sqrt(n)
    low, high = difference - half, difference + half
    verdict = "helped" if difference > 0 else "hurt"
    return {"difference": difference, "low": low, "high": high, "verdict": verdict}

# %% wrong: nan_without_spread
# fails: handles_the_edges
def paired_comparison(distilled, scratch, confidence=0.95):
    differences = np.asarray(distilled, float) - np.asarray(scratch, float)
    n = len(differences)
    if n < 2:
        raise ValueError("a spread needs at least two pairs")
    difference = differences.mean()
    error = differences.std(ddof=1) / np.sqrt(n)
    low, high = stats.t.interval(confidence, n - 1, loc=difference, scale=error)
    verdict = "helped" if low > 0 else "hurt" if high < 0 else "no significant difference"
    return {"difference": difference, "low": low, "high": high, "verdict": verdict}

# %% wrong: one_pair_is_enough
# fails: handles_the_edges
def paired_comparison(distilled, scratch, confidence=0.95):
    differences = np.asarray(distilled, float) - np.asarray(scratch, float)
    n = len(differences)
    if n < 2:
        half = 0.0
    difference = differences.mean()
    if n > 1:
        half = stats.t.ppf((1 + confidence) / 2, n - 1) * differences.std(ddof=1) / np.sqrt(n)
    low, high = difference - half, difference + half
    verdict = "helped" if low > 0 else "hurt" if high < 0 else "no significant difference"
    return {"difference": difference, "low": low, "high": high, "verdict": verdict}

# %% right: plain_python
def paired_comparison(distilled, scratch, confidence=0.95):
    differences = [a - b for a, b in zip(distilled, scratch, strict=True)]
    n = len(differences)
    if n <= 1:
        raise ValueError("too few pairs")
    mean = sum(differences) / n
    spread = (sum((d - mean) ** 2 for d in differences) / (n - 1)) ** 0.5
    half = float(stats.t.isf((1 - confidence) / 2, n - 1)) * spread / n**0.5
    if mean - half > 0:
        verdict = "helped"
    elif mean + half < 0:
        verdict = "hurt"
    else:
        verdict = "no significant difference"
    return {"difference": mean, "low": mean - half, "high": mean + half, "verdict": verdict}

# %% right: test_of_scipy
def paired_comparison(distilled, scratch, confidence=0.95):
    distilled, scratch = np.array(distilled), np.array(scratch)
    if distilled.size < 2:
        raise ValueError("an interval needs two pairs or more")
    mean = (distilled - scratch).mean()
    low = high = mean
    if np.ptp(distilled - scratch) > 0:
        low, high = stats.ttest_rel(distilled, scratch).confidence_interval(confidence)
    verdict = {(True, True): "helped", (False, False): "hurt"}.get((low > 0, high >= 0))
    return {
        "verdict": verdict or "no significant difference",
        "low": low,
        "high": high,
        "difference": mean,
    }
