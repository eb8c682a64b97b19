# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: learns_from_the_labels
# fails: recognises_unseen_digits
def distil_to_file(images, labels, teacher_logits, path, seed):
    def build():
        maps = [layers.Conv2D(n, 3, strides=2, padding="same", activation="relu") for n in (8, 12)]
        tail = [layers.Flatten(), layers.Dense(16, activation="relu"), layers.Dense(10)]
        return keras.Sequential([keras.Input(images.shape[1:]), *maps, *tail])

    trainer = StudentTrainer(build, rate=5e-3)
    options = {"temperature": 4.0, "alpha": 0.0, "updates": 500, "seed": seed}
    student = trainer.fit(images, labels, teacher_logits, **options)
    Path(path).write_bytes(tflite_bytes(student))

# %% wrong: never_trained
# fails: recognises_unseen_digits
def distil_to_file(images, labels, teacher_logits, path, seed):
    def build():
        maps = [layers.Conv2D(n, 3, strides=2, padding="same", activation="relu") for n in (8, 12)]
        tail = [layers.Flatten(), layers.Dense(16, activation="relu"), layers.Dense(10)]
        return keras.Sequential([keras.Input(images.shape[1:]), *maps, *tail])

    trainer = StudentTrainer(build, rate=5e-3)
    options = {"temperature": 4.0, "alpha": 1.0, "updates": 0, "seed": seed}
    student = trainer.fit(images, labels, teacher_logits, **options)
    Path(path).write_bytes(tflite_bytes(student))

# %% wrong: pixels_up_to_255
# fails: recognises_unseen_digits
def distil_to_file(images, labels, teacher_logits, path, seed):
    def build():
        maps = [layers.Conv2D(n, 3, strides=2, padding="same", activation="relu") for n in (8, 12)]
        tail = [layers.Flatten(), layers.Dense(16, activation="relu"), layers.Dense(10)]
        return keras.Sequential([keras.Input(images.shape[1:]), *maps, *tail])

    trainer = StudentTrainer(build, rate=5e-3)
    options = {"temperature": 4.0, "alpha": 1.0, "updates": 500, "seed": seed}
    student = trainer.fit(images * np.float32(255), labels, teacher_logits, **options)
    Path(path).write_bytes(tflite_bytes(student))

# %% wrong: logits_out_of_order
# fails: recognises_unseen_digits
def distil_to_file(images, labels, teacher_logits, path, seed):
    def build():
        maps = [layers.Conv2D(n, 3, strides=2, padding="same", activation="relu") for n in (8, 12)]
        tail = [layers.Flatten(), layers.Dense(16, activation="relu"), layers.Dense(10)]
        return keras.Sequential([keras.Input(images.shape[1:]), *maps, *tail])

    trainer = StudentTrainer(build, rate=5e-3)
    options = {"temperature": 4.0, "alpha": 1.0, "updates": 500, "seed": seed}
    student = trainer.fit(images[::-1], labels, teacher_logits, **options)
    Path(path).write_bytes(tflite_bytes(student))

# %% wrong: softmax_in_the_file
# fails: the_file_gives_logits
def distil_to_file(images, labels, teacher_logits, path, seed):
    def build():
        maps = [layers.Conv2D(n, 3, strides=2, padding="same", activation="relu") for n in (8, 12)]
        tail = [layers.Flatten(), layers.Dense(16, activation="relu"), layers.Dense(10)]
        return keras.Sequential([keras.Input(images.shape[1:]), *maps, *tail])

    trainer = StudentTrainer(build, rate=5e-3)
    options = {"temperature": 4.0, "alpha": 1.0, "updates": 500, "seed": seed}
    student = trainer.fit(images, labels, teacher_logits, **options)
    student = keras.Sequential([student, layers.Softmax()])
    Path(path).write_bytes(tflite_bytes(student))

