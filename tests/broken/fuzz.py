"""Feed the reader of submissions with damaged notebooks and zips, for as long as one likes.

    python -m tests.broken.fuzz --runs 100000

Uses atheris, which looks for inputs that reach new code, where it is installed; otherwise the same
mutations blindly. Inputs that break a promise of `tests.broken.reader` are kept in build/fuzz/.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib
import importlib.util
import io
import json
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "fuzz"
MAX_BYTES = 1 << 16
ZIP = b"PK"  # how inputs begin that are read as a class

TOKENS = [
    *(b'"cells"', b'"source"', b'"metadata"', b'"nbgrader"', b'"grade_id"', b'"worksheets"'),
    *(
        b'"outputs":[',
        b'"attachments":{',
        b'"nbformat":',
        b'"id":',
        b'"cell_type":"code"',
        b'"input":',
    ),
    *(
        b"null",
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"9" * 4400,
        b"true",
        b'""',
        b"{}",
        b"[]",
        b"{",
        b"[",
    ),
    *(b"\\ud800", b"\\u0000", b"\\", b'"', b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe2\x80\xae"),
    *(b"[" * 2000, b'{"a":' * 1500, b"def double(x):\\n", b"def total(x):", b"'''", b"%%bash\\n"),
    *(
        b"\r\n",
        b"\r",
        b"<<<<<<< HEAD\n",
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"../",
        b"\\\\",
        b"\xff" * 4,
    ),
]
VALUES: list[Any] = [
    *(None, True, 0, -1, 3.5, 10**19, float("nan"), "", "code", "double", "\ud800", "a\0b", [], {}),
    *(
        [None, "x"],
        {"nbgrader": 3},
        {"nbgrader": {"grade_id": "double"}},
        "def double(x): 1",
        "#" * 999,
    ),
]
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1", "cp037")


def seeds() -> list[bytes]:
    """The corpus, the course's notebooks and some zips."""
    from tests.broken.corpus import HONEST, all_cases

    notebooks = [case.content() for case in all_cases() if not case.large]
    notebooks += [path.read_bytes() for path in sorted((ROOT / "labs").glob("*.ipynb"))]
    layouts = [
        ("ann.ipynb", "bob/99/99_toy.ipynb"),
        ("class\\ann\\99_toy.ipynb", "../x.ipynb", "é.IPYNB"),
        ("submitted/ann/99/99_toy.ipynb", "submitted/bob/", "submitted/cy/a.ipynb"),
        ("ann.zip", "__MACOSX/ann.zip", "bob.ipynb.txt"),
    ]
    zips = [_zip(names, HONEST.encode()) for names in layouts]
    zips.append(_zip(["ann.zip", "bob.ipynb"], zips[0]))
    return [seed[:MAX_BYTES] for seed in notebooks] + zips * 5


