# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: the_smallest_weight
# fails: removes_the_cheapest, corrects_the_others, nothing_is_cheaper
def obs_step(weights, inverse):
    q = int(np.argmin(np.abs(weights)))
    corrected = weights - weights[q] / inverse[q, q] * inverse[:, q]
    corrected[q] = 0.0
    rise = weights[q] ** 2 / (2 * inverse[q, q])
    return {"remove": q, "rise": rise, "weights": corrected}


# %% wrong: diagonal_as_in_obd
# fails: removes_the_cheapest, corrects_the_others, nothing_is_cheaper
def obs_step(weights, inverse):
    rises = weights**2 * np.diag(np.linalg.inv(inverse)) / 2
    q = int(np.argmin(rises))
    corrected = weights - weights[q] / inverse[q, q] * inverse[:, q]
    corrected[q] = 0.0
    return {"remove": q, "rise": rises[q], "weights": corrected}


# %% wrong: multiplied_by_the_inverse
# fails: removes_the_cheapest, corrects_the_others, nothing_is_cheaper
def obs_step(weights, inverse):
    rises = weights**2 * np.diag(inverse) / 2
    q = int(np.argmin(rises))
    corrected = weights - weights[q] / inverse[q, q] * inverse[:, q]
    corrected[q] = 0.0
    return {"remove": q, "rise": rises[q], "weights": corrected}


# %% wrong: half_missing
# fails: removes_the_cheapest, nothing_is_cheaper
def obs_step(weights, inverse):
    rises = weights**2 / np.diag(inverse)
    q = int(np.argmin(rises))
    corrected = weights - weights[q] / inverse[q, q] * inverse[:, q]
    corrected[q] = 0.0
    return {"remove": q, "rise": rises[q], "weights": corrected}


# %% wrong: others_stay
# fails: corrects_the_others, nothing_is_cheaper
def obs_step(weights, inverse):
    rises = weights**2 / (2 * np.diag(inverse))
    q = int(np.argmin(rises))
    corrected = weights.copy()
    corrected[q] = 0.0
    return {"remove": q, "rise": rises[q], "weights": corrected}


# %% wrong: sign_of_the_correction
# fails: corrects_the_others, nothing_is_cheaper
def obs_step(weights, inverse):
    rises = weights**2 / (2 * np.diag(inverse))
    q = int(np.argmin(rises))
    corrected = weights + weights[q] / inverse[q, q] * inverse[:, q]
    corrected[q] = 0.0
    return {"remove": q, "rise": rises[q], "weights": corrected}


# %% wrong: not_divided_by_the_diagonal
# fails: corrects_the_others, nothing_is_cheaper
def obs_step(weights, inverse):
    rises = weights**2 / (2 * np.diag(inverse))
    q = int(np.argmin(rises))
    corrected = weights - weights[q] * inverse[:, q]
    corrected[q] = 0.0
    return {"remove": q, "rise": rises[q], "weights": corrected}


# %% wrong: the_change_instead_of_the_weights
# fails: corrects_the_others, nothing_is_cheaper
def obs_step(weights, inverse):
    rises = weights**2 / (2 * np.diag(inverse))
    q = int(np.argmin(rises))
    return {"remove": q, "rise": rises[q], "weights": -weights[q] / inverse[q, q] * inverse[:, q]}


# %% wrong: changed_in_place
# fails: leaves_its_input_alone
def obs_step(weights, inverse):
    rises = weights**2 / (2 * np.diag(inverse))
    q = int(np.argmin(rises))
    weights -= weights[q] / inverse[q, q] * inverse[:, q]
    weights[q] = 0.0
    return {"remove": q, "rise": rises[q], "weights": weights}


# %% right: least_squares
def obs_step(weights, inverse):
    hessian, d, best = np.linalg.inv(inverse), len(weights), None
    for q in range(d):
        rest = [i for i in range(d) if i != q]
        new = np.zeros(d)
        change = np.linalg.solve(hessian[np.ix_(rest, rest)], hessian[rest, q] * weights[q])
        new[rest] = weights[rest] + change
        rise = (new - weights) @ hessian @ (new - weights) / 2
        if best is None or rise < best["rise"]:
            best = {"remove": q, "rise": rise, "weights": new}
    return best


# %% right: torch
def obs_step(weights, inverse):
    w, b = torch.tensor(weights), torch.tensor(inverse)
    rises = w.square() / b.diagonal() / 2
    q = rises.argmin()
    new = w - b[q] * w[q] / b[q, q]
    new[q] = 0
    return {"remove": q, "rise": rises[q], "weights": new}
