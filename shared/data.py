"""The data sets of the course, each cut once into sets that share no image.

`train` is learned from, `calibration` sets ranges and scales, `validation` is for every choice,
`test` is used once, at the end. A fifth part is loaded by no notebook: `load_unseen`, for judging a
saved model.
"""

from __future__ import annotations

import gzip
import lzma
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shared import datafiles
from shared.datafiles import DataDamaged, DataError, DataUnavailable
from shared.formats import cifar_rows, parse_cifar_batch, parse_cifar_rows, parse_idx

__all__ = [
    "NAMES",
    "DataDamaged",
    "DataError",
    "DataUnavailable",
    "Dataset",
    "Split",
    "load",
    "load_unseen",
]

OFFLINE_NAME = "digits"
AUTO_NAME = "mnist"
_SHUFFLE_SEED = 20150309  # one for all; changing it changes every figure of the course


@dataclass(frozen=True)
class Split:
    """Images with their labels, in a random order that is always the same.

    images: float32 (n, height, width, channels) in [0, 1]. labels: int64 (n,), from 0.
    """

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def head(self, n: int) -> Split:
        """The first n images (all, where there are fewer): a random sample, always the same one."""
        if n < 0:
            raise ValueError(f"head({n}): the number of images cannot be negative")
        return Split(self.images[:n], self.labels[:n])


@dataclass(frozen=True)
class Dataset:
    """A data set in four disjoint splits.

    name: what was loaded in the end ("digits" after a fallback). classes: the name of each label,
    in order. source: who made it.
    """

    name: str
    train: Split
    calibration: Split
    validation: Split
    test: Split
    classes: tuple[str, ...]
    source: str

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of one image."""
        return tuple(self.train.images.shape[1:])


@dataclass(frozen=True)
class _Recipe:
    """How a data set is read and cut.

    read(part) -> (uint8 images (n, h, w, c), integer labels (n,)) of one published part, in its
    published order. peak: the pixel value that becomes 1.0. cuts: the part each split is cut from,
    and its size.
    """

    read: Callable[[str], tuple[np.ndarray, np.ndarray]]
    peak: int
    cuts: dict[str, tuple[str, int]]
    classes: tuple[str, ...]
    source: str


def load(name: str = "auto", *, fallback: bool = True) -> Dataset:
    """A data set by name: "mnist", "fashion-mnist", "cifar-10" or "digits"; "auto" means MNIST.

    Where the set can be had neither from `$COURSE_DATA` nor from the cache nor from its public
    home, this is scikit-learn's scanned digits (8 x 8), and one printed line says so. With
    `fallback=False` it is DataUnavailable instead. A copy that is cut short or altered is
    DataDamaged in both cases.
    """
    wanted = ("train", "calibration", "validation", "test")
    name, recipe, splits = _load(name, wanted, fallback)
    return Dataset(name, **splits, classes=recipe.classes, source=recipe.source)


def load_unseen(name: str = "auto", *, fallback: bool = True) -> Split:
    """Images that are in none of the four splits of `load(name)`; no notebook loads them.

    Same names, same order of places and same errors as `load`.
    """
    return _load(name, ("unseen",), fallback)[2]["unseen"]


def _load(
    name: str, wanted: tuple[str, ...], fallback: bool
) -> tuple[str, _Recipe, dict[str, Split]]:
    """(the name loaded in the end, its recipe, the wanted splits).

    Raises ValueError for an unknown name, DataUnavailable, DataDamaged.
    """
    name = AUTO_NAME if name == "auto" else name
    if name not in _RECIPES:
        raise ValueError(f"no data set {name!r}; there are {', '.join(NAMES)} and auto")
    try:
        return name, _RECIPES[name], _splits(_RECIPES[name], wanted)
    except DataUnavailable as error:
        if not fallback:
            raise
        print(f"{name} cannot be had here ({error.reason}): using scikit-learn's digits instead.")
    return OFFLINE_NAME, _RECIPES[OFFLINE_NAME], _splits(_RECIPES[OFFLINE_NAME], wanted)


def _splits(recipe: _Recipe, wanted: tuple[str, ...]) -> dict[str, Split]:
    """Each wanted split: the next places of its part's shuffle, in the order of `cuts`."""
    parts = {part: recipe.read(part) for part in {recipe.cuts[split][0] for split in wanted}}
    taken = dict.fromkeys(parts, 0)
    splits = {}
    for split, (part, size) in recipe.cuts.items():
        if part not in parts:
            continue
        if split in wanted:
            splits[split] = _cut(recipe, *parts[part], taken[part], size)
        taken[part] += size
    return splits


