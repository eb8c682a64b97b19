"""What the data sets are made of, and what happens when they cannot be had."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import pickle
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest

from shared import data, datafiles
from shared.datafiles import DataFile
from shared.formats import cifar_rows, parse_cifar_batch, parse_cifar_rows, parse_idx

SPLITS = ("train", "calibration", "validation", "test")
ROOT = Path(__file__).parents[2]


def five(name: str) -> list[data.Split]:
    """The four splits of a data set and the one that no notebook loads."""
    loaded = data.load(name, fallback=False)
    return [*(getattr(loaded, split) for split in SPLITS), data.load_unseen(name, fallback=False)]


def test_is_importing_the_data_module_light() -> None:
    """Does `import shared.data, shared.results, shared.plots` spare every framework?"""
    heavy = ("torch", "keras", "tensorflow", "sklearn", "matplotlib", "pooch", "requests")
    program = (
        "import sys, shared, shared.data, shared.results, shared.measure, shared.plots\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_are_the_digits_cut_as_promised() -> None:
    """Sizes, types and range of the offline digits, and is every image in one split only?"""
    from sklearn.datasets import load_digits

    splits = five("digits")
    assert [len(split) for split in splits] == [1000, 100, 200, 250, 247]
    for split in splits:
        assert split.images.dtype == np.float32
        assert split.labels.dtype == np.int64
        assert split.images.shape == (len(split), 8, 8, 1)
        assert set(split.labels.tolist()) == set(range(10))
    everything = np.concatenate([split.images for split in splits])
    assert everything.min() == 0.0
    assert everything.max() == 1.0
    # As multisets of (image, label) the five make up exactly the published 1,797.
    published = load_digits()
    ours = sorted(
        (image.tobytes(), int(label))
        for split in splits
        for image, label in zip(split.images * 16, split.labels, strict=True)
    )
    theirs = sorted(
        (image.astype(np.float32).tobytes(), int(label))
        for image, label in zip(published.images, published.target, strict=True)
    )
    assert ours == theirs
    assert data.load("digits").shape == (8, 8, 1)
    assert data.load("digits").classes == tuple("0123456789")


def test_are_the_splits_the_same_whatever_the_caller_does() -> None:
    """Another seed of the caller's, another call: the same images in the same order?"""
    np.random.seed(1)
    first = data.load("digits")
    state = np.random.get_state()[1].tolist()
    np.random.seed(2)
    second = data.load("digits")
    for split in SPLITS:
        assert (getattr(first, split).images == getattr(second, split).images).all()
    np.random.seed(1)
    data.load("digits")
    assert np.random.get_state()[1].tolist() == state
    # The shuffle itself: every figure of the course hangs on it.
    assert first.train.labels[:10].tolist() == [3, 9, 4, 8, 2, 2, 2, 7, 0, 2]


def test_does_head_give_the_first_images_as_a_random_sample() -> None:
    """head(n): n images, the split unharmed, classes mixed; and too many or too few?"""
    train = data.load("digits").train
    head = train.head(100)
    assert len(head) == 100
    assert (head.images == train.images[:100]).all()
    assert (head.labels == train.labels[:100]).all()
    assert np.bincount(head.labels, minlength=10).min() >= 3
    assert len(train.head(5000)) == 1000
    assert len(train.head(0)) == 0
    with pytest.raises(ValueError, match="negative"):
        train.head(-1)


def test_can_a_split_not_be_replaced() -> None:
    """Are Split and Dataset frozen?"""
    digits = data.load("digits")
    with pytest.raises(AttributeError):
        digits.train = digits.test
    with pytest.raises(AttributeError):
        digits.train.labels = digits.test.labels


@pytest.mark.parametrize("name", ["auto", "mnist", "fashion-mnist", "cifar-10"])
def test_is_a_fallback_told_in_one_line(
    offline: None, capsys: pytest.CaptureFixture, name: str
) -> None:
    """Nothing to be had: the digits, their own name, and one line that says so?"""
    loaded = data.load(name)
    assert loaded.name == "digits"
    assert loaded.shape == (8, 8, 1)
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "digits" in said
    assert ("mnist" if name == "auto" else name) in said
    assert len(data.load_unseen(name)) == 247


def test_is_no_fallback_an_error_with_a_remedy(offline: None) -> None:
    """fallback=False: does DataUnavailable name the set and what to do?"""
    with pytest.raises(data.DataUnavailable, match=r"mnist.*COURSE_DATA=<folder>"):
        data.load("mnist", fallback=False)
    with pytest.raises(data.DataUnavailable):
        data.load_unseen("auto", fallback=False)


def test_is_an_unknown_name_refused() -> None:
    """A slip in the name: an error that lists the names?"""
    with pytest.raises(ValueError, match="fashion-mnist"):
        data.load("mnst")


