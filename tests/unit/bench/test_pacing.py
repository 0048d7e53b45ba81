"""The open-loop schedule and the percentiles of what was measured on it."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.bench.pacing import due, due_by, percentile

RATES = st.sampled_from([1.0, 7.0, 500.0, 2_500.0])


@given(RATES, st.integers(1, 5_000), st.integers(0, 6_000))
def test_an_event_is_due_from_its_moment_on_and_not_before(rate: float, total: int, number: int) -> None:
    if number >= total:
        assert due_by(due(number, rate), rate, total) == total
    else:
        assert due_by(due(number, rate), rate, total) == number + 1
        assert due_by(due(number, rate) - 0.5 / rate, rate, total) == number


def test_a_schedule_keeps_its_rate_however_late_it_is_looked_at() -> None:
    assert due_by(0.0, 500, 10_000) == 1
    assert due_by(4.0, 500, 10_000) == 2_001
    assert due_by(60.0, 500, 10_000) == 10_000


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1.0))
def test_a_percentile_is_the_least_value_that_covers_its_share(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-6
    assert sum(value < found for value in values) < share * len(values)


def test_the_median_of_an_odd_number_is_the_one_in_the_middle() -> None:
    values = [9.0, 1.0, 5.0, 7.0, 3.0]
    assert percentile(values, 0.5) == statistics.median(values)


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)
