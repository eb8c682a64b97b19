"""Is a late submission charged by the policy, and one in time never?"""

from __future__ import annotations

import os
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from grader import lateness
from grader.errors import UserError

DUE = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
POLICY = lateness.Policy(DUE, grace_minutes=15, per_day=0.1, at_most=0.35)


@pytest.mark.parametrize(
    ("late", "share"),
    [
        (timedelta(hours=-5), 0.0),
        (timedelta(minutes=15), 0.0),
        (timedelta(minutes=16), 0.1),
        (timedelta(hours=24), 0.1),
        (timedelta(hours=25), 0.2),
        (timedelta(days=30), 0.35),
    ],
)
def test_is_each_day_begun_charged_up_to_the_most(late, share):
    assert POLICY.share(DUE + late) == pytest.approx(share)


def test_is_an_unknown_moment_in_time():
    assert POLICY.share(None) == 0


def test_is_a_policy_file_read(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text("due = 2026-11-30T23:59:00+01:00\nper_day = 0.2\n")
    policy = lateness.read(path)
    assert policy.due == DUE and policy.per_day == 0.2 and policy.at_most == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("due = 2026-11-30T23:59:00", "zone"),
        ("per_day = 0.1", "due"),
        ("due = 2026-11-30T23:59:00Z\nper_dya = 1", "per_dya"),
        ("due = 2026-11-30T23:59:00Z\nper_day = -1", "per_day"),
        ("due = 2026-11-30T23:59:00Z\nat_most = 50", "at_most"),
        ("due = ", "cannot be read"),
    ],
)
def test_is_a_wrong_policy_one_sentence_that_names_the_field(tmp_path, text, said):
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=said):
        lateness.read(path)


def test_is_nbgraders_timestamp_taken_before_the_files_own(tmp_path):
    folder = tmp_path / "ann" / "09"
    folder.mkdir(parents=True)
    (folder / "09.ipynb").write_text("{}")
    os.utime(folder / "09.ipynb", (0, 0))
    assert lateness.submitted_at(tmp_path, "ann/09/09.ipynb") == datetime(1970, 1, 1, tzinfo=UTC)
    (folder / "timestamp.txt").write_text("2026-11-30 22:59:00.000000 UTC\n")
    assert lateness.submitted_at(tmp_path, "ann/09/09.ipynb") == DUE


def test_is_a_zip_members_time_read(tmp_path):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("ann.ipynb", (2026, 11, 30, 12, 0, 0)), "{}")
    assert lateness.submitted_at(path, "ann.ipynb").date() == datetime(2026, 11, 30).date()