def test_is_mnist_read_as_published(course_data: Path, capsys: pytest.CaptureFixture) -> None:
    """The real files: sizes, disjoint splits, published class counts, no line printed?"""
    splits = five("mnist")
    assert capsys.readouterr().out == ""
    assert [len(split) for split in splits] == [53_000, 1_000, 6_000, 8_000, 2_000]
    contents = [{image.tobytes() for image in split.images} for split in splits]
    # No two images of MNIST are alike, so that disjoint splits have 70,000 different ones.
    assert len(set().union(*contents)) == 70_000
    counts = sum(np.bincount(split.labels, minlength=10) for split in splits[:3])
    assert counts.tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert splits[0].images.shape == (53_000, 28, 28, 1)
    assert {(split.images.dtype.name, split.labels.dtype.name) for split in splits} == {
        ("float32", "int64")
    }
    assert splits[0].images.max() == 1.0
    assert splits[0].labels[:10].tolist() == [9, 5, 7, 3, 5, 8, 8, 8, 9, 7]
    # The first published image is a five of known ink: it is there once, with its label.
    raw = gzip.decompress((course_data / "mnist/train-images-idx3-ubyte.gz").read_bytes())
    first = np.frombuffer(raw, np.uint8, 784, 16).reshape(28, 28, 1)
    ink = np.concatenate([split.images for split in splits[:3]])
    place = np.flatnonzero((ink == first.astype(np.float32) / 255).all(axis=(1, 2, 3)))
    assert len(place) == 1
    assert np.concatenate([split.labels for split in splits[:3]])[place[0]] == 5


def test_is_fashion_mnist_read_as_published(course_data: Path) -> None:
    """The real files: sizes, 7,000 images a class over all, the names of the classes?"""
    test = data.load_unseen("fashion-mnist", fallback=False)
    assert test.images.shape == (2_000, 28, 28, 1)
    labels = parse_idx(
        gzip.decompress((course_data / "fashion-mnist/t10k-labels-idx1-ubyte.gz").read_bytes())
    )
    assert labels[:4].tolist() == [9, 2, 1, 1]  # ankle boot, pullover, trouser, trouser
    assert np.bincount(labels).tolist() == [1000] * 10


def test_are_the_cifar_batches_read_as_published(course_data: Path) -> None:
    """The .xz batches: the images of the test part that no notebook loads?"""
    unseen = data.load_unseen("cifar-10", fallback=False)
    assert unseen.images.shape == (2_000, 32, 32, 3)
    assert unseen.images.max() == 1.0
    assert np.bincount(unseen.labels).min() > 150
    # Mean colour of CIFAR-10, as everybody normalises with it: red, green, blue in this order.
    assert unseen.images.mean(axis=(0, 1, 2)) == pytest.approx([0.491, 0.482, 0.447], abs=0.01)


