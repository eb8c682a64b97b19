"""Fixtures that several tiers share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.labs import ROOT


def data_folder() -> Path | None:
    """The real data sets, where this machine has them: $COURSE_DATA or ../shared/data."""
    named = os.environ.get("COURSE_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    return folder if (folder / "mnist").is_dir() else None


@pytest.fixture
def course_data(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the real data sets, also set as COURSE_DATA; skips where there is none."""
    folder = data_folder()
    if folder is None:
        pytest.skip("the real data sets are not here: set COURSE_DATA to their folder")
    monkeypatch.setenv("COURSE_DATA", str(folder))
    return folder


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No data sets and no network: everything runs on the offline digits."""
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
