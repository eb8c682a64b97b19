"""The files behind the data sets: where they may lie, their homes, how a copy is proved whole.

A file is looked for in `$COURSE_DATA/<data set>/`, then in the cache (`$COURSE_CACHE`, or the
user's cache folder), then downloaded into the cache. Whatever is found is read only after its
sha256 has been checked.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import requests

CONNECT_SECONDS = 10  # to reach a home; the next mirror is tried after that
READ_SECONDS = 60  # without a byte from it
CHUNK_BYTES = 1 << 18


class DataError(Exception):
    """A data set cannot be used. The message says which, and what to do about it."""


class DataUnavailable(DataError):
    """Neither a local copy nor a home that answers."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(
            f"{name} cannot be had here: {reason}. Connect this machine to the network once, or "
            f"put the files into <folder>/{Path(name).parent}/ and set COURSE_DATA=<folder>."
        )


class DataDamaged(DataError):
    """A copy whose bytes are not the published ones: cut short or altered."""

    def __init__(self, name: str, where: str, found: str, remedy: str) -> None:
        self.name = name
        self.where = where
        super().__init__(
            f"{name} is damaged: {where} {found}, so it is not the published file. {remedy}"
        )


@dataclass(frozen=True)
class DataFile:
    """One published file.

    name: `<data set>/<file name>`, its place below `$COURSE_DATA` and below the cache.
    size: bytes. sha256: of those bytes, in hexadecimal.
    homes: addresses of the file, tried in order; none for a form that is only ever local.
    """

    name: str
    size: int
    sha256: str
    homes: tuple[str, ...] = ()


# The data set's own site where it still serves the file, then mirrors of the same bytes.
_MNIST_HOMES = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
_FASHION_HOMES = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
)
_CIFAR_HOMES = (
    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    "https://cave.cs.toronto.edu/kriz/cifar-10-python.tar.gz",
)


def _idx_files(folder: str, homes: tuple[str, ...], *rows: tuple[str, int, str]) -> dict:
    return {
        file: DataFile(f"{folder}/{file}.gz", size, sha, tuple(f"{h}{file}.gz" for h in homes))
        for file, size, sha in rows
    }


