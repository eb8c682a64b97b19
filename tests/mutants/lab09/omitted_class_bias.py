# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: best_for_the_missing_class_alone
# fails: finds_the_best_bias, works_in_both_directions
def omitted_class_bias(logits, labels, missing, candidates):
    best, best_right = 0.0, -1
    for bias in sorted(candidates, key=abs):
        moved = np.array(logits)
        moved[:, missing] += bias
        right = np.count_nonzero((moved.argmax(axis=1) == labels)[labels == missing])
        if right > best_right:
            best, best_right = float(bias), right
    return best

# %% wrong: added_to_every_class
# fails: finds_the_best_bias, takes_the_smallest_of_equals, works_in_both_directions
def omitted_class_bias(logits, labels, missing, candidates):
    best, best_right = 0.0, -1
    for bias in sorted(candidates, key=abs):
        right = np.count_nonzero((logits + bias).argmax(axis=1) == labels)
        if right > best_right:
            best, best_right = float(bias), right
    return best

# %% wrong: returns_the_place
# fails: finds_the_best_bias, takes_the_smallest_of_equals, works_in_both_directions
def omitted_class_bias(logits, labels, missing, candidates):
    scores = []
    for bias in candidates:
        moved = np.array(logits)
        moved[:, missing] += bias
        scores.append(np.count_nonzero(moved.argmax(axis=1) == labels))
    return int(np.argmax(scores))

# %% wrong: biases_pile_up
# fails: finds_the_best_bias, works_in_both_directions
def omitted_class_bias(logits, labels, missing, candidates):
    best, best_right = 0.0, -1
    for bias in sorted(candidates, key=abs):
        logits[:, missing] += bias
        right = np.count_nonzero(logits.argmax(axis=1) == labels)
        if right > best_right:
            best, best_right = float(bias), right
    return best

# %% wrong: largest_of_equals
# fails: takes_the_smallest_of_equals
def omitted_class_bias(logits, labels, missing, candidates):
    best, best_right = 0.0, -1
    for bias in sorted(candidates, key=abs):
        moved = np.array(logits)
        moved[:, missing] += bias
        right = np.count_nonzero(moved.argmax(axis=1) == labels)
        if right >= best_right:
            best, best_right = float(bias), right
    return best

# %% wrong: changes_a_tuple
# fails: finds_the_best_bias, takes_the_smallest_of_equals, works_in_both_directions
def omitted_class_bias(logits, labels, missing, candidates):
    rows = tuple(map(tuple, logits))
    for row in rows:
        row[missing] += candidates[0]
    return float(candidates[0])

# %% right: all_at_once
def omitted_class_bias(logits, labels, missing, candidates):
    candidates = np.asarray(candidates, float)
    candidates = candidates[np.argsort(np.abs(candidates), kind="stable")]
    moved = np.repeat(logits[None], len(candidates), axis=0)
    moved[:, :, missing] += candidates[:, None]
    return candidates[(moved.argmax(axis=2) == labels).mean(axis=1).argmax()]

# %% right: key_of_two
def omitted_class_bias(logits, labels, missing, candidates):
    one_hot = tf.one_hot(missing, logits.shape[1], dtype=tf.float64)

    def merit(bias):
        guesses = tf.argmax(tf.constant(logits, tf.float64) + bias * one_hot, axis=1)
        return int(tf.math.count_nonzero(guesses == labels)), -abs(bias)

    return max(candidates, key=merit)
