"""What the text sets are made of, what happens without them, and words as numbers."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from shared import text
from shared.text import TextSet, Vocabulary

ROOT = Path(__file__).parents[2]


def splits(loaded: TextSet) -> list[text.TextSplit]:
    """The three splits of a set."""
    return [loaded.train, loaded.validation, loaded.test]


def test_is_importing_the_text_module_light() -> None:
    """Does `import shared.text` spare every framework and what downloads?"""
    heavy = ("torch", "keras", "tensorflow", "sklearn", "pooch", "requests", "pydoc_data.topics")
    program = f"import sys, shared.text\nprint([n for n in {heavy} if n in sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_are_the_offline_sentences_cut_into_disjoint_sets() -> None:
    """Does each sentence stand in one split and one chapter, and does every chapter occur?"""
    loaded = text.load("python-reference", fallback=False)
    everything = [sentence for split in splits(loaded) for sentence in split.texts]
    assert len(set(everything)) == len(everything)
    assert 1_000 < len(everything) < 3_000  # the number depends on the version of Python
    for split in splits(loaded):
        assert split.labels.dtype == np.int64
        assert len(split.labels) == len(split.texts) == len(split)
        assert set(split.labels.tolist()) == set(range(len(loaded.classes)))
    sizes = [len(split) / len(everything) for split in splits(loaded)]
    assert sizes == pytest.approx([0.7, 0.1, 0.2], abs=0.01)


def test_does_each_offline_sentence_come_from_its_chapter() -> None:
    """Are the labels right: is the sentence found in the chapter that its label names?"""
    from pydoc_data.topics import topics

    loaded = text.load("python-reference")
    for sentence, label in zip(loaded.test.texts, loaded.test.labels, strict=True):
        chapter = " ".join(topics[loaded.classes[label]].split())
        assert sentence in chapter


def test_is_the_order_always_the_same() -> None:
    """Another seed of the caller's, another call: the same texts, and its generator unharmed?"""
    np.random.seed(1)
    first = text.load("python-reference")
    state = np.random.get_state()[1].tolist()
    np.random.seed(2)
    second = text.load("python-reference")
    assert first.train.texts == second.train.texts
    assert (first.test.labels == second.test.labels).all()
    np.random.seed(1)
    text.load("python-reference")
    assert np.random.get_state()[1].tolist() == state
    # In a random order, so that the first texts are not all of one class.
    assert len(set(first.train.labels[:30].tolist())) >= 6


def test_is_a_fallback_told_in_one_line(offline: None, capsys: pytest.CaptureFixture) -> None:
    """Nothing to be had: the offline sentences, their own name, and one line that says so?"""
    assert text.load().name == "python-reference"
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "banking77" in said
    assert "language reference" in said


def test_is_no_fallback_an_error_with_a_remedy(offline: None) -> None:
    """fallback=False: does DataUnavailable name the folder to put the files into?"""
    with pytest.raises(text.DataUnavailable, match=r"<folder>/text/banking77/ and set COURSE_DATA"):
        text.load("banking77", fallback=False)


def test_is_an_unknown_name_refused() -> None:
    """A slip in the name: an error that lists the names?"""
    with pytest.raises(ValueError, match="banking77"):
        text.load("banking")


def test_is_banking77_read_as_published(course_data: Path, capsys: pytest.CaptureFixture) -> None:
    """The real files: sizes, 77 intents, every published question once with its intent?"""
    loaded = text.load("auto")
    assert capsys.readouterr().out == ""
    assert loaded.name == "banking77"
    assert [len(split) for split in splits(loaded)] == [8_500, 1_503, 3_080]
    assert len(loaded.classes) == 77
    assert np.bincount(loaded.test.labels).tolist() == [40] * 77
    with (course_data / "text/banking77/train.csv").open(encoding="utf-8", newline="") as stream:
        published = Counter(
            (" ".join(question.split()), intent)
            for question, intent in list(csv.reader(stream))[1:]
        )
    ours = Counter(
        (question, loaded.classes[label])
        for split in splits(loaded)[:2]
        for question, label in zip(split.texts, split.labels, strict=True)
    )
    assert ours == published


def test_is_a_damaged_file_of_the_local_folder_named(
    course_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One letter altered: an error naming the file, in spite of the fallback?"""
    folder = tmp_path / "text" / "banking77"
    folder.mkdir(parents=True)
    for part in ("train", "test"):
        raw = (course_data / f"text/banking77/{part}.csv").read_bytes()
        (folder / f"{part}.csv").write_bytes(raw.replace(b"card", b"cart", 1))
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(text.DataDamaged, match=r"banking77/train\.csv is damaged"):
        text.load()


def test_does_first_classes_keep_these_and_no_other() -> None:
    """first_classes(3): three names, the labels 0 to 2, every text of theirs; and one class?"""
    whole = text.load("python-reference")
    part = whole.first_classes(3)
    assert part.classes == whole.classes[:3]
    for few, all_texts in zip(splits(part), splits(whole), strict=True):
        assert set(few.labels.tolist()) == {0, 1, 2}
        assert len(few) == (all_texts.labels < 3).sum()
        labels = dict(zip(all_texts.texts, all_texts.labels, strict=True))
        assert [labels[sentence] for sentence in few.texts] == few.labels.tolist()
    assert len(whole.first_classes(99).train) == len(whole.train)
    with pytest.raises(ValueError, match="two classes"):
        whole.first_classes(1)


def test_are_words_split_as_a_reader_would() -> None:
    """Lower case, letters of any alphabet together, digits and marks one by one?"""
    assert text.words("Where's my card?") == ["where", "'", "s", "my", "card", "?"]
    assert text.words("  £20 für_x ") == ["£", "2", "0", "für", "_", "x"]
    assert text.words("") == []


def test_does_a_vocabulary_keep_the_frequent_words() -> None:
    """The most frequent first, ties by alphabet, single words left out, the size kept?"""
    texts = ["b a a a", "c b once"]
    assert Vocabulary([*texts, "c d d"], size=99, length=4).words[4:] == ("a", "b", "c", "d")
    assert Vocabulary(texts, size=5, length=4).words[4:] == ("a",)
    assert len(Vocabulary(texts, size=5, length=4)) == 5


def test_are_texts_encoded_to_one_length() -> None:
    """START first, unknown words marked, long texts cut, short ones padded?"""
    vocabulary = Vocabulary(["card card my my"], size=99, length=4)
    card, my = (vocabulary.words.index(word) for word in ("card", "my"))
    start, unknown, pad = Vocabulary.START, Vocabulary.UNKNOWN, Vocabulary.PAD
    got = vocabulary.encode(["My card", "my lost card my card", ""])
    assert got.dtype == np.int64
    assert got.tolist() == [
        [start, my, card, pad],
        [start, my, unknown, card],
        [start, pad, pad, pad],
    ]
    assert Vocabulary.MASK not in got
