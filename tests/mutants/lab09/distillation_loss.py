# ruff: noqa: E501, F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: t_squared_missing
# fails: is_the_weighted_sum, has_a_gradient, holds_at_other_settings
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    log_p = tf.nn.log_softmax(tf.stop_gradient(teacher_logits) / temperature)
    log_q = tf.nn.log_softmax(student_logits / temperature)
    soft = tf.reduce_mean(tf.reduce_sum(tf.exp(log_p) * (log_p - log_q), axis=-1))
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=student_logits)
    return alpha * soft + (1 - alpha) * tf.reduce_mean(hard)

# %% wrong: t_instead_of_t_squared
# fails: is_the_weighted_sum, has_a_gradient, holds_at_other_settings
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    log_p = tf.nn.log_softmax(tf.stop_gradient(teacher_logits) / temperature)
    log_q = tf.nn.log_softmax(student_logits / temperature)
    soft = tf.reduce_mean(tf.reduce_sum(tf.exp(log_p) * (log_p - log_q), axis=-1))
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=student_logits)
    return alpha * temperature * soft + (1 - alpha) * tf.reduce_mean(hard)

# %% wrong: divergence_reversed
# fails: is_the_weighted_sum, has_a_gradient, holds_at_other_settings
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    log_p = tf.nn.log_softmax(tf.stop_gradient(teacher_logits) / temperature)
    log_q = tf.nn.log_softmax(student_logits / temperature)
    soft = tf.reduce_mean(tf.reduce_sum(tf.exp(log_q) * (log_q - log_p), axis=-1))
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=student_logits)
    return alpha * temperature**2 * soft + (1 - alpha) * tf.reduce_mean(hard)

# %% wrong: hard_loss_at_t
# fails: is_the_weighted_sum, has_a_gradient, holds_at_other_settings
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    log_p = tf.nn.log_softmax(tf.stop_gradient(teacher_logits) / temperature)
    log_q = tf.nn.log_softmax(student_logits / temperature)
    soft = tf.reduce_mean(tf.reduce_sum(tf.exp(log_p) * (log_p - log_q), axis=-1))
    softened = student_logits / temperature
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=softened)
    return alpha * temperature**2 * soft + (1 - alpha) * tf.reduce_mean(hard)

# %% wrong: summed_over_the_batch
# fails: is_the_weighted_sum, has_a_gradient, holds_at_other_settings
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    log_p = tf.nn.log_softmax(tf.stop_gradient(teacher_logits) / temperature)
    log_q = tf.nn.log_softmax(student_logits / temperature)
    soft = tf.reduce_sum(tf.exp(log_p) * (log_p - log_q))
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=student_logits)
    return alpha * temperature**2 * soft + (1 - alpha) * tf.reduce_sum(hard)

# %% wrong: averaged_over_the_classes
# fails: is_the_weighted_sum, has_a_gradient, holds_at_other_settings
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    log_p = tf.nn.log_softmax(tf.stop_gradient(teacher_logits) / temperature)
    log_q = tf.nn.log_softmax(student_logits / temperature)
    soft = tf.reduce_mean(tf.exp(log_p) * (log_p - log_q))
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=student_logits)
    return alpha * temperature**2 * soft + (1 - alpha) * tf.reduce_mean(hard)

# %% wrong: cross_entropy_for_divergence
# fails: is_the_weighted_sum, holds_at_other_settings
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    p = tf.nn.softmax(tf.stop_gradient(teacher_logits) / temperature)
    soft = tf.nn.softmax_cross_entropy_with_logits(labels=p, logits=student_logits / temperature)
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=student_logits)
    return tf.reduce_mean(alpha * temperature**2 * soft + (1 - alpha) * hard)

# %% wrong: logarithm_of_the_softmax
# fails: is_finite_for_a_sure_teacher
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    p = tf.nn.softmax(tf.stop_gradient(teacher_logits) / temperature)
    q = tf.nn.softmax(student_logits / temperature)
    soft = tf.reduce_sum(p * (tf.math.log(p) - tf.math.log(q)), axis=-1)
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=student_logits)
    return tf.reduce_mean(alpha * temperature**2 * soft + (1 - alpha) * hard)

# %% wrong: teacher_not_stopped
# fails: leaves_the_teacher_out
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    log_p = tf.nn.log_softmax(teacher_logits / temperature)
    log_q = tf.nn.log_softmax(student_logits / temperature)
    soft = tf.reduce_mean(tf.reduce_sum(tf.exp(log_p) * (log_p - log_q), axis=-1))
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=student_logits)
    return alpha * temperature**2 * soft + (1 - alpha) * tf.reduce_mean(hard)

# %% wrong: leaves_tensorflow
# fails: has_a_gradient, leaves_the_teacher_out, is_finite_for_a_sure_teacher, distil_to_file.is_a_small_model_file, distil_to_file.recognises_unseen_digits, distil_to_file.the_file_gives_logits
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    def log_softmax(logits):
        logits = logits - logits.max(axis=1, keepdims=True)
        return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))

    student, teacher = np.asarray(student_logits), np.asarray(teacher_logits)
    log_p, log_q = log_softmax(teacher / temperature), log_softmax(student / temperature)
    soft = (np.exp(log_p) * (log_p - log_q)).sum(axis=1).mean()
    hard = -log_softmax(student)[np.arange(len(student)), np.asarray(labels)].mean()
    return alpha * temperature**2 * soft + (1 - alpha) * hard

# %% right: losses_of_keras
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    p = tf.nn.softmax(tf.stop_gradient(teacher_logits) / temperature)
    q = tf.nn.softmax(student_logits / temperature)
    soft = keras.losses.KLDivergence()(p, q)
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student_logits)
    return alpha * temperature**2 * soft + (1 - alpha) * hard

# %% right: cross_entropy_less_entropy
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    teacher = tf.stop_gradient(teacher_logits) / temperature
    p = tf.nn.softmax(teacher)
    cross = tf.nn.softmax_cross_entropy_with_logits(labels=p, logits=student_logits / temperature)
    entropy = tf.nn.softmax_cross_entropy_with_logits(labels=p, logits=teacher)
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=student_logits)
    return tf.reduce_mean(alpha * temperature**2 * (cross - entropy) + (1 - alpha) * hard)

# %% right: one_image_after_another
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    student = tf.cast(student_logits, tf.float32)
    teacher = tf.stop_gradient(tf.cast(teacher_logits, tf.float32))
    losses = []
    for row in range(student_logits.shape[0]):
        log_p = tf.nn.log_softmax(teacher[row] / temperature)
        log_q = tf.nn.log_softmax(student[row] / temperature)
        soft = temperature**2 * tf.reduce_sum(tf.exp(log_p) * (log_p - log_q))
        hard = -tf.gather(tf.nn.log_softmax(student[row]), labels[row])
        losses.append(alpha * soft + (1 - alpha) * hard)
    return tf.add_n(losses) / len(losses)
