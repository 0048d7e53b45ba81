"""A stage's pace from samples of its backlog."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.bench.progress import Sample, pace


@given(rate=st.integers(100, 50_000), start=st.floats(0, 30), load=st.floats(0, 30), seconds=st.integers(2, 60))
def test_a_steady_stage_has_its_rate_however_long_it_took_to_start(
    rate: int, start: float, load: float, seconds: int
) -> None:
    first = start + load
    samples = [Sample(start, 0, 0.1)]
    samples += [
        Sample(first + n * 0.5, min(rate * seconds, 1 + rate * n // 2), 3.0 + n * 0.25) for n in range(2 * seconds + 1)
    ]
    found = pace(samples, rate * seconds, begun=start)
    assert found.rate(rate * seconds) == pytest.approx(rate, rel=0.02)
    assert found.cpu_us(rate * seconds) == pytest.approx(0.5e6 / rate, rel=0.02)


def test_what_was_done_when_first_looked_at_does_not_count() -> None:
    samples = [Sample(10.0, 0, 2.0), Sample(11.0, 400, 3.0), Sample(14.0, 1_000, 5.4)]
    found = pace(samples, 1_000, begun=5.0)
    assert found.rate(2_000) == pytest.approx(400)
    assert found.cpu_us(2_000) == pytest.approx(2_000)


def test_a_backlog_that_is_gone_at_the_first_look_is_measured_with_the_start() -> None:
    found = pace([Sample(7.0, 0, 1.0), Sample(9.0, 50, 1.5)], 50, begun=5.0)
    assert found.rate(50) == pytest.approx(12.5)
    assert found.cpu_us(50) == pytest.approx(30_000)
