# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: true_class_kept
# fails: is_the_mean_of_what_is_left, knows_classes_without_images, works_for_a_sure_teacher
def dark_knowledge(logits, labels, temperature):
    p = tf.nn.softmax(logits / temperature).numpy()
    table = np.zeros((p.shape[1], p.shape[1]))
    for label in np.unique(labels):
        table[label] = p[labels == label].mean(axis=0)
    return table

# %% wrong: not_rescaled
# fails: is_the_mean_of_what_is_left, knows_classes_without_images, works_for_a_sure_teacher
def dark_knowledge(logits, labels, temperature):
    p = tf.nn.softmax(logits / temperature).numpy()
    p[np.arange(len(p)), labels] = 0
    table = np.zeros((p.shape[1], p.shape[1]))
    for label in np.unique(labels):
        table[label] = p[labels == label].mean(axis=0)
    return table

# %% wrong: averaged_before_rescaling
# fails: is_the_mean_of_what_is_left, knows_classes_without_images, works_for_a_sure_teacher
def dark_knowledge(logits, labels, temperature):
    p = tf.nn.softmax(logits / temperature).numpy()
    p[np.arange(len(p)), labels] = 0
    table = np.zeros((p.shape[1], p.shape[1]))
    for label in np.unique(labels):
        table[label] = p[labels == label].mean(axis=0)
        table[label] /= table[label].sum()
    return table

# %% wrong: rows_and_columns_swapped
# fails: is_the_mean_of_what_is_left, knows_classes_without_images, works_for_a_sure_teacher
def dark_knowledge(logits, labels, temperature):
    p = tf.nn.softmax(logits / temperature).numpy()
    p[np.arange(len(p)), labels] = 0
    p /= p.sum(axis=1, keepdims=True)
    table = np.zeros((p.shape[1], p.shape[1]))
    for label in np.unique(labels):
        table[:, label] = p[labels == label].mean(axis=0)
    return table

# %% wrong: grouped_by_the_teachers_answer
# fails: is_the_mean_of_what_is_left, knows_classes_without_images
def dark_knowledge(logits, labels, temperature):
    answers = logits.argmax(axis=1)
    p = tf.nn.softmax(logits / temperature).numpy()
    p[np.arange(len(p)), answers] = 0
    p /= p.sum(axis=1, keepdims=True)
    table = np.zeros((p.shape[1], p.shape[1]))
    for answer in np.unique(answers):
        table[answer] = p[answers == answer].mean(axis=0)
    return table

# %% wrong: nan_without_images
# fails: knows_classes_without_images
def dark_knowledge(logits, labels, temperature):
    p = tf.nn.softmax(logits / temperature).numpy()
    p[np.arange(len(p)), labels] = 0
    p /= p.sum(axis=1, keepdims=True)
    return np.array([p[labels == label].mean(axis=0) for label in range(p.shape[1])])

# %% wrong: waits_for_every_class
# fails: knows_classes_without_images
def dark_knowledge(logits, labels, temperature):
    p = tf.nn.softmax(logits / temperature).numpy()
    p[np.arange(len(p)), labels] = 0
    p /= p.sum(axis=1, keepdims=True)
    classes = p.shape[1]
    sums, counts, image = np.zeros((classes, classes)), np.zeros(classes), 0
    while image < len(labels) or counts.min() == 0:
        if image < len(labels):
            sums[labels[image]] += p[image]
            counts[labels[image]] += 1
            image += 1
    return sums / counts[:, None]

# %% wrong: divides_by_one_minus_p
# fails: works_for_a_sure_teacher
def dark_knowledge(logits, labels, temperature):
    p = tf.nn.softmax(logits / temperature).numpy()
    rows = np.arange(len(p))
    left = 1 - p[rows, labels]
    p[rows, labels] = 0
    p /= left[:, None]
    table = np.zeros((p.shape[1], p.shape[1]))
    for label in np.unique(labels):
        table[label] = p[labels == label].mean(axis=0)
    return table

# %% right: softmax_then_mask
def dark_knowledge(logits, labels, temperature):
    k = logits.shape[1]
    p = tf.nn.softmax(logits / temperature) * (1 - tf.one_hot(labels, k, dtype=tf.float64))
    p = p / tf.reduce_sum(p, axis=1, keepdims=True)
    sums = tf.math.unsorted_segment_sum(p, labels, k)
    return sums / tf.maximum(tf.math.bincount(labels, minlength=k, dtype=tf.float64), 1)[:, None]

# %% right: plain_python
def dark_knowledge(logits, labels, temperature):
    k = len(logits[0])
    sums, counts = [[0.0] * k for _ in range(k)], [0] * k
    for row, label in zip(logits, labels, strict=True):
        others = [j for j in range(k) if j != label]
        top = max(row[j] for j in others)
        powers = {j: float(np.exp((row[j] - top) / temperature)) for j in others}
        for j in others:
            sums[label][j] += powers[j] / sum(powers.values())
        counts[label] += 1
    return [[value / max(n, 1) for value in row] for row, n in zip(sums, counts, strict=True)]