# %% wrong: too_large
# fails: is_a_small_model_file
def distil_to_file(images, labels, teacher_logits, path, seed):
    def build():
        maps = [layers.Conv2D(n, 3, strides=2, padding="same", activation="relu") for n in (16, 32)]
        tail = [layers.Flatten(), layers.Dense(256, activation="relu"), layers.Dense(10)]
        return keras.Sequential([keras.Input(images.shape[1:]), *maps, *tail])

    trainer = StudentTrainer(build, rate=5e-3)
    options = {"temperature": 4.0, "alpha": 1.0, "updates": 500, "seed": seed}
    student = trainer.fit(images, labels, teacher_logits, **options)
    Path(path).write_bytes(tflite_bytes(student))

# %% wrong: saves_for_keras
# fails: is_a_small_model_file, recognises_unseen_digits, the_file_gives_logits
def distil_to_file(images, labels, teacher_logits, path, seed):
    def build():
        maps = [layers.Conv2D(n, 3, strides=2, padding="same", activation="relu") for n in (8, 12)]
        tail = [layers.Flatten(), layers.Dense(16, activation="relu"), layers.Dense(10)]
        return keras.Sequential([keras.Input(images.shape[1:]), *maps, *tail])

    trainer = StudentTrainer(build, rate=5e-3)
    options = {"temperature": 4.0, "alpha": 1.0, "updates": 500, "seed": seed}
    student = trainer.fit(images, labels, teacher_logits, **options)
    student.save("student.keras")
    Path("student.keras").replace(path)

# %% wrong: returns_the_bytes
# fails: is_a_small_model_file, recognises_unseen_digits, the_file_gives_logits
def distil_to_file(images, labels, teacher_logits, path, seed):
    def build():
        maps = [layers.Conv2D(n, 3, strides=2, padding="same", activation="relu") for n in (8, 12)]
        tail = [layers.Flatten(), layers.Dense(16, activation="relu"), layers.Dense(10)]
        return keras.Sequential([keras.Input(images.shape[1:]), *maps, *tail])

    trainer = StudentTrainer(build, rate=5e-3)
    options = {"temperature": 4.0, "alpha": 1.0, "updates": 500, "seed": seed}
    student = trainer.fit(images, labels, teacher_logits, **options)
    return tflite_bytes(student)

# %% right: loss_of_its_own_in_fit
def distil_to_file(images, labels, teacher_logits, path, seed):
    keras.utils.set_random_seed(seed)
    entry = keras.Input(images.shape[1:])
    maps = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(entry)
    maps = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(maps)
    student = keras.Model(entry, layers.Dense(10)(layers.Flatten()(maps)))

    def soft_loss(teacher, logits):
        p = tf.nn.softmax(teacher / 3)
        return 9 * tf.nn.softmax_cross_entropy_with_logits(labels=p, logits=logits / 3)

    student.compile(optimizer=keras.optimizers.Adam(5e-3), loss=soft_loss)
    student.fit(images, teacher_logits, batch_size=32, epochs=16000 // len(images), verbose=0)
    Path(path).write_bytes(tflite_bytes(student))

# %% right: eight_bit_weights
def distil_to_file(images, labels, teacher_logits, path, seed):
    def build():
        maps = [layers.Conv2D(n, 3, strides=2, padding="same", activation="relu") for n in (8, 16)]
        tail = [layers.Flatten(), layers.Dense(32, activation="relu"), layers.Dense(10)]
        return keras.Sequential([keras.Input(images.shape[1:]), *maps, *tail])

    trusted = teacher_logits.argmax(axis=1) == labels  # a label counts where the teacher agrees
    labels = np.where(trusted, labels, teacher_logits.argmax(axis=1))
    student = StudentTrainer(build, rate=5e-3).fit(
        images, labels, teacher_logits, temperature=2.0, alpha=0.8, updates=500, seed=seed
    )
    converter = tf.lite.TFLiteConverter.from_keras_model(student)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    Path(path).write_bytes(converter.convert())
