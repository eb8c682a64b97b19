"""The text sets of the course, cut once into sets that share no text, and words as numbers.

`train` is learned from, `validation` is for every choice, `test` is used once, at the end. Files
are found, downloaded and proved as those of the images are: see `shared.datafiles`.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from shared import datafiles
from shared.datafiles import DataDamaged, DataError, DataFile, DataUnavailable

__all__ = [
    "NAMES",
    "DataDamaged",
    "DataError",
    "DataUnavailable",
    "TextSet",
    "TextSplit",
    "Vocabulary",
    "load",
    "words",
]

OFFLINE_NAME = "python-reference"
AUTO_NAME = "banking77"
_SHUFFLE_SEED = 20150309  # as of the images

# The authors' own repository, at a commit: a branch may be rewritten.
_BANKING_HOME = (
    "https://raw.githubusercontent.com/PolyAI-LDN/task-specific-datasets/"
    "57ec275d8078af65b7731c2a98be812d844a6d6b/banking_data/"
)
BANKING77 = {
    part: DataFile(f"text/banking77/{part}.csv", size, sha, (f"{_BANKING_HOME}{part}.csv",))
    for part, size, sha in (
        ("train", 839_073, "b06e26ac675513959a63135f11b94ea7786ed02da65db93a5650d8838cbc664b"),
        ("test", 239_961, "d12d6e3bc4c3103966ae786dc435913c0c563dfa328f5a3646d0e62cfeeb474d"),
    )
}

# Chapters of Python's reference that have many sentences of their own.
_CHAPTERS = (
    "assignment",
    "comparisons",
    "compound",
    "debugger",
    "formatstrings",
    "specialnames",
    "string-methods",
    "types",
    "typesmapping",
    "typesseq",
)


@dataclass(frozen=True)
class TextSplit:
    """Texts with their labels, in a random order that is always the same.

    texts: n strings. labels: int64 (n,), from 0.
    """

    texts: tuple[str, ...]
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True)
class TextSet:
    """A text set in three disjoint splits.

    name: what was loaded in the end ("python-reference" after a fallback). classes: the name of
    each label, in order. source: who made it.
    """

    name: str
    train: TextSplit
    validation: TextSplit
    test: TextSplit
    classes: tuple[str, ...]
    source: str

    def first_classes(self, n: int) -> TextSet:
        """The texts of the first n classes alone (of all, where there are fewer).

        Raises ValueError for less than two classes.
        """
        if n < 2:
            raise ValueError(f"first_classes({n}): telling apart takes two classes")
        splits = (_of_labels(split, n) for split in (self.train, self.validation, self.test))
        return TextSet(self.name, *splits, self.classes[:n], self.source)


class Vocabulary:
    """The numbers of the words: four special ones, then the most frequent words of some texts.

    PAD fills a text up to its length, UNKNOWN is a word that is not in the vocabulary, START
    stands before the first word, MASK replaces a word that is to be guessed.
    """

    PAD, UNKNOWN, START, MASK = range(4)

    def __init__(self, texts: Sequence[str], *, size: int, length: int) -> None:
        """size: numbers in all, the special ones included. length: of an encoded text, in words,
        START included. Words that occur once are left out, as nothing can be learned of them.
        """
        counts = Counter(word for text in texts for word in words(text))
        frequent = sorted((word for word in counts if counts[word] > 1), key=_rarest_last(counts))
        kept = frequent[: size - 4]
        self.length = length
        self.words = ("[pad]", "[unknown]", "[start]", "[mask]", *kept)
        self._numbers = {word: number for number, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """int64 (n, length): START, the words as far as they fit, PAD."""
        numbers = np.full((len(texts), self.length), self.PAD, np.int64)
        for row, text in zip(numbers, texts, strict=True):
            found = [self._numbers.get(word, self.UNKNOWN) for word in words(text)]
            found = [self.START, *found][: self.length]
            row[: len(found)] = found
        return numbers


def words(text: str) -> list[str]:
    """The words of a text in lower case; digits and every other mark are words by themselves."""
    return re.findall(r"[^\W\d_]+|\d|[^\w\s]|_", text.lower())


def load(name: str = "auto", *, fallback: bool = True) -> TextSet:
    """A text set by name: "banking77" or "python-reference"; "auto" means Banking77.

    Where Banking77 can be had neither from `$COURSE_DATA` nor from the cache nor from its public
    home, this is sentences of Python's language reference, which every Python brings along
    (`pydoc_data`), each to be put into its chapter; one printed line says so. With
    `fallback=False` it is DataUnavailable instead. A copy that is cut short or altered is
    DataDamaged in both cases. Raises ValueError for another name.
    """
    name = AUTO_NAME if name == "auto" else name
    if name not in _READERS:
        raise ValueError(f"no text set {name!r}; there are {', '.join(NAMES)} and auto")
    try:
        return _READERS[name]()
    except DataUnavailable as error:
        if not fallback:
            raise
        print(
            f"{name} cannot be had here ({error.reason}): "
            "using sentences of Python's language reference instead."
        )
    return _READERS[OFFLINE_NAME]()


def _read_banking77() -> TextSet:
    """10,003 + 3,080 questions to a bank, 77 intents; 1,503 of the first part for validation."""
    rows = {part: _csv_rows(file) for part, file in BANKING77.items()}
    classes = tuple(sorted({label for _, label in rows["train"]}))
    learn, test = (_shuffled(rows[part], classes) for part in ("train", "test"))
    return TextSet(
        "banking77",
        *_halves(learn, 8_500),
        test,
        classes,
        "Banking77, I. Casanueva and others, Efficient Intent Detection with Dual Sentence "
        "Encoders, PolyAI 2020 (CC BY 4.0)",
    )


def _csv_rows(file: DataFile) -> list[tuple[str, str]]:
    with datafiles.obtain(file).open(encoding="utf-8", newline="") as stream:
        return [(" ".join(row["text"].split()), row["category"]) for row in csv.DictReader(stream)]


def _read_python_reference() -> TextSet:
    """Sentences that stand in one of the chapters only; 70 % train, 10 % validation, 20 % test.

    How many there are depends on the version of Python.
    """
    from pydoc_data.topics import topics

    chapters = {name: dict.fromkeys(_sentences(topics[name])) for name in _CHAPTERS}
    everywhere = Counter(sentence for chapter in chapters.values() for sentence in chapter)
    rows = [
        (sentence, name)
        for name, chapter in chapters.items()
        for sentence in chapter
        if everywhere[sentence] == 1
    ]
    everything = _shuffled(rows, _CHAPTERS)
    learn, test = _halves(everything, len(rows) * 8 // 10)
    return TextSet(
        OFFLINE_NAME,
        *_halves(learn, len(rows) * 7 // 10),
        test,
        _CHAPTERS,
        "The Python Language Reference, Python Software Foundation (PSF licence)",
    )


def _sentences(chapter: str) -> list[str]:
    """The sentences of 5 to 40 words in a chapter, its examples in code left out."""
    found = []
    for paragraph in re.split(r"\n\s*\n", chapter):
        if ">>>" not in paragraph:
            found += re.split(r"(?<=[.:!?])\s+(?=[A-Z])", " ".join(paragraph.split()))
    return [sentence for sentence in found if 5 <= len(re.findall("[A-Za-z]+", sentence)) <= 40]


def _shuffled(rows: Sequence[tuple[str, str]], classes: Sequence[str]) -> TextSplit:
    # RandomState: its stream is frozen for good, default_rng's may change with a version of numpy.
    order = np.random.RandomState(_SHUFFLE_SEED).permutation(len(rows))
    places = {name: place for place, name in enumerate(classes)}
    texts = tuple(rows[i][0] for i in order)
    return TextSplit(texts, np.array([places[rows[i][1]] for i in order], np.int64))


def _halves(split: TextSplit, n: int) -> tuple[TextSplit, TextSplit]:
    """The first n texts, and the others."""
    texts, labels = split.texts, split.labels
    return TextSplit(texts[:n], labels[:n]), TextSplit(texts[n:], labels[n:])


def _of_labels(split: TextSplit, n: int) -> TextSplit:
    kept = np.flatnonzero(split.labels < n)
    return TextSplit(tuple(split.texts[i] for i in kept), split.labels[kept])


def _rarest_last(counts: Counter[str]) -> Callable[[str], tuple[int, str]]:
    """A sorting key; words of one frequency in the order of the alphabet, on every machine."""
    return lambda word: (-counts[word], word)


_READERS: dict[str, Callable[[], TextSet]] = {
    "banking77": _read_banking77,
    OFFLINE_NAME: _read_python_reference,
}

NAMES = tuple(_READERS)
