# ruff: noqa: E501, F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: t_squared_missing
# fails: one_step_is_the_right_step, several_steps_are_right, the_teacher_does_not_play_dice, it_uses_the_losses_it_was_given
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        p = tf.nn.softmax(self.teacher(images, training=False) / self.temperature)
        with tf.GradientTape() as tape:
            logits = self.student(images, training=True)
            q = tf.nn.softmax(logits / self.temperature)
            soft = self.distillation_loss_fn(p, q)
            loss = self.alpha * soft + (1 - self.alpha) * self.student_loss_fn(labels, logits)
        weights = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.compute_metrics(images, labels, logits)

    def test_step(self, data):
        images, labels = data
        return self.compute_metrics(images, labels, self.student(images, training=False))

# %% wrong: hard_loss_at_t
# fails: one_step_is_the_right_step, several_steps_are_right, the_teacher_does_not_play_dice, it_uses_the_losses_it_was_given
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        p = tf.nn.softmax(self.teacher(images, training=False) / self.temperature)
        with tf.GradientTape() as tape:
            logits = self.student(images, training=True)
            q = tf.nn.softmax(logits / self.temperature)
            soft = self.temperature**2 * self.distillation_loss_fn(p, q)
            loss = self.alpha * soft + (1 - self.alpha) * self.student_loss_fn(
                labels, logits / self.temperature
            )
        weights = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.compute_metrics(images, labels, logits)

    def test_step(self, data):
        images, labels = data
        return self.compute_metrics(images, labels, self.student(images, training=False))

# %% wrong: alpha_weighs_the_hard_loss
# fails: one_step_is_the_right_step, several_steps_are_right, the_teacher_does_not_play_dice
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        p = tf.nn.softmax(self.teacher(images, training=False) / self.temperature)
        with tf.GradientTape() as tape:
            logits = self.student(images, training=True)
            q = tf.nn.softmax(logits / self.temperature)
            soft = self.temperature**2 * self.distillation_loss_fn(p, q)
            loss = (1 - self.alpha) * soft + self.alpha * self.student_loss_fn(labels, logits)
        weights = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.compute_metrics(images, labels, logits)

    def test_step(self, data):
        images, labels = data
        return self.compute_metrics(images, labels, self.student(images, training=False))

# %% wrong: not_softened
# fails: one_step_is_the_right_step, several_steps_are_right, the_teacher_does_not_play_dice, it_uses_the_losses_it_was_given
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        p = tf.nn.softmax(self.teacher(images, training=False))
        with tf.GradientTape() as tape:
            logits = self.student(images, training=True)
            q = tf.nn.softmax(logits)
            soft = self.temperature**2 * self.distillation_loss_fn(p, q)
            loss = self.alpha * soft + (1 - self.alpha) * self.student_loss_fn(labels, logits)
        weights = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.compute_metrics(images, labels, logits)

    def test_step(self, data):
        images, labels = data
        return self.compute_metrics(images, labels, self.student(images, training=False))

# %% wrong: divergence_reversed
# fails: one_step_is_the_right_step, several_steps_are_right, the_teacher_does_not_play_dice, it_uses_the_losses_it_was_given
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        p = tf.nn.softmax(self.teacher(images, training=False) / self.temperature)
        with tf.GradientTape() as tape:
            logits = self.student(images, training=True)
            q = tf.nn.softmax(logits / self.temperature)
            soft = self.temperature**2 * self.distillation_loss_fn(q, p)
            loss = self.alpha * soft + (1 - self.alpha) * self.student_loss_fn(labels, logits)
        weights = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.compute_metrics(images, labels, logits)

    def test_step(self, data):
        images, labels = data
        return self.compute_metrics(images, labels, self.student(images, training=False))

# %% wrong: teacher_in_training_mode
# fails: the_teacher_stays_as_it_is, the_teacher_does_not_play_dice
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        p = tf.nn.softmax(self.teacher(images, training=True) / self.temperature)
        with tf.GradientTape() as tape:
            logits = self.student(images, training=True)
            q = tf.nn.softmax(logits / self.temperature)
            soft = self.temperature**2 * self.distillation_loss_fn(p, q)
            loss = self.alpha * soft + (1 - self.alpha) * self.student_loss_fn(labels, logits)
        weights = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.compute_metrics(images, labels, logits)

    def test_step(self, data):
        images, labels = data
        return self.compute_metrics(images, labels, self.student(images, training=False))

# %% wrong: teacher_is_trained_too
# fails: several_steps_are_right, the_teacher_stays_as_it_is
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        with tf.GradientTape() as tape:
            p = tf.nn.softmax(self.teacher(images, training=False) / self.temperature)
            logits = self.student(images, training=True)
            q = tf.nn.softmax(logits / self.temperature)
            soft = self.temperature**2 * self.distillation_loss_fn(p, q)
            loss = self.alpha * soft + (1 - self.alpha) * self.student_loss_fn(labels, logits)
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.compute_metrics(images, labels, logits)

    def test_step(self, data):
        images, labels = data
        return self.compute_metrics(images, labels, self.student(images, training=False))

# %% wrong: student_in_inference_mode
# fails: the_student_is_in_training_mode
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        p = tf.nn.softmax(self.teacher(images, training=False) / self.temperature)
        with tf.GradientTape() as tape:
            logits = self.student(images, training=False)
            q = tf.nn.softmax(logits / self.temperature)
            soft = self.temperature**2 * self.distillation_loss_fn(p, q)
            loss = self.alpha * soft + (1 - self.alpha) * self.student_loss_fn(labels, logits)
        weights = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.compute_metrics(images, labels, logits)

    def test_step(self, data):
        images, labels = data
        return self.compute_metrics(images, labels, self.student(images, training=False))

