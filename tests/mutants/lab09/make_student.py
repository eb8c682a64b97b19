# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: ends_in_a_softmax
# fails: gives_logits
def make_student(shape, classes):
    maps = [layers.Conv2D(n, 3, strides=2, padding="same", activation="relu") for n in (8, 16)]
    tail = [layers.Flatten(), layers.Dense(24, activation="relu")]
    last = layers.Dense(classes, activation="softmax")
    return keras.Sequential([keras.Input(shape), *maps, *tail, last])

# %% wrong: ends_in_a_relu
# fails: gives_logits
def make_student(shape, classes):
    maps = [layers.Conv2D(n, 3, strides=2, padding="same", activation="relu") for n in (8, 16)]
    tail = [layers.Flatten(), layers.Dense(24, activation="relu")]
    last = layers.Dense(classes, activation="relu")
    return keras.Sequential([keras.Input(shape), *maps, *tail, last])

# %% wrong: as_large_as_the_teacher
# fails: fits_both_data_sets, fits_other_shapes
def make_student(shape, classes):
    maps = [layers.Conv2D(n, 3, strides=2, padding="same", activation="relu") for n in (32, 64)]
    tail = [layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dense(classes)]
    return keras.Sequential([keras.Input(shape), *maps, *tail])

# %% wrong: not_convolutional
# fails: fits_both_data_sets, fits_other_shapes
def make_student(shape, classes):
    tail = [layers.Flatten(), layers.Dense(4, activation="relu"), layers.Dense(classes)]
    return keras.Sequential([keras.Input(shape), *tail])

# %% wrong: always_28_pixels
# fails: fits_both_data_sets, fits_other_shapes
def make_student(shape, classes):
    maps = [layers.Conv2D(n, 3, strides=2, padding="same", activation="relu") for n in (8, 16)]
    tail = [layers.Flatten(), layers.Dense(24, activation="relu"), layers.Dense(classes)]
    return keras.Sequential([keras.Input((28, 28, 1)), *maps, *tail])

# %% wrong: always_ten_classes
# fails: fits_other_shapes
def make_student(shape, classes):
    maps = [layers.Conv2D(n, 3, strides=2, padding="same", activation="relu") for n in (8, 16)]
    tail = [layers.Flatten(), layers.Dense(24, activation="relu"), layers.Dense(10)]
    return keras.Sequential([keras.Input(shape), *maps, *tail])

# %% right: functional
def make_student(shape, classes):
    images = keras.Input(shape)
    x = layers.Conv2D(6, 3, padding="same", activation="relu")(images)
    x = layers.MaxPooling2D(4)(x)
    x = layers.Flatten()(x)
    return keras.Model(images, layers.Dense(classes)(x))

# %% right: subclass_with_a_norm
class SmallStudent(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.convolution = layers.Conv2D(12, 3, strides=2, padding="same", use_bias=False)
        self.norm = layers.BatchNormalization()
        self.separable = layers.SeparableConv2D(24, 3, strides=2, padding="same")
        self.pool = layers.GlobalAveragePooling2D()
        self.last = layers.Dense(classes)

    def call(self, images, training=False):
        maps = keras.activations.relu(self.norm(self.convolution(images), training=training))
        return self.last(self.pool(keras.activations.relu(self.separable(maps))))


def make_student(shape, classes):
    return SmallStudent(classes)