def test_is_a_damaged_file_of_the_local_folder_named(
    course_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One byte altered in one file of four: an error naming it, in spite of the fallback?"""
    folder = tmp_path / "mnist"
    folder.mkdir()
    for file in (course_data / "mnist").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    labels = folder / "t10k-labels-idx1-ubyte.gz"
    raw = bytearray(labels.read_bytes())
    raw[3000] ^= 1
    labels.write_bytes(raw)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(data.DataDamaged, match=r"t10k-labels-idx1-ubyte\.gz is damaged"):
        data.load("auto")


def batch(size: int, first: int) -> bytes:
    """A pickled batch of CIFAR's shape: image i is all red, of brightness first + i.

    One green number stands in row 2, column 5.
    """
    pixels = np.zeros((size, 3072), np.uint8)
    pixels[:, :1024] = np.arange(first, first + size)[:, np.newaxis]
    pixels[:, 1024 + 2 * 32 + 5] = 255
    labels = [(first + i) % 10 for i in range(size)]
    return pickle.dumps({b"data": pixels, b"labels": labels}, protocol=4)


@pytest.fixture
def small_cifar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, dict[str, DataFile], DataFile]:
    """A folder for $COURSE_DATA, and CIFAR's files with six batches of ten images in both forms."""
    names = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
    raw = {name: batch(10, 10 * i) for i, name in enumerate(names)}
    folder = tmp_path / "local"
    (folder / "cifar-10").mkdir(parents=True)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in reversed(names):
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(raw[name])
            archive.addfile(member, io.BytesIO(raw[name]))

    def published(name: str, body: bytes) -> DataFile:
        (folder / name).write_bytes(body)
        return DataFile(name, len(body), hashlib.sha256(body).hexdigest())

    whole = published("cifar-10/cifar-10-python.tar.gz", packed.getvalue())
    batches = {n: published(f"cifar-10/{n}.xz", lzma.compress(raw[n])) for n in names}
    monkeypatch.setenv("COURSE_DATA", str(folder))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(datafiles, "CIFAR10_BATCHES", batches)
    monkeypatch.setattr(datafiles, "CIFAR10_ARCHIVE", whole)
    recipe = data._RECIPES["cifar-10"]
    cuts = {
        "train": ("train", 40),
        "calibration": ("train", 4),
        "validation": ("train", 6),
        "test": ("test", 8),
        "unseen": ("test", 2),
    }
    small = data._Recipe(recipe.read, recipe.peak, cuts, recipe.classes, recipe.source)
    monkeypatch.setitem(data._RECIPES, "cifar-10", small)
    return folder, batches, whole


@pytest.mark.parametrize("form", ["xz", "tar.gz"])
def test_do_both_forms_of_cifar_give_the_same_images(
    small_cifar: tuple[Path, dict[str, DataFile], DataFile], form: str
) -> None:
    """Batches packed one by one, or the published archive: each image once, with its own label?"""
    folder, batches, whole = small_cifar
    for file in batches.values() if form == "tar.gz" else [whole]:
        (folder / file.name).unlink()
    splits = five("cifar-10")
    assert [len(split) for split in splits] == [40, 4, 6, 8, 2]
    numbers = []
    for split in splits:
        assert split.images.shape[1:] == (32, 32, 3)
        assert (split.images[:, 2, 5, 1] == 1.0).all()
        assert split.images[..., 1:].sum() == len(split)
        red = np.rint(split.images[:, 5, 7, 0] * 255).astype(int)
        assert (red % 10 == split.labels).all()
        numbers += red.tolist()
    assert sorted(numbers[:50]) == list(range(50))
    assert sorted(numbers[50:]) == list(range(50, 60))


def test_is_a_missing_batch_named(
    small_cifar: tuple[Path, dict[str, DataFile], DataFile],
) -> None:
    """Five of six batches in the local folder: does the error say which one is not there?"""
    folder, batches, _ = small_cifar
    (folder / batches["data_batch_3"].name).unlink()
    with pytest.raises(data.DataUnavailable, match="data_batch_3"):
        data.load("cifar-10", fallback=False)


class Call:
    """Pickles as a call of a function of the reader's process."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple:
        return self.call


@pytest.mark.parametrize(
    "function", [print, subprocess.Popen, getattr, np.load, np.lib.format.read_array]
)
def test_can_a_pickle_call_nothing_but_array_building(function: object) -> None:
    """A batch that names a function, numpy's own included: refused before it is called?"""
    raw = pickle.dumps({b"data": Call(function, "x"), b"labels": []}, protocol=4)
    with pytest.raises(pickle.UnpicklingError, match=f"may not name .*{function.__name__}"):
        parse_cifar_batch(raw)


def test_is_no_other_way_of_building_bytes_needed() -> None:
    """The bytes of Python 3's protocol 2 come by a codec's function: refused as well?"""
    raw = pickle.dumps({b"data": 1}, protocol=2)
    with pytest.raises(pickle.UnpicklingError, match="may not name"):
        parse_cifar_batch(raw)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "not an idx file"),
        (b"\x00\x00\x0d\x01" + bytes(8), "not an idx file"),
        (b"\x00\x00\x08\x03" + bytes(8), "inside its header"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x05" + bytes(4), "with 4 bytes"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x05" + bytes(6), "with 6 bytes"),
    ],
)
def test_is_a_broken_idx_file_refused(raw: bytes, message: str) -> None:
    """Other type, cut in the header, too short, too long: a message, not a wrong array?"""
    with pytest.raises(ValueError, match=message):
        parse_idx(raw)


def test_is_an_idx_file_read_in_its_order() -> None:
    """Sizes big-endian, rows first?"""
    raw = b"\x00\x00\x08\x02\x00\x00\x00\x02\x00\x00\x00\x03" + bytes(range(6))
    assert parse_idx(raw).tolist() == [[0, 1, 2], [3, 4, 5]]


def test_are_rows_of_cifar_read_as_they_were_written() -> None:
    """A label, then red, green and blue line by line; both directions; a row cut short refused?"""
    pixels = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    labels = np.array([9, 0, 3, 3, 7])
    raw = cifar_rows(pixels, labels)
    assert len(raw) == 5 * 3073
    second = raw[3073:6146]
    assert second[0] == 0
    assert second[1 + 1024 + 2 * 32 + 5] == pixels[1, 2, 5, 1]  # green, row 2, column 5
    images, numbers = parse_cifar_rows(raw)
    assert np.array_equal(images, pixels) and numbers.tolist() == labels.tolist()
    assert numbers.dtype == np.int64
    with pytest.raises(ValueError):
        parse_cifar_rows(raw[:-1])