def _zip(names: Any, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return buffer.getvalue()


def mutate(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """`data` with one to eight damages, as editors, transfers and malice cause them."""
    for _ in range(rng.choice((1, 1, 1, 2, 2, 4, 8))):
        data = rng.choice(DAMAGES)(data, rng, others)
    return data[:MAX_BYTES]


def _flip(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    made = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        if made:
            made[rng.randrange(len(made))] = rng.randrange(256)
    return bytes(made)


def _insert(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(TOKENS) + data[at:]


def _replace(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    start, end = _span(data, rng, 40)
    return data[:start] + rng.choice(TOKENS) + data[end:]


def _delete(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    start, end = _span(data, rng, rng.choice((1, 20, 2000)))
    return data[:start] + data[end:]


def _repeat(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    start, end = _span(data, rng, 2000)
    return data[:end] + data[start:end] * rng.randint(1, 4) + data[end:]


def _cut(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    return data[: rng.randint(0, len(data))]


def _splice(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    other = rng.choice(others)
    return data[: rng.randint(0, len(data))] + other[rng.randint(0, len(other)) :]


def _recode(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    return data.decode("utf-8", "replace").encode(rng.choice(ENCODINGS), "replace")


def _replace_value(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Another value somewhere in the JSON, which stays JSON."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return _flip(data, rng, others)
    for _ in range(rng.randint(1, 6)):
        place, key = _place(document, rng)
        if place is not None:
            place[key] = rng.choice(VALUES) if rng.random() < 0.8 else _place(document, rng)[0]
    with contextlib.suppress(ValueError, RecursionError):  # it may hold itself now
        return json.dumps(document, ensure_ascii=rng.random() < 0.7).encode("utf-8", "replace")
    return data


DAMAGES = (
    *(
        _flip,
        _insert,
        _insert,
        _replace,
        _replace,
        _delete,
        _delete,
        _repeat,
        _cut,
        _splice,
        _recode,
    ),
    *(_replace_value, _replace_value, _replace_value, _replace_value),
)


def _span(data: bytes, rng: random.Random, length: int) -> tuple[int, int]:
    start = rng.randint(0, len(data))
    return start, start + rng.randint(0, length)


def _place(document: Any, rng: random.Random) -> tuple[Any, Any]:
    """A random container in `document` and one of its keys, or None where there is none."""
    place, key = None, None
    while isinstance(document, (dict, list)) and document and (place is None or rng.random() < 0.8):
        place = document
        key = (
            rng.choice(list(document)) if isinstance(document, dict) else rng.randrange(len(place))
        )
        document = document[key]
    return place, key


class Fuzzer:
    """Reads inputs, counts them, keeps those that break a promise."""

    def __init__(self, folder: Path) -> None:
        from tests.broken.reader import read_class, read_notebook

        self._folder = folder
        self._read_class, self._read_notebook = read_class, read_notebook
        self.counts: Counter[str] = Counter()
        self.slowest = 0.0

    def feed(self, data: bytes) -> None:
        """Read one input."""
        began = time.monotonic()
        zipped = data.startswith(ZIP)
        try:
            good = self._read_class(data, self._folder) if zipped else self._read_notebook(data)
        except BaseException:  # whatever it is, it is what is looked for
            self.counts["crashes"] += 1
            self._keep(data)
            raise
        self.counts["read" if good else "refused"] += 1
        self.counts["zips"] += zipped
        self.slowest = max(self.slowest, time.monotonic() - began)

    def _keep(self, data: bytes) -> None:
        KEPT.mkdir(parents=True, exist_ok=True)
        path = KEPT / hashlib.sha256(data).hexdigest()[:16]
        path.write_bytes(data)
        print(f"\nkept as {path}", file=sys.stderr)

    def summary(self) -> str:
        """The figures so far, in one line."""
        inputs = self.counts["read"] + self.counts["refused"] + self.counts["crashes"]
        return (
            f"{inputs:,} inputs ({self.counts['zips']:,} zips): {self.counts['read']:,} read, "
            f"{self.counts['refused']:,} refused with a reason, {self.counts['crashes']:,} "
            f"crashes; the slowest took {self.slowest:.2f} s"
        )


def blindly(runs: int, seed: int, folder: Path) -> int:
    """Mutations of the seeds, all different. Returns the number of crashes."""
    from rich.progress import track

    fuzzer, pool, rng = Fuzzer(folder), seeds(), random.Random(seed)
    for _ in track(range(runs), "Fuzzing"):
        try:
            fuzzer.feed(mutate(rng.choice(pool), rng, pool))
        except Exception:  # noqa: BLE001 - counted and kept; the others shall be seen, too
            traceback.print_exc()
    print(fuzzer.summary())
    return fuzzer.counts["crashes"]


def guided(runs: int, seed: int, folder: Path) -> int:
    """The same mutations, kept and built upon where they reach new code. Ends the process."""
    import atheris

    with atheris.instrument_imports(include=["grader"]):
        importlib.import_module("tests.broken.reader")
    fuzzer, pool = Fuzzer(folder), seeds()
    corpus = folder / "corpus"
    corpus.mkdir()
    for data in pool:
        (corpus / hashlib.sha256(data).hexdigest()).write_bytes(data)
    count = 0

    def read_one(data: bytes) -> None:
        nonlocal count
        fuzzer.feed(data)
        count += 1
        if count % 5000 == 0 or count == runs:
            print(fuzzer.summary(), file=sys.stderr, flush=True)

    def mutate_one(data: bytes, size: int, number: int) -> bytes:
        rng = random.Random(number)
        if rng.random() < 0.3:
            return atheris.Mutate(data, size)
        return mutate(bytes(data), rng, pool)[:size]

    options = [f"-runs={runs}", f"-seed={seed + 1}", f"-max_len={MAX_BYTES}", "-timeout=60"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], read_one, custom_mutator=mutate_one)
    atheris.Fuzz()
    return 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--blind", action="store_true", help="without atheris")
    options = parser.parse_args()
    engine = blindly if options.blind or not importlib.util.find_spec("atheris") else guided
    print(f"{options.runs:,} inputs, {engine.__name__}, seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        return 1 if engine(options.runs, options.seed, Path(folder)) else 0


if __name__ == "__main__":
    sys.exit(main())
