# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: mean_not_taken_off
# fails: is_right_for_the_last_layer, is_right_for_any_layer, is_zero_without_doubt
def hessian_diagonal(inputs, jacobian, probabilities):
    second = (probabilities[:, :, None] * jacobian**2).sum(axis=1)
    return second.T @ inputs**2 / len(inputs)


def saliencies(weights, diagonal):
    return diagonal * weights**2 / 2


# %% wrong: summed_over_the_images
# fails: is_right_for_the_last_layer, is_right_for_any_layer, is_zero_without_doubt
def hessian_diagonal(inputs, jacobian, probabilities):
    p = probabilities[:, :, None]
    variance = (p * jacobian**2).sum(axis=1) - (p * jacobian).sum(axis=1) ** 2
    return variance.T @ inputs**2


def saliencies(weights, diagonal):
    return diagonal * weights**2 / 2


# %% wrong: inputs_not_squared
# fails: is_right_for_the_last_layer, is_right_for_any_layer, is_zero_without_doubt
def hessian_diagonal(inputs, jacobian, probabilities):
    p = probabilities[:, :, None]
    variance = (p * jacobian**2).sum(axis=1) - (p * jacobian).sum(axis=1) ** 2
    return variance.T @ inputs / len(inputs)


def saliencies(weights, diagonal):
    return diagonal * weights**2 / 2


# %% wrong: only_for_the_last_layer
# fails: is_right_for_any_layer, is_zero_without_doubt
def hessian_diagonal(inputs, jacobian, probabilities):
    p = probabilities[:, :, None]
    variance = ((p - p**2) * jacobian**2).sum(axis=1)  # as if the classes were independent
    return variance.T @ inputs**2 / len(inputs)


def saliencies(weights, diagonal):
    return diagonal * weights**2 / 2


# %% wrong: classes_count_alike
# fails: is_right_for_the_last_layer, is_right_for_any_layer, is_zero_without_doubt
def hessian_diagonal(inputs, jacobian, probabilities):
    return jacobian.var(axis=1).T @ inputs**2 / len(inputs)


def saliencies(weights, diagonal):
    return diagonal * weights**2 / 2


# %% wrong: half_missing
# fails: saliency_is_the_second_order
def hessian_diagonal(inputs, jacobian, probabilities):
    p = probabilities[:, :, None]
    variance = (p * jacobian**2).sum(axis=1) - (p * jacobian).sum(axis=1) ** 2
    return variance.T @ inputs**2 / len(inputs)


def saliencies(weights, diagonal):
    return diagonal * weights**2


# %% wrong: weight_not_squared
# fails: saliency_is_the_second_order
def hessian_diagonal(inputs, jacobian, probabilities):
    p = probabilities[:, :, None]
    variance = (p * jacobian**2).sum(axis=1) - (p * jacobian).sum(axis=1) ** 2
    return variance.T @ inputs**2 / len(inputs)


def saliencies(weights, diagonal):
    return diagonal * np.abs(weights) / 2


# %% wrong: spread_relative_to_itself
# fails: is_zero_without_doubt
def hessian_diagonal(inputs, jacobian, probabilities):
    p = probabilities[:, :, None]
    mean = (p * jacobian).sum(axis=1, keepdims=True)
    logs = 2 * np.log(np.abs(jacobian - mean)) + np.log(p)
    squares = np.exp(2 * np.log(np.abs(inputs)))
    return np.exp(logs).sum(axis=1).T @ squares / len(inputs) + 0 / p.min()


def saliencies(weights, diagonal):
    return diagonal * weights**2 / 2


# %% right: whole_gauss_newton_matrix
def hessian_diagonal(inputs, jacobian, probabilities):
    total = np.zeros((jacobian.shape[2], inputs.shape[1]))
    for a, jac, p in zip(inputs, jacobian, probabilities, strict=True):
        inner = np.diag(p) - np.outer(p, p)
        total += np.outer(np.diag(jac.T @ inner @ jac), a**2)
    return total / len(inputs)


def saliencies(weights, diagonal):
    return 0.5 * np.multiply(diagonal, np.square(weights))


# %% right: torch_in_single_precision
def hessian_diagonal(inputs, jacobian, probabilities):
    a, jac, p = (torch.tensor(x, dtype=torch.float32) for x in (inputs, jacobian, probabilities))
    mean = torch.einsum("nc,nco->no", p, jac)
    variance = torch.einsum("nc,nco->no", p, (jac - mean[:, None]) ** 2)
    return torch.einsum("no,ni->oi", variance, a**2) / len(a)


def saliencies(weights, diagonal):
    return torch.tensor(diagonal) * torch.tensor(weights) ** 2 / 2
