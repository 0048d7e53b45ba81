"""Moments as text: what is remembered says the same as what is worked out anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from streams.clock.moments import utc_text, utc_text_of, utc_text_of_ms

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(st.integers(0, 4_102_444_799_999))
def test_milliseconds_are_the_text_of_their_moment(ms: int) -> None:
    assert utc_text_of_ms(ms) == utc_text(EPOCH + timedelta(milliseconds=ms))


@given(st.integers(0, 4_102_444_799_999_999), st.integers(-14 * 60, 14 * 60), st.booleans())
def test_a_time_with_any_offset_is_the_text_of_its_moment(micros: int, offset: int, small: bool) -> None:
    moment = (EPOCH + timedelta(microseconds=micros)).astimezone(timezone(timedelta(minutes=offset)))
    text = moment.isoformat().lower() if small else moment.isoformat()
    assert utc_text_of(text) == utc_text(moment)


def test_text_order_is_time_order_within_a_second() -> None:
    assert [utc_text_of_ms(ms) for ms in (1_772_415_000_007, 1_772_415_000_070)] == [
        "2026-03-02T01:30:00.007Z",
        "2026-03-02T01:30:00.070Z",
    ]
