"""What lab 07's exercises should come to, in numpy: the supervisor's side of every comparison.

A mask is True where a weight stays. Layers are dicts, name → array. H is the matrix of second
derivatives of a quadratic ½ δᵀHδ in the change δ of a unit's weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

# For answers that compute in float32. Over 60 draws of each check that uses it, the reference and
# the answers written differently used up at most 3 % of this tolerance.
FLOAT32 = {"rtol": 1e-4, "atol": 1e-6}
# For double precision: rounding, some 1e-12 here, and room for another order of the sums.
FLOAT64 = {"rtol": 1e-6, "atol": 1e-9}

Layers = dict[str, np.ndarray]


def keep_highest(scores: np.ndarray, sparsity: float) -> np.ndarray:
    """False for the round(sparsity · n) lowest scores; of equals, the first in the array go."""
    flat = np.ravel(scores)
    mask = np.ones(flat.size, bool)
    mask[np.argsort(flat, kind="stable")[: round(sparsity * flat.size)]] = False
    return mask.reshape(np.shape(scores))


def global_masks(scores: Layers, sparsity: float) -> Layers:
    """The same over all layers together."""
    keep = keep_highest(np.concatenate([score.ravel() for score in scores.values()]), sparsity)
    ends = np.cumsum([score.size for score in scores.values()])[:-1]
    pieces = np.split(keep, ends)
    return {
        name: piece.reshape(score.shape)
        for (name, score), piece in zip(scores.items(), pieces, strict=True)
    }


def first_dropped(matrix: np.ndarray, sparsity: float) -> np.ndarray:
    """The lab's own mask for the scan: the first round(sparsity · n) entries go."""
    return (np.arange(matrix.size) >= round(sparsity * matrix.size)).reshape(matrix.shape)


def known_sum(weights: Layers) -> float:
    """The lab's own "accuracy" for the scan: each layer's magnitudes times its place."""
    return sum(
        (place + 1) * float(np.abs(weights[name]).sum())
        for place, name in enumerate(sorted(weights))
    )


def scan(weights: Layers, sparsities: Sequence[float]) -> dict[str, list[float]]:
    """`known_sum` with one layer pruned at a time."""
    return {
        name: [
            known_sum({**weights, name: matrix * first_dropped(matrix, sparsity)})
            for sparsity in sparsities
        ]
        for name, matrix in weights.items()
    }


def within_budget(
    curves: dict[str, list[float]], sparsities: Sequence[float], full: float, budget: float
) -> dict[str, float]:
    """The highest sparsity before each curve first falls below full - budget; 0.0 for none."""
    chosen = {}
    for name, curve in curves.items():
        below = [place for place, value in enumerate(curve) if value < full - budget]
        last = below[0] if below else len(curve)
        chosen[name] = float(sparsities[last - 1]) if last else 0.0
    return chosen


def sparsity_at(
    step: int, begin: int, end: int, initial: float, final: float, every: int = 1
) -> float:
    """Zhu and Gupta's schedule (2017, equation 1), 0 before it begins, held between changes."""
    if step < begin:
        return 0.0
    if step >= end:
        return final
    since = (step - begin) // every * every
    return final + (initial - final) * (1 - since / (end - begin)) ** 3


def pruned_path(
    first: np.ndarray,
    second: np.ndarray,
    images: np.ndarray,
    targets: np.ndarray,
    *,
    before: Sequence[float] = (),
    schedule: Sequence[float] | None = None,
    steps: int = 0,
) -> list[tuple[list[np.ndarray], list[np.ndarray]]]:
    """(masks, weights) of both layers after each pruning and each step of the lab's driver.

    The network is second @ first @ image, the loss the mean over the images of the squared length
    of the error; SGD with rate 0.1, momentum 0.9 and weight decay 0.05, as torch.optim.SGD counts.
    """
    weights = [first.astype(float), second.astype(float)]
    masks = [np.ones(w.shape, bool) for w in weights]
    speed: list[np.ndarray] = [np.zeros(w.shape) for w in weights]
    record = []

    def prune(sparsity: float) -> None:
        scores = {str(i): np.where(m, np.abs(weights[i]), -1.0) for i, m in enumerate(masks)}
        for i, mask in global_masks(scores, sparsity).items():
            masks[int(i)] &= mask

    def descend() -> None:
        hidden = images @ weights[0].T
        slope = 2 * (hidden @ weights[1].T - targets) / len(images)
        gradients = [(slope @ weights[1]).T @ images, slope.T @ hidden]
        for i, gradient in enumerate(gradients):
            speed[i] = 0.9 * speed[i] + gradient + 0.05 * weights[i]
            weights[i] = weights[i] - 0.1 * speed[i]

    def keep_record() -> None:
        for i, mask in enumerate(masks):
            weights[i] = weights[i] * mask
        record.append(([mask.copy() for mask in masks], [w.copy() for w in weights]))

    if steps:
        descend()
    for sparsity in before:
        prune(sparsity)
        keep_record()
    highest = 0.0
    for step in range(steps):
        descend()
        if schedule is not None and schedule[step] > highest:
            highest = schedule[step]
            prune(highest)
        keep_record()
    return record