MNIST = _idx_files(
    "mnist",
    _MNIST_HOMES,
    (
        "train-images-idx3-ubyte",
        9_912_422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    (
        "train-labels-idx1-ubyte",
        28_881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    (
        "t10k-images-idx3-ubyte",
        1_648_877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    (
        "t10k-labels-idx1-ubyte",
        4_542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
)

FASHION_MNIST = _idx_files(
    "fashion-mnist",
    _FASHION_HOMES,
    (
        "train-images-idx3-ubyte",
        26_421_880,
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    ),
    (
        "train-labels-idx1-ubyte",
        29_515,
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    ),
    (
        "t10k-images-idx3-ubyte",
        4_422_102,
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    ),
    (
        "t10k-labels-idx1-ubyte",
        5_148,
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ),
)

# The same seven files as in the archive below, packed one by one with xz (a third smaller).
CIFAR10_BATCHES = {
    file: DataFile(f"cifar-10/{file}.xz", size, sha)
    for file, size, sha in (
        (
            "data_batch_1",
            21_912_456,
            "55255fd2a8d43239eb31b68c804d52c0a8b5f9a26dc5994ec1a51ef34a1447a8",
        ),
        (
            "data_batch_2",
            21_947_424,
            "007b6226b04ff8264c01134a24be36ac3cef33d2d110ddd3a6e4f9df69de32ec",
        ),
        (
            "data_batch_3",
            21_939_100,
            "51c581d1c2bedb252a7a2fe90d3c380562b39e608adcd86b5ec5644ba14f047b",
        ),
        (
            "data_batch_4",
            21_921_528,
            "4e71f56642ae16adc63f1a7578f1a224cde9b5f37883de33b9ac1b4242bbb505",
        ),
        (
            "data_batch_5",
            21_880_624,
            "06bfdb3d59210fdf70e7088d67606d19c96bbfa02dbda6ea338290321f889e5e",
        ),
        (
            "test_batch",
            21_915_232,
            "0f9b93f5406443131127fb0ed70dc96b9693b8e3c797fc9b55f219436c21eada",
        ),
    )
}

CIFAR10_ARCHIVE = DataFile(
    "cifar-10/cifar-10-python.tar.gz",
    170_498_071,
    "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    _CIFAR_HOMES,
)

# What the archive and the batches unpack to, in the rows of the set's own binary form: unpacking
# takes half a minute, so the cache keeps the outcome.
CIFAR10_UNPACKED = {
    "train": DataFile(
        "cifar-10/train.bin",
        153_650_000,
        "a0181da372c0d63a5920fdbea2ec3f83ecbc552d378218e1cb473cf634941a3b",
    ),
    "test": DataFile(
        "cifar-10/test.bin",
        30_730_000,
        "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
    ),
}

# Copies proved whole in this process, as (path, bytes, time of last change).
_proved: set[tuple[str, int, int]] = set()


def local_folder() -> Path | None:
    """`$COURSE_DATA` as a path, None where it is not set."""
    value = os.environ.get("COURSE_DATA", "")
    return Path(value).expanduser() if value else None


def cache_folder() -> Path:
    """Where downloads are kept: `$COURSE_CACHE`, else the user's cache folder."""
    value = os.environ.get("COURSE_CACHE", "")
    if value:
        return Path(value).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("model-optimization-course"))


def offline() -> bool:
    """Whether `$COURSE_OFFLINE` forbids downloads."""
    return os.environ.get("COURSE_OFFLINE", "") not in ("", "0")


def obtain(file: DataFile) -> Path:
    """The path of a proved copy, downloaded into the cache if need be.

    Raises DataDamaged for a copy that is not the published file (one in the cache is downloaded
    again first, where it can be), DataUnavailable where there is no copy to be had.
    """
    folder = local_folder()
    if folder is not None and (path := folder / file.name).is_file():
        _prove(path, file, "Put a fresh copy there, or unset COURSE_DATA to download one.")
        return path
    cached = cache_folder() / file.name
    damage = None
    if cached.is_file():
        try:
            _prove(cached, file, "Delete it, then connect to the network to download it again.")
            return cached
        except DataDamaged as error:
            damage = error
    try:
        return _download(file, cached)
    except DataUnavailable:
        if damage is not None:
            raise damage from None
        raise


def kept(file: DataFile, make: Callable[[], bytes]) -> bytes:
    """The content of `file` from the cache, else what `make` gives, which the cache keeps then.

    For what takes long to make. A copy in the cache that is not whole is made anew; nothing is kept
    that is not the file, nor where the cache cannot be written.
    """
    path = cache_folder() / file.name
    try:
        raw = path.read_bytes()
    except OSError:
        raw = b""
    if _is_content(raw, file):
        return raw
    raw = make()
    if _is_content(raw, file):
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(raw)
            os.replace(part, path)
        except OSError as error:
            _tell(f"{file.name} is not kept, so the next run unpacks it again ({error}).")
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
    return raw


def _is_content(raw: bytes, file: DataFile) -> bool:
    return len(raw) == file.size and hashlib.sha256(raw).hexdigest() == file.sha256


def _download(file: DataFile, target: Path) -> Path:
    """Downloads to `target`, one process at a time; the others wait for what the first one gets."""
    import filelock

    folder = local_folder()
    if folder is not None and not folder.is_dir():
        raise DataUnavailable(file.name, f"COURSE_DATA names {folder}, which is no folder")
    if not file.homes:
        raise DataUnavailable(file.name, "no local copy, and this form of it has no public home")
    if offline():
        raise DataUnavailable(file.name, "no local copy, and COURSE_OFFLINE forbids downloads")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(f"{target}.lock")
        try:
            held = lock.acquire(timeout=0)
        except filelock.Timeout:
            _tell(f"{file.name}: another process is downloading it; waiting for that.")
            held = lock.acquire()
    except OSError as error:
        raise DataUnavailable(file.name, f"the cache cannot be written ({error})") from error
    with held:
        return target if _is_whole(target, file) else _from_homes(file, target)


def _from_homes(file: DataFile, target: Path) -> Path:
    """Tries each home in turn. Only a proved file is moved to `target`, in one step."""
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    partial = target.with_name(f"{target.name}.partial")
    refusals, damage = [], None
    for home in file.homes:
        _tell(f"{file.name}: downloading {file.size / 1e6:.1f} MB from {home}")
        try:
            got = pooch.retrieve(
                home,
                known_hash=f"sha256:{file.sha256}",
                fname=target.name,
                path=partial,
                downloader=pooch.HTTPDownloader(
                    progressbar=True,
                    chunk_size=CHUNK_BYTES,
                    timeout=(CONNECT_SECONDS, READ_SECONDS),
                    headers={"Accept-Encoding": "identity"},  # no packing on the way
                    hooks={"response": _keep_as_sent},
                ),
            )
            os.replace(got, target)
            return target
        except requests.RequestException as error:
            refusals.append(f"{home} ({type(error).__name__})")
        except ValueError:  # what pooch raises for another sha256
            damage = home
        except OSError as error:
            raise DataUnavailable(file.name, f"it cannot be stored ({error})") from error
        finally:
            # A killed process cannot tidy up: what it left here is never read, and goes now.
            shutil.rmtree(partial, ignore_errors=True)
    if damage is not None:
        raise DataDamaged(
            file.name,
            f"the download from {damage}",
            "has another sha256 than the published file",
            "Nothing of it was kept. Try again on another network; COURSE_OFFLINE=1 does without.",
        )
    raise DataUnavailable(file.name, f"no local copy, and no answer from {', '.join(refusals)}")


def _keep_as_sent(response: requests.Response, **_: object) -> None:
    """Some servers declare a stored .gz to be a packed transfer, and requests would unpack it."""
    response.raw.headers.pop("Content-Encoding", None)


def _tell(line: str) -> None:
    """Says what goes on beside the progress bar, on stderr: a notebook's own output stays clean."""
    print(line, file=sys.stderr)


def _prove(path: Path, file: DataFile, remedy: str) -> None:
    """Checks size and sha256, once per process for a file that does not change.

    Raises DataDamaged.
    """
    state = path.stat()
    key = (str(path.resolve()), state.st_size, state.st_mtime_ns)
    if key in _proved:
        return
    if state.st_size != file.size:
        found = f"has {state.st_size:,} bytes instead of {file.size:,}"
        raise DataDamaged(file.name, str(path), found, remedy)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != file.sha256:
        raise DataDamaged(file.name, str(path), f"has the sha256 {digest[:12]}…", remedy)
    _proved.add(key)


def _is_whole(path: Path, file: DataFile) -> bool:
    try:
        _prove(path, file, remedy="")
    except (FileNotFoundError, DataDamaged):
        return False
    return True
