"""A small class for each lab to try the grader on: `python -m tests.demo_class FOLDER`.

They lie in `FOLDER/<lab>/submissions`. Three submissions are right (the reference, and two written
differently); the others hold answers of the corpus that are wrong, an untouched lab, and a file
that is no notebook.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from grader import notebooks
from grader.labs import LabFiles, all_labs
from tests.mutants.corpus import Answer, answers, with_answers


def main(folder: Path) -> None:
    """Write a class for every lab into `folder`, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    for lab in all_labs():
        _write_class(lab, folder / lab.number / "submissions")


def _write_class(lab: LabFiles, folder: Path) -> None:
    solution = notebooks.read(lab.solution)
    corpus = answers(lab.number)
    right = [answer for answer in corpus if answer.right]
    wrong = [answer for answer in corpus if not answer.right]
    notebooks.write(solution, folder / "reference.ipynb")
    for number, part in enumerate((right[::2], right[1::2]), 1):
        mine = _one_per_exercise(part)
        _write(solution, mine, folder / f"reference-written-differently-{number}.ipynb")
    for answer in _one_per_exercise(wrong)[::2]:
        _write(solution, [answer], folder / f"wrong-{answer.id}.ipynb")
    _write(solution, _one_per_exercise(wrong), folder / "wrong-in-every-exercise.ipynb")
    notebooks.write(notebooks.read(lab.lab), folder / "untouched-lab.ipynb")
    (folder / "not-a-notebook.ipynb").write_text("My answers are in the e-mail.\n")
    print(f"{len(list(folder.iterdir()))} submissions in {folder}")


def _one_per_exercise(corpus: list[Answer]) -> list[Answer]:
    return list({answer.exercise: answer for answer in reversed(corpus)}.values())


def _write(solution: notebooks.NotebookNode, part: list[Answer], path: Path) -> None:
    sources = {answer.exercise: answer.source for answer in part}
    notebooks.write(with_answers(solution, sources), path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
