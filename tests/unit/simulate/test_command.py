"""`huiyu simulate`: what it refuses, each in one line."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.support.commands import huiyu, one_line

TINY = ("--children", "10", "--days", "10")


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("not a folder")
    done = huiyu("simulate", "--out", str(tmp_path / "out"), *TINY)
    assert done.returncode == 1
    assert f"--out {tmp_path / 'out'} cannot be written" in one_line(done.stderr)


@pytest.mark.parametrize("until", ["0001-01-01", "9999-12-31", "1979-12-31", "1900-01-01"])
def test_a_day_that_no_county_can_end_on(until: str, tmp_path: Path) -> None:
    done = huiyu("simulate", "--out", str(tmp_path / "out"), *TINY, "--until", until)
    assert done.returncode == 1
    assert "1980-01-01" in one_line(done.stderr)


def test_a_county_of_tomorrow_would_be_refused_as_in_the_future(tmp_path: Path) -> None:
    tomorrow = date.today() + timedelta(days=2)  # noqa: DTZ011 - the machine's own day, as the command reads it
    done = huiyu("simulate", "--out", str(tmp_path / "out"), *TINY, "--until", tomorrow.isoformat())
    assert done.returncode == 1
    assert "time-in-future" in one_line(done.stderr)


def test_the_earliest_county_is_written(tmp_path: Path) -> None:
    done = huiyu("simulate", "--out", str(tmp_path / "out"), *TINY, "--until", "1980-01-01")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["events.jsonl", "faults.jsonl", "schedule.json", "truth/"])
def test_the_help_names_every_file_that_is_written(name: str) -> None:
    assert name in " ".join(huiyu("simulate", "--help").stdout.split())
