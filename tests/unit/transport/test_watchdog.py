"""What the watchdog takes for a process that has stopped; time is only what it is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka import TopicPartition

from streams.transport.group import given_to
from streams.transport.watchdog import (
    LIMIT_S,
    InputIsTaken,
    LoopTurns,
    PartitionsAreAssigned,
    Rule,
    Seen,
    ShardsOpen,
    broken,
)

LATE = LIMIT_S + 1


def all_rules() -> list[Rule]:
    return [LoopTurns(), ShardsOpen(), InputIsTaken(), PartitionsAreAssigned()]


def test_a_loop_that_stands_still_is_told_from_one_that_turns() -> None:
    assert LoopTurns().broken(LATE, Seen(turned=0)) == "the event loop stands still"
    assert LoopTurns().broken(LATE, Seen(turned=LATE - 1)) is None


def test_a_shard_may_open_slowly_but_not_for_ever() -> None:
    assert ShardsOpen().broken(LATE, Seen(turned=LATE, opening_since=0)) == "a shard does not open"
    assert ShardsOpen().broken(LATE, Seen(turned=LATE, opening_since=2)) is None
    assert ShardsOpen().broken(LATE, Seen(turned=LATE)) is None


def test_input_that_waits_while_nothing_is_committed_ends_the_process() -> None:
    rule = InputIsTaken()
    assert rule.broken(0, Seen(turned=0, waiting={"a": 7})) is None
    assert rule.broken(LIMIT_S, Seen(turned=0, waiting={"a": 7})) is None
    assert rule.broken(LATE, Seen(turned=0, waiting={"a": 7})) == "input waits and nothing is committed"


def test_that_other_partitions_get_on_does_not_hide_the_one_that_stands() -> None:
    rule = InputIsTaken()
    verdicts = [rule.broken(at * LATE, Seen(turned=0, waiting={"a": 7, "b": at})) for at in range(2)]
    assert verdicts == [None, "input waits and nothing is committed"]


@pytest.mark.parametrize("sound", [Seen(turned=0, waiting={"a": 8}), Seen(turned=0)])
def test_one_step_or_one_moment_without_waiting_input_begins_the_count_anew(sound: Seen) -> None:
    rule = InputIsTaken()
    waits = Seen(turned=0, waiting=sound.waiting or {"a": 7})
    rule.broken(0, Seen(turned=0, waiting={"a": 7}))
    rule.broken(LIMIT_S, sound)
    rule.broken(LIMIT_S + 1, waits)
    assert rule.broken(LIMIT_S + LIMIT_S, waits) is None
    assert rule.broken(LATE + LATE, waits) is not None


def test_a_process_without_partitions_ends_when_some_have_no_owner() -> None:
    rule = PartitionsAreAssigned()
    assert rule.broken(0, Seen(turned=0, left_out=True)) is None
    assert rule.broken(LATE, Seen(turned=0, left_out=True)) == "nothing is assigned, and partitions have no owner"


@given(st.lists(st.floats(0.1, LIMIT_S), min_size=1, max_size=50))
def test_a_process_that_commits_between_any_two_looks_is_never_ended(pauses: list[float]) -> None:
    rules, now = all_rules(), 0.0
    for commits, pause in enumerate(pauses, 1):
        now += pause
        assert broken(rules, now, Seen(turned=now, opening_since=now, waiting={"a": commits})) is None


@given(st.lists(st.floats(0.1, LIMIT_S), min_size=1, max_size=50))
def test_a_process_with_nothing_to_do_is_never_ended(pauses: list[float]) -> None:
    rules, now = all_rules(), 0.0
    for pause in pauses:
        now += pause
        assert broken(rules, now, Seen(turned=now)) is None


@pytest.mark.parametrize("nothing", ["", None])
def test_members_that_join_just_now_own_nothing(nothing: str | None) -> None:
    """As kafka-python tells them, which decodes an assignment only when there is one."""
    given = {"assigned_partitions": [{"topic": "child-events", "partitions": [0, 2]}], "user_data": ""}
    members = [{"member_assignment": nothing}, {"member_assignment": given}]
    assert given_to(members) == {TopicPartition("child-events", 0), TopicPartition("child-events", 2)}
