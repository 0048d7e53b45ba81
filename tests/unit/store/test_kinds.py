"""Dates and times as ClickHouse stores them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.store.kinds import days, millis


@given(st.dates(date(1970, 1, 1), date(2149, 6, 6)))
def test_a_date_is_the_days_since_1970(day: date) -> None:
    assert date(1970, 1, 1) + timedelta(days=days(day.isoformat())) == day


@given(st.integers(0, 4_102_444_799_999), st.integers(-14 * 60, 14 * 60))
def test_a_time_is_the_milliseconds_since_1970_whatever_its_offset(ticks: int, offset: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ticks)
    assert millis(moment.astimezone(timezone(timedelta(minutes=offset))).isoformat()) == ticks


def test_z_is_utc() -> None:
    assert millis("1970-01-01T00:00:01.002Z") == 1002


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="without an offset"):
        millis("2026-03-02T01:30:00")
