# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: sign_flipped
# fails: is_t_times_the_difference, holds_at_other_temperatures, has_the_limit
def soft_loss_gradient(student_logits, teacher_logits, temperature):
    n, classes = student_logits.shape
    if np.isinf(temperature):
        difference = teacher_logits - student_logits
        return (difference - difference.mean(axis=1, keepdims=True)) / (n * classes)
    q = tf.nn.softmax(student_logits / temperature).numpy()
    p = tf.nn.softmax(teacher_logits / temperature).numpy()
    return temperature * (p - q) / n

# %% wrong: factor_missing
# fails: is_t_times_the_difference, holds_at_other_temperatures
def soft_loss_gradient(student_logits, teacher_logits, temperature):
    n, classes = student_logits.shape
    if np.isinf(temperature):
        difference = student_logits - teacher_logits
        return (difference - difference.mean(axis=1, keepdims=True)) / (n * classes)
    q = tf.nn.softmax(student_logits / temperature).numpy()
    p = tf.nn.softmax(teacher_logits / temperature).numpy()
    return (q - p) / n

# %% wrong: factor_t_squared
# fails: is_t_times_the_difference, holds_at_other_temperatures
def soft_loss_gradient(student_logits, teacher_logits, temperature):
    n, classes = student_logits.shape
    if np.isinf(temperature):
        difference = student_logits - teacher_logits
        return (difference - difference.mean(axis=1, keepdims=True)) / (n * classes)
    q = tf.nn.softmax(student_logits / temperature).numpy()
    p = tf.nn.softmax(teacher_logits / temperature).numpy()
    return temperature**2 * (q - p) / n

# %% wrong: not_averaged
# fails: is_t_times_the_difference, holds_at_other_temperatures, has_the_limit
def soft_loss_gradient(student_logits, teacher_logits, temperature):
    classes = student_logits.shape[1]
    if np.isinf(temperature):
        difference = student_logits - teacher_logits
        return (difference - difference.mean(axis=1, keepdims=True)) / classes
    q = tf.nn.softmax(student_logits / temperature).numpy()
    p = tf.nn.softmax(teacher_logits / temperature).numpy()
    return temperature * (q - p)

# %% wrong: infinity_gives_nan
# fails: has_the_limit
def soft_loss_gradient(student_logits, teacher_logits, temperature):
    q = tf.nn.softmax(student_logits / temperature).numpy()
    p = tf.nn.softmax(teacher_logits / temperature).numpy()
    return temperature * (q - p) / len(student_logits)

# %% wrong: limit_not_centred
# fails: has_the_limit
def soft_loss_gradient(student_logits, teacher_logits, temperature):
    n, classes = student_logits.shape
    if np.isinf(temperature):
        return (student_logits - teacher_logits) / (n * classes)
    q = tf.nn.softmax(student_logits / temperature).numpy()
    p = tf.nn.softmax(teacher_logits / temperature).numpy()
    return temperature * (q - p) / n

# %% right: gradient_tape
def soft_loss_gradient(student_logits, teacher_logits, temperature):
    t = min(temperature, 1e5)
    student = tf.constant(student_logits, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(student)
        log_p, log_q = tf.nn.log_softmax(teacher_logits / t), tf.nn.log_softmax(student / t)
        rows = tf.reduce_sum(tf.exp(log_p) * (log_p - log_q), axis=-1)
        loss = t**2 * tf.reduce_mean(rows)
    return tape.gradient(loss, student)

# %% right: numpy_row_by_row
def soft_loss_gradient(student_logits, teacher_logits, temperature):
    def soften(row):
        powers = np.exp((row - row.max()) / temperature)
        return powers / powers.sum()

    rows = []
    for z, v in zip(student_logits, teacher_logits, strict=True):
        if temperature == float("inf"):
            rows.append(((z - z.mean()) - (v - v.mean())) / len(z) / len(student_logits))
        else:
            rows.append(temperature * (soften(z) - soften(v)) / len(student_logits))
    return rows
