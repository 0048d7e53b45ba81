"""The daily `reporting.completed`: when it is due, and what it may say. Time is given."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest

from streams.publish import Publisher
from streams.publish.daily import complete_through, last_due, parse_daily
from streams.publish.reports import DailyReports
from streams.publish.spool import Spool
from tests.unit.publish.spools import valid

ZONE = ZoneInfo("Asia/Shanghai")
SIX = time(18, 0)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}+08:00")


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def reports(spool: Spool, opened: str) -> DailyReports:
    return DailyReports(spool, "clinic:chengguan", SIX, ZONE, at(opened))


def given(spool: Spool) -> list[str]:
    """What the reports in the spool say, in UTC's and any zone the same moment."""
    found = [orjson.loads(event.value) for event in spool.oldest("clinic-events", 100)]
    return [event["data"]["through"] for event in found if event["type"] == "reporting.completed.v1"]


@pytest.mark.parametrize(
    ("now", "due"),
    [("02T18:00:00", "02T18:00:00"), ("02T17:59:59", "01T18:00:00"), ("02T23:59:59", "02T18:00:00")],
)
def test_it_is_due_at_that_time_of_the_local_day(now: str, due: str) -> None:
    assert last_due(at(now).astimezone(UTC), SIX, ZONE) == at(due)


@pytest.mark.parametrize("wrong", ["25:00", "six", "18:00+08:00"])
def test_what_is_no_time_of_day_is_told(wrong: str) -> None:
    with pytest.raises(ValueError, match="no time of day such as"):
        parse_daily(wrong)


def test_with_nothing_on_its_way_everything_up_to_now_was_sent() -> None:
    now = at("02T18:00:03")
    assert complete_through(at("02T18:00:00"), at("02T08:00:00"), None, now) == now


def test_while_something_older_is_on_its_way_nothing_is_said() -> None:
    owed, opened, now = at("02T18:00:00"), at("02T08:00:00"), at("02T21:00:00")
    assert complete_through(owed, opened, at("02T17:59:00"), now) is None
    assert complete_through(owed, opened, at("02T18:00:00"), now) is None


def test_what_was_given_later_and_is_on_its_way_ends_what_is_said() -> None:
    since = at("02T19:00:00")
    found = complete_through(at("02T18:00:00"), at("02T08:00:00"), since, at("02T21:00:00"))
    assert found == since - timedelta(milliseconds=1)


def test_a_program_that_was_not_there_when_it_became_due_says_no_more_than_was_asked() -> None:
    owed = at("02T18:00:00")
    assert complete_through(owed, at("03T08:00:00"), None, at("03T08:00:01")) == owed


def test_one_report_a_day_by_a_program_that_runs(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    daily = reports(spool, "02T08:00:00")
    for moment in ("02T17:59:59", "02T18:00:01", "02T18:00:02", "03T09:00:00", "03T18:00:05"):
        daily.look(at(moment))
    assert given(spool) == ["2026-03-02T18:00:01+08:00"]  # the first itself is on its way
    spool.remove([1])
    daily.look(at("03T18:00:06"))
    assert given(spool) == ["2026-03-03T18:00:06+08:00"]


def test_a_program_that_begins_after_the_time_waits_for_the_next_day(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    reports(spool, "02T19:00:00").look(at("02T19:00:01"))
    assert given(spool) == []


def test_a_report_that_was_owed_when_the_program_was_killed_is_given_by_the_next_one(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    (waiting,) = spool.add([valid("a", 1)], ms(at("02T17:00:00")))
    reports(spool, "02T08:00:00").look(at("02T18:00:01"))
    next_one = reports(spool, "03T08:00:00")
    next_one.look(at("03T08:00:01"))
    assert given(spool) == []
    spool.remove([waiting])
    next_one.look(at("03T08:00:02"))
    next_one.look(at("03T08:00:03"))
    assert given(spool) == ["2026-03-02T18:00:00+08:00"]
    reports(spool, "03T08:00:05").look(at("03T08:00:06"))
    assert len(given(spool)) == 1


def test_it_needs_a_spool_and_a_source(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs a spool"):
        Publisher("127.0.0.1:1", "clinic:a", report_daily_at="18:00")
    with pytest.raises(ValueError, match="say who is publishing"):
        Publisher("127.0.0.1:1", spool=tmp_path / "spool", report_daily_at="18:00")