def _cut(recipe: _Recipe, images: np.ndarray, labels: np.ndarray, start: int, size: int) -> Split:
    # RandomState: its stream is frozen for good, default_rng's may change with a version of numpy.
    order = np.random.RandomState(_SHUFFLE_SEED).permutation(len(labels))[start : start + size]
    pixels = images[order].astype(np.float32)
    pixels /= recipe.peak
    return Split(pixels, labels[order].astype(np.int64))


def _read_digits(part: str) -> tuple[np.ndarray, np.ndarray]:
    """The 1,797 scans (8, 8, 1) of values 0 to 16; their one part is "all"."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    return digits.images.astype(np.uint8)[..., np.newaxis], digits.target


def _read_idx(files: dict[str, datafiles.DataFile], part: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28, 1) and labels (n,) of a set published in MNIST's format."""
    prefix = {"train": "train", "test": "t10k"}[part]
    images = parse_idx(_unpack(files[f"{prefix}-images-idx3-ubyte"], gzip.open))
    labels = parse_idx(_unpack(files[f"{prefix}-labels-idx1-ubyte"], gzip.open))
    return images[..., np.newaxis], labels


def _unpack(file: datafiles.DataFile, opener: Callable) -> bytes:
    with opener(datafiles.obtain(file)) as stream:
        return stream.read()


def _read_cifar10(part: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 32, 32, 3) and labels (n,)."""
    raw = datafiles.kept(datafiles.CIFAR10_UNPACKED[part], lambda: _cifar_rows(part))
    return parse_cifar_rows(raw)


def _cifar_rows(part: str) -> bytes:
    """The part in the rows of CIFAR-10's binary form.

    From the .xz batches where the local folder holds any, else from the archive.
    """
    names = [f"data_batch_{i}" for i in range(1, 6)] if part == "train" else ["test_batch"]
    return b"".join(cifar_rows(*parse_cifar_batch(raw)) for raw in _cifar_pickles(names))


def _cifar_pickles(names: list[str]) -> list[bytes]:
    folder = datafiles.local_folder()
    files = [datafiles.CIFAR10_BATCHES[name] for name in names]
    if folder is not None and any((folder / file.name).is_file() for file in files):
        # Unpacking xz is what takes the time here, and it releases the interpreter lock.
        with ThreadPoolExecutor() as pool:
            return list(pool.map(lambda file: _unpack(file, lzma.open), files))
    with tarfile.open(datafiles.obtain(datafiles.CIFAR10_ARCHIVE), "r:gz") as archive:
        found = {
            Path(member.name).name: archive.extractfile(member).read()
            for member in archive
            if member.isfile() and Path(member.name).name in names
        }
    return [found[name] for name in names]


_DIGITS = tuple(str(digit) for digit in range(10))

_MNIST_CUTS = {
    "train": ("train", 53_000),
    "calibration": ("train", 1_000),
    "validation": ("train", 6_000),
    "test": ("test", 8_000),
    "unseen": ("test", 2_000),
}

_RECIPES = {
    "mnist": _Recipe(
        lambda part: _read_idx(datafiles.MNIST, part),
        peak=255,
        cuts=_MNIST_CUTS,
        classes=_DIGITS,
        source="MNIST, Y. LeCun and C. Cortes, from data of NIST",
    ),
    "fashion-mnist": _Recipe(
        lambda part: _read_idx(datafiles.FASHION_MNIST, part),
        peak=255,
        cuts=_MNIST_CUTS,
        classes=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        source="Fashion-MNIST, H. Xiao, K. Rasul and R. Vollgraf, Zalando SE 2017 (MIT licence)",
    ),
    "cifar-10": _Recipe(
        _read_cifar10,
        peak=255,
        cuts={
            "train": ("train", 44_000),
            "calibration": ("train", 1_000),
            "validation": ("train", 5_000),
            "test": ("test", 8_000),
            "unseen": ("test", 2_000),
        },
        classes=(
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck",
        ),
        source="CIFAR-10, A. Krizhevsky, Learning Multiple Layers of Features from Tiny "
        "Images, 2009",
    ),
    "digits": _Recipe(
        _read_digits,
        peak=16,
        cuts={
            "train": ("all", 1_000),
            "calibration": ("all", 100),
            "validation": ("all", 200),
            "test": ("all", 250),
            "unseen": ("all", 247),
        },
        classes=_DIGITS,
        source="scikit-learn's digits: the test set of E. Alpaydin and C. Kaynak, "
        "Optical Recognition of Handwritten Digits, UCI 1998",
    ),
}

NAMES = tuple(_RECIPES)