def find_ticket(
    initial: Layers, drifts: Sequence[Layers], rates: dict[str, float]
) -> tuple[Layers, list[Layers]]:
    """(final masks, the masks that each round starts with) for the lab's driver of tickets."""
    masks = {name: np.ones(weights.shape, bool) for name, weights in initial.items()}
    starts = []
    for drift in drifts:
        starts.append({name: mask.copy() for name, mask in masks.items()})
        for name, mask in masks.items():
            left = np.flatnonzero(mask)
            trained = np.abs((initial[name] + drift[name]).ravel()[left])
            order = np.argsort(trained, kind="stable")
            mask.ravel()[left[order[: round(rates[name] * len(left))]]] = False
    return masks, starts


def hessian_diagonal(
    inputs: np.ndarray, jacobian: np.ndarray, probabilities: np.ndarray
) -> np.ndarray:
    """(out, in): second derivatives of the mean cross-entropy by the weights of one layer.

    inputs (n, in), jacobian (n, classes, out), probabilities (n, classes). The Gauss-Newton
    diagonal, which is exact in a network of ReLUs.
    """
    mean = np.einsum("nc,nco->no", probabilities, jacobian)
    deviation = jacobian - mean[:, None, :]
    variance = np.einsum("nc,nco->no", probabilities, deviation**2)
    return np.einsum("no,ni->oi", variance, inputs**2) / len(inputs)


def obs_rises(weights: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """L_q of each weight (Hassibi and Stork 1993, equation 5)."""
    return weights**2 / (2 * np.diag(inverse))


def best_without(
    weights: np.ndarray, hessian: np.ndarray, gone: Sequence[int]
) -> tuple[float, np.ndarray]:
    """(rise, weights) of the least rise of ½ δᵀHδ with the weights `gone` at zero.

    Solved as the linear system of the others, without any formula of OBS.
    """
    keep = np.ones(len(weights), bool)
    keep[list(gone)] = False
    new = np.zeros(len(weights))
    lost = hessian[np.ix_(keep, ~keep)] @ weights[~keep]
    new[keep] = weights[keep] + np.linalg.solve(hessian[np.ix_(keep, keep)], lost)
    change = new - weights
    return float(change @ hessian @ change / 2), new


def obs_prune(
    weights: np.ndarray, hessian: np.ndarray, count: int, cheapest: Callable | None = None
) -> np.ndarray:
    """The weights after `count` removals, the cheapest at each step and the others corrected.

    Inverts what is left anew at every step. cheapest(weights left, inverse left) -> place is
    `obs_rises`' least by default; others make the wrong answers that checks name.
    """
    weights, gone = weights.astype(float), []
    for _ in range(count):
        left = np.setdiff1d(np.arange(len(weights)), gone)
        inverse = np.linalg.inv(hessian[np.ix_(left, left)])
        pick = cheapest or (lambda w, b: obs_rises(w, b).argmin())
        place = int(pick(weights[left], inverse))
        q = left[place]
        weights[left] = weights[left] - weights[q] / inverse[place, place] * inverse[:, place]
        weights[q] = 0.0
        gone.append(int(q))
    return weights


def lenet_logits(tensors: Layers, images: np.ndarray) -> np.ndarray:
    """(n, 10): LeNet-300-100 from the tensors of its file, for images (n, h, w, c)."""
    passed = images.reshape(len(images), -1)
    for number in (1, 3, 5):
        passed = passed @ tensors[f"{number}.weight"].T + tensors[f"{number}.bias"]
        passed = passed if number == 5 else np.maximum(passed, 0)
    return passed
