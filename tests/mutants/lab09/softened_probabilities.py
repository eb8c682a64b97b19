# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: multiplies_by_t
# fails: matches_the_definition, survives_large_logits, leaves_its_input_alone
def softened_probabilities(logits, temperature):
    scaled = np.asarray(logits) * temperature
    weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)

# %% wrong: forgets_the_temperature
# fails: matches_the_definition, survives_large_logits, leaves_its_input_alone
def softened_probabilities(logits, temperature):
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)

# %% wrong: divides_the_probabilities
# fails: matches_the_definition, survives_large_logits, leaves_its_input_alone
def softened_probabilities(logits, temperature):
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) / temperature

# %% wrong: sums_over_everything
# fails: matches_the_definition, survives_large_logits, leaves_its_input_alone
def softened_probabilities(logits, temperature):
    scaled = np.asarray(logits) / temperature
    weights = np.exp(scaled - scaled.max())
    return weights / weights.sum()

# %% wrong: sums_over_the_images
# fails: matches_the_definition, survives_large_logits, leaves_its_input_alone
def softened_probabilities(logits, temperature):
    scaled = np.asarray(logits) / temperature
    weights = np.exp(scaled - scaled.max(axis=0))
    return weights / weights.sum(axis=0)

# %% wrong: overflows
# fails: survives_large_logits
def softened_probabilities(logits, temperature):
    weights = np.exp(logits / temperature)
    return weights / weights.sum(axis=1, keepdims=True)

# %% wrong: softens_rounded_probabilities
# fails: survives_large_logits
def softened_probabilities(logits, temperature):
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    powers = (weights / weights.sum(axis=1, keepdims=True)) ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)

# %% wrong: changes_its_input
# fails: leaves_its_input_alone
def softened_probabilities(logits, temperature):
    logits /= temperature
    logits -= logits.max(axis=1, keepdims=True)
    weights = np.exp(logits)
    return weights / weights.sum(axis=1, keepdims=True)

# %% right: tensorflow
def softened_probabilities(logits, temperature):
    return tf.nn.softmax(logits / temperature)

# %% right: loops_over_rows
def softened_probabilities(logits, temperature):
    rows = []
    for row in logits:
        top = max(row)
        powers = [np.exp((value - top) / temperature) for value in row]
        rows.append([power / sum(powers) for power in powers])
    return rows

# %% right: single_precision
def softened_probabilities(logits, temperature):
    scaled = np.asarray(logits, np.float32) / np.float32(temperature)
    weights = np.exp(scaled - scaled.max(axis=-1)[:, None])
    return weights / weights.sum(axis=-1)[:, None]
