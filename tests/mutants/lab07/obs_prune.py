# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: inverse_not_updated
# fails: removes_two, removes_as_many_as_asked, the_rest_makes_up_for_it
def obs_prune(weights, hessian, count):
    weights, inverse = np.array(weights), np.linalg.inv(hessian)
    gone = []
    for _ in range(count):
        rises = weights**2 / np.diag(inverse)
        rises[gone] = np.inf
        q = int(np.argmin(rises))
        weights = weights - weights[q] / inverse[q, q] * inverse[:, q]
        gone.append(q)
        weights[gone] = 0.0
    return weights


# %% wrong: all_chosen_at_once
# fails: removes_two, removes_as_many_as_asked
def obs_prune(weights, hessian, count):
    rises = weights**2 / np.diag(np.linalg.inv(hessian))
    keep = np.ones(len(weights), bool)
    keep[np.argsort(rises)[:count]] = False
    new = np.zeros(len(weights))
    lost = hessian[keep][:, ~keep] @ weights[~keep]
    new[keep] = weights[keep] + np.linalg.solve(hessian[keep][:, keep], lost)
    return new


# %% wrong: the_smallest_with_corrections
# fails: removes_two, removes_as_many_as_asked
def obs_prune(weights, hessian, count):
    keep = np.ones(len(weights), bool)
    keep[np.argsort(np.abs(weights))[:count]] = False
    new = np.zeros(len(weights))
    lost = hessian[keep][:, ~keep] @ weights[~keep]
    new[keep] = weights[keep] + np.linalg.solve(hessian[keep][:, keep], lost)
    return new


# %% wrong: nothing_corrected
# fails: removes_two, removes_as_many_as_asked, the_rest_makes_up_for_it
def obs_prune(weights, hessian, count):
    new, now, inverse = np.array(weights), np.array(weights), np.linalg.inv(hessian)
    left = np.ones(len(weights), bool)
    for _ in range(count):
        diagonal = np.where(left, np.diag(inverse), 1.0)
        q = int(np.argmin(np.where(left, now**2 / diagonal, np.inf)))
        now = now - now[q] / inverse[q, q] * inverse[:, q]
        inverse = inverse - np.outer(inverse[:, q], inverse[q]) / inverse[q, q]
        left[q] = False
        new[q] = 0.0
    return new


# %% wrong: hessian_taken_for_its_inverse
# fails: removes_two, removes_as_many_as_asked, the_rest_makes_up_for_it
def obs_prune(weights, hessian, count):
    weights, inverse = np.array(weights), np.array(hessian)
    left = np.ones(len(weights), bool)
    for _ in range(count):
        diagonal = np.where(left, np.diag(inverse), 1.0)
        q = int(np.argmin(np.where(left, weights**2 / diagonal, np.inf)))
        weights = weights - weights[q] / inverse[q, q] * inverse[:, q]
        inverse = inverse - np.outer(inverse[:, q], inverse[q]) / inverse[q, q]
        left[q] = False
        weights[~left] = 0.0
    return weights


# %% wrong: rounding_left_in_the_zeros
# fails: removes_as_many_as_asked, the_rest_makes_up_for_it
def obs_prune(weights, hessian, count):
    weights, inverse = np.array(weights), np.linalg.inv(hessian)
    left = np.ones(len(weights), bool)
    for _ in range(count):
        diagonal = np.where(left, np.diag(inverse), 1.0)
        q = int(np.argmin(np.where(left, weights**2 / diagonal, np.inf)))
        weights = weights - weights[q] / inverse[q, q] * inverse[:, q] + 1e-17
        inverse = inverse - np.outer(inverse[:, q], inverse[q]) / inverse[q, q]
        left[q] = False
    return weights


# %% wrong: one_removal_less
# fails: removes_two, removes_as_many_as_asked, the_rest_makes_up_for_it
def obs_prune(weights, hessian, count):
    weights, inverse = np.array(weights), np.linalg.inv(hessian)
    left = np.ones(len(weights), bool)
    for _ in range(1, count):
        diagonal = np.where(left, np.diag(inverse), 1.0)
        q = int(np.argmin(np.where(left, weights**2 / diagonal, np.inf)))
        weights = weights - weights[q] / inverse[q, q] * inverse[:, q]
        inverse = inverse - np.outer(inverse[:, q], inverse[q]) / inverse[q, q]
        left[q] = False
        weights[~left] = 0.0
    return weights


# %% right: inverts_what_is_left
def obs_prune(weights, hessian, count):
    new, left = np.array(weights, float), list(range(len(weights)))
    for _ in range(count):
        inverse = np.linalg.inv(hessian[np.ix_(left, left)])
        q = int(np.argmin(new[left] ** 2 / np.diag(inverse)))
        new[left] -= new[left[q]] / inverse[q, q] * inverse[:, q]
        new[left.pop(q)] = 0.0
    return new


# %% right: with_obs_step
def obs_prune(weights, hessian, count):
    inverse, left = torch.linalg.inv(torch.tensor(hessian)), torch.arange(len(weights))
    new = torch.tensor(weights)
    for _ in range(count):
        step = obs_step(new[left].numpy(), inverse.numpy())
        q = step["remove"]
        new[left] = torch.as_tensor(step["weights"])
        rest = torch.arange(len(left)) != q
        inverse = (inverse - torch.outer(inverse[:, q], inverse[q]) / inverse[q, q])[rest][:, rest]
        left = left[rest]
    return new