# %% wrong: losses_of_its_own
# fails: it_uses_the_losses_it_was_given
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        p = tf.nn.softmax(self.teacher(images, training=False) / self.temperature)
        with tf.GradientTape() as tape:
            logits = self.student(images, training=True)
            q = tf.nn.softmax(logits / self.temperature)
            soft = self.temperature**2 * keras.losses.KLDivergence()(p, q)
            loss = self.alpha * soft + (1 - self.alpha) * tf.reduce_mean(
                keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
            )
        weights = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.compute_metrics(images, labels, logits)

    def test_step(self, data):
        images, labels = data
        return self.compute_metrics(images, labels, self.student(images, training=False))

# %% wrong: evaluates_the_teacher
# fails: evaluate_scores_the_student
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        p = tf.nn.softmax(self.teacher(images, training=False) / self.temperature)
        with tf.GradientTape() as tape:
            logits = self.student(images, training=True)
            q = tf.nn.softmax(logits / self.temperature)
            soft = self.temperature**2 * self.distillation_loss_fn(p, q)
            loss = self.alpha * soft + (1 - self.alpha) * self.student_loss_fn(labels, logits)
        weights = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.compute_metrics(images, labels, logits)

    def test_step(self, data):
        images, labels = data
        return self.compute_metrics(images, labels, self.teacher(images, training=False))

# %% wrong: scored_against_the_teacher
# fails: evaluate_scores_the_student
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        p = tf.nn.softmax(self.teacher(images, training=False) / self.temperature)
        with tf.GradientTape() as tape:
            logits = self.student(images, training=True)
            q = tf.nn.softmax(logits / self.temperature)
            soft = self.temperature**2 * self.distillation_loss_fn(p, q)
            loss = self.alpha * soft + (1 - self.alpha) * self.student_loss_fn(labels, logits)
        weights = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.compute_metrics(images, labels, logits)

    def test_step(self, data):
        images, _ = data
        labels = tf.argmax(self.teacher(images, training=False), axis=1)
        return self.compute_metrics(images, labels, self.student(images, training=False))

# %% wrong: evaluation_trains
# fails: evaluate_scores_the_student
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        p = tf.nn.softmax(self.teacher(images, training=False) / self.temperature)
        with tf.GradientTape() as tape:
            logits = self.student(images, training=True)
            q = tf.nn.softmax(logits / self.temperature)
            soft = self.temperature**2 * self.distillation_loss_fn(p, q)
            loss = self.alpha * soft + (1 - self.alpha) * self.student_loss_fn(labels, logits)
        weights = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.compute_metrics(images, labels, logits)

    def test_step(self, data):
        return self.train_step(data)

# %% wrong: metrics_forgotten
# fails: evaluate_scores_the_student
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        p = tf.nn.softmax(self.teacher(images, training=False) / self.temperature)
        with tf.GradientTape() as tape:
            logits = self.student(images, training=True)
            q = tf.nn.softmax(logits / self.temperature)
            soft = self.temperature**2 * self.distillation_loss_fn(p, q)
            loss = self.alpha * soft + (1 - self.alpha) * self.student_loss_fn(labels, logits)
        weights = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.compute_metrics(images, labels, logits)

    def test_step(self, data):
        images, labels = data
        return self.compute_metrics(images, labels, self.student(images, training=False))

# %% right: operations_of_keras
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        teacher_logits = keras.ops.stop_gradient(self.teacher(images, training=False))
        with tf.GradientTape() as tape:
            logits = self(images, training=True)
            soft = self.distillation_loss_fn(
                keras.ops.softmax(teacher_logits / self.temperature),
                keras.ops.softmax(logits / self.temperature),
            )
            hard = self.student_loss_fn(labels, logits)
            loss = (1 - self.alpha) * hard + self.alpha * soft * self.temperature * self.temperature
        gradients = tape.gradient(loss, self.student.trainable_weights)
        self.optimizer.apply(gradients, self.student.trainable_weights)
        return self.compute_metrics(images, labels, logits)

    def test_step(self, data):
        images, labels = data
        logits = self(images, training=False)
        return self.compute_metrics(images, labels, logits)

# %% right: metrics_by_hand
class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student = student
        self.teacher = teacher

    def call(self, images, training=False):
        return self.student(images, training=training)

    def compile(
        self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha, temperature
    ):
        super().compile(optimizer=optimizer)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.teacher.trainable = False
        self.scores = metrics
        self.temperature = temperature

    def train_step(self, data):
        images, labels = data
        p = tf.nn.softmax(self.teacher(images, training=False) / self.temperature)
        with tf.GradientTape() as tape:
            logits = self.student(images, training=True)
            q = tf.nn.softmax(logits / self.temperature)
            soft = self.temperature**2 * self.distillation_loss_fn(p, q)
            loss = self.alpha * soft + (1 - self.alpha) * self.student_loss_fn(labels, logits)
        weights = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.score(labels, logits)

    def test_step(self, data):
        images, labels = data
        return self.score(labels, self.student(images, training=False))

    def score(self, labels, logits):
        for metric in self.scores:
            metric.update_state(labels, logits)
        return {metric.name: metric.result() for metric in self.scores}
