# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: epsilon_missing
# fails: weight_and_bias_are_right, other_sizes_too, leaves_its_input_alone
def fold_batch_norm(weight, bias, gamma, beta, mean, variance, eps):
    factor = gamma / np.sqrt(variance)
    return weight * factor[:, None, None, None], (bias - mean) * factor + beta


# %% wrong: variance_without_its_root
# fails: weight_and_bias_are_right, other_sizes_too, leaves_its_input_alone
def fold_batch_norm(weight, bias, gamma, beta, mean, variance, eps):
    factor = gamma / (variance + eps)
    return weight * factor[:, None, None, None], (bias - mean) * factor + beta


# %% wrong: the_convolutions_own_bias_is_lost
# fails: weight_and_bias_are_right, other_sizes_too
def fold_batch_norm(weight, bias, gamma, beta, mean, variance, eps):
    factor = gamma / np.sqrt(variance + eps)
    return weight * factor[:, None, None, None], beta - mean * factor


# %% wrong: bias_not_multiplied
# fails: weight_and_bias_are_right, other_sizes_too
def fold_batch_norm(weight, bias, gamma, beta, mean, variance, eps):
    factor = gamma / np.sqrt(variance + eps)
    return weight * factor[:, None, None, None], bias - mean * factor + beta


# %% wrong: factor_on_the_input_channels
# fails: weight_and_bias_are_right, other_sizes_too, leaves_its_input_alone
def fold_batch_norm(weight, bias, gamma, beta, mean, variance, eps):
    factor = gamma / np.sqrt(variance + eps)
    return weight * factor[None, :, None, None], (bias - mean) * factor + beta


# %% wrong: changes_the_weight_in_place
# fails: leaves_its_input_alone
def fold_batch_norm(weight, bias, gamma, beta, mean, variance, eps):
    factor = gamma / np.sqrt(variance + eps)
    weight *= factor[:, None, None, None]
    return weight, (bias - mean) * factor + beta


# %% wrong: beta_missing
# fails: weight_and_bias_are_right, other_sizes_too
def fold_batch_norm(weight, bias, gamma, beta, mean, variance, eps):
    factor = gamma / np.sqrt(variance + eps)
    return weight * factor[:, None, None, None], (bias - mean) * factor


# %% right: channel_by_channel
def fold_batch_norm(weight, bias, gamma, beta, mean, variance, eps):
    new_weight, new_bias = np.empty_like(weight), []
    for channel in range(len(weight)):
        deviation = (variance[channel] + eps) ** 0.5
        new_weight[channel] = gamma[channel] / deviation * weight[channel]
        shifted = gamma[channel] * (bias[channel] - mean[channel]) / deviation
        new_bias.append(shifted + beta[channel])
    return [new_weight, np.array(new_bias)]


# %% right: with_torch
def fold_batch_norm(weight, bias, gamma, beta, mean, variance, eps):
    weight, bias, gamma, beta, mean, variance = map(
        torch.from_numpy, (weight, bias, gamma, beta, mean, variance)
    )
    factor = gamma * torch.rsqrt(variance + eps)
    return torch.einsum("oikl,o->oikl", weight, factor), torch.addcmul(beta, bias - mean, factor)
