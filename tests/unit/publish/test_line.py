"""What goes into one round: one batch a partition, in order."""

from __future__ import annotations

from streams.publish.line import BATCH_BYTES, in_one_round
from streams.publish.spool import Spooled


def an_event(number: int, subject: str, size: int = 100) -> Spooled:
    return Spooled(number, subject, bytes(size))


def numbers(found: dict[int, list[Spooled]]) -> dict[int, list[int]]:
    return {partition: [event.number for event in events] for partition, events in found.items()}


def test_each_partition_has_its_events_in_order() -> None:
    events = [an_event(1, "a"), an_event(2, "b"), an_event(3, "a")]
    assert numbers(in_one_round(events, {"a": 0, "b": 7}.__getitem__)) == {0: [1, 3], 7: [2]}


def test_behind_the_first_that_no_longer_fits_nothing_goes_into_its_partition() -> None:
    half = BATCH_BYTES // 2
    events = [an_event(1, "a", half), an_event(2, "a", half), an_event(3, "a", 1), an_event(4, "b", 1)]
    assert numbers(in_one_round(events, {"a": 0, "b": 1}.__getitem__)) == {0: [1], 1: [4]}


def test_one_that_is_larger_than_a_round_goes_alone() -> None:
    events = [an_event(1, "a", 2 * BATCH_BYTES), an_event(2, "a", 1)]
    assert numbers(in_one_round(events, lambda _: 0)) == {0: [1]}
