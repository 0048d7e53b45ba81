"""Bugs planted in the stages, on the broker in memory: the checks of the property tests report each of them.

A bug is planted by replacing the one piece, here and nowhere else. Those that only a real broker or a real store shows
are in tests/integration/test_planted_shard.py and test_planted_rows.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from schemas.internal import unpack
from streams.intake import ticks
from streams.intake.draft import Draft
from streams.intake.home import home_partition
from streams.intake.stage import IntakeStage
from streams.timeline.emission import Emission
from streams.timeline.stage import TimelineStage
from streams.topics import CHILD_EVENTS, CLOCK, EXCHANGE, SOURCE_TOPICS
from streams.transport.batches import Batch
from streams.transport.port import Decision, Output, Record
from streams.transport.shard import Shard
from tests.integration.test_shard import Countdown, FirstRecord
from tests.property import test_intake_timeline, test_links, test_timeline_behind_intake
from tests.support.builders import a_checkup, a_registration, a_source, an_event
from tests.support.link_graphs import SUBJECTS, a_link
from tests.support.sent_on import SentOn, sent_on
from tests.support.simulated_broker import Runner, SimulatedBroker, tick

SEEDS = range(40)
CLINIC = "clinic:chengguan"
VISIT = a_checkup("ann", "2025-07-10T09:00:00+08:00", recordid="V")
TAKEN_BACK = an_event(
    "record.retracted",
    CLINIC,
    VISIT["subject"],
    {"kind": "checkup.recorded", "reason": "mistaken"},
    VISIT["time"],
    recordid="V",
    revision=9,
)


def is_reported(check: Callable[[int], None]) -> bool:
    """True when the check fails for a seed."""
    for seed in SEEDS:
        try:
            check(seed)
        except AssertionError:
            return True
    return False


# What the checks are shown.
@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis takes notes of examples, but not outside of a property."""
    monkeypatch.setattr(test_timeline_behind_intake, "event", lambda _: None)


def tables_are_the_truth(seed: int) -> None:
    """The check of what each child's tables are; a visit is taken back in them."""
    check = test_timeline_behind_intake.test_each_childs_tables_are_what_the_calendar_says_of_its_own_records
    events = [a_source(CLINIC, cadence="irregular"), a_registration("ann", recordid="R"), VISIT, TAKEN_BACK]
    check.hypothesis.inner_test(events, "2025-12-20", seed)


def nobody_is_alerted_too_early(seed: int) -> None:
    """The check of alerts about what was published before the tick."""
    check = test_timeline_behind_intake.test_nobody_is_alerted_about_what_was_published_before_the_tick_and_is_still_on_its_way  # noqa: E501 - a sentence
    check.hypothesis.inner_test([VISIT], [], ["2025-07-14", "2025-08-20"], seed)


def records_are_with_their_child(seed: int) -> None:
    """The check of intake and timeline with a linked registration."""
    check = test_intake_timeline.test_the_child_of_a_linked_registration_has_all_its_records
    check.hypothesis.inner_test(test_intake_timeline.ALWAYS, seed)


def no_tick_passes_a_chain(seed: int) -> None:
    """The check of alerts while links are followed: the visit that was due is the child's by a chain of three."""
    a, b, c = SUBJECTS[:3]
    links = [a_link(a, b, recordid="L1"), a_link(b, c, recordid="L2")]
    visit = a_checkup("", "2026-01-15T09:00:00+08:00", subject=c)
    check = test_links.test_no_tick_passes_what_links_published_before_it_set_in_motion
    check.hypothesis.inner_test([a_registration("") | {"subject": a}, *links, visit], ["2026-01-20"], seed)


CHECKS = (tables_are_the_truth, nobody_is_alerted_too_early, records_are_with_their_child, no_tick_passes_a_chain)


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_is_reported_of_what_is_sound(check: Callable[[int], None], quiet: None) -> None:
    assert not is_reported(check)


# Memory that is changed before the commit.
def eager(sound: type[Any]) -> type[Any]:
    """Planted: a stage that remembers what it decided before that was committed."""

    class Eager(sound):  # type: ignore[misc]
        def decide(self, records: Sequence[Record], positions: Mapping[str, int]) -> Decision:
            decision = super().decide(records, positions)
            decision.install()
            return Decision(decision.outputs, decision.changes, more=decision.more)

    return Eager


@pytest.mark.parametrize("stage", [IntakeStage, TimelineStage])
def test_a_stage_that_remembers_before_the_commit_is_reported(
    stage: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_intake_timeline, stage.__name__, eager(stage))
    assert is_reported(records_are_with_their_child)


class Failing(Shard):
    """Its transactions fail."""

    async def _write(self, outputs: Sequence[Output]) -> None:
        raise ConnectionError


class EagerShard(Failing):
    """Planted: puts the memory in place, then commits."""

    async def _commit(self, decision: Decision, positions: dict[str, int]) -> None:
        decision.install()
        await super()._commit(Decision(decision.outputs, decision.changes, more=decision.more), positions)


@pytest.mark.parametrize(("kind", "left"), [(Failing, 0), (EagerShard, 2)])
async def test_memory_after_a_failed_commit_tells_a_sound_shard_from_an_eager_one(kind: type[Shard], left: int) -> None:
    shard = kind("timeline", 0, (CHILD_EVENTS,), "nowhere:1", lambda _: Countdown())
    shard.next = {CHILD_EVENTS: 0}
    batch = Batch([FirstRecord()])
    batch.start, batch.end = 0, 1
    with pytest.raises(ConnectionError):
        await shard.process([(CHILD_EVENTS, batch)])
    assert isinstance(shard.stage, Countdown)
    assert (shard.stage.left, shard.next) == (left, {CHILD_EVENTS: 0})


# Rows.
def plant_in_rows(monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
    sound = Emission._write

    def write(self: Emission, topic: str, key: str, body: dict[str, Any]) -> None:
        changed = change(body)
        if changed is not None:
            sound(self, topic, key, changed)

    monkeypatch.setattr(Emission, "_write", write)


def test_rows_without_versions_are_reported(monkeypatch: pytest.MonkeyPatch, quiet: None) -> None:
    plant_in_rows(monkeypatch, lambda body: body | {"version": 0})
    assert is_reported(tables_are_the_truth)


def test_a_tombstone_that_is_left_out_is_reported(monkeypatch: pytest.MonkeyPatch, quiet: None) -> None:
    plant_in_rows(monkeypatch, lambda body: None if body.get("deleted") else body)
    assert is_reported(tables_are_the_truth)


# Ticks.
def plant_in_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: ticks are passed on at once, whatever was read."""
    monkeypatch.setattr(ticks, "_is_read", lambda _tick, _positions: True)


def a_tick_that_is_read_before_its_event(restarted: bool = False) -> SentOn:
    """The books of one partition that reads the clock first, and the event that came before the tick after it."""
    broker = SimulatedBroker()
    intake = Runner(broker, (*SOURCE_TOPICS, CLOCK, EXCHANGE), 0, lambda p: IntakeStage(p, 1))
    source, event = a_source(CLINIC), a_registration("ann", id="ann")
    broker.append("registry-events", 0, source["subject"].encode(), orjson.dumps(source))
    for topic in ("registry-events", EXCHANGE):
        intake.read(topic)
    appended = broker.append("clinic-events", 0, event["subject"].encode(), orjson.dumps(event)).timestamp
    tick(broker, 1, datetime.fromtimestamp((appended + 1) / 1000, UTC))
    for topic in (CLOCK, "clinic-events"):
        intake.read(topic)
        if restarted:
            intake.reload()
        while EXCHANGE in intake.behind():
            intake.read(EXCHANGE)
    assert not intake.behind()
    return sent_on(broker.all(CHILD_EVENTS, 1), 1, {"ann": appended / 1000})


@pytest.mark.parametrize("restarted", [False, True])
def test_a_tick_that_is_held_is_behind_its_event(restarted: bool) -> None:
    found = a_tick_that_is_read_before_its_event(restarted)
    assert found.differences(["ann"]) == []
    assert found.finals.isdisjoint({"never", ""}), "the tick came through"


def test_a_tick_that_overtakes_an_event_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    plant_in_ticks(monkeypatch)
    assert a_tick_that_is_read_before_its_event().differences(["ann"]) == ["ann: behind its tick"]


def test_alerts_of_a_tick_that_overtakes_are_reported(monkeypatch: pytest.MonkeyPatch, quiet: None) -> None:
    plant_in_ticks(monkeypatch)
    assert is_reported(nobody_is_alerted_too_early)


def test_a_tick_that_does_not_wait_for_links_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: what a partition made others send is not told."""
    monkeypatch.setattr(Draft, "stir", lambda _draft: None)
    assert is_reported(no_tick_passes_a_chain)


def test_held_ticks_that_are_kept_in_memory_only_are_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a held tick is no state."""

    def hold(draft: Draft, offset: int, value: bytes) -> None:
        draft.held[b"%d" % offset] = orjson.loads(value)

    monkeypatch.setattr(ticks, "hold", hold)
    monkeypatch.setattr(Draft, "let_go", lambda draft, name: draft.held.pop(name))
    assert a_tick_that_is_read_before_its_event(restarted=True).finals == {"never"}


def test_what_was_read_before_a_tick_is_sent_ahead_of_it_in_the_same_step() -> None:
    broker = SimulatedBroker()
    intake = Runner(broker, (*SOURCE_TOPICS, CLOCK, EXCHANGE), 0, lambda p: IntakeStage(p, 2))
    astray = next(e for n in range(9) if home_partition((e := a_registration(f"child {n}"))["subject"], 2) == 1)
    record = broker.append("clinic-events", 0, astray["subject"].encode(), orjson.dumps(astray))
    tick(broker, 2, datetime(2026, 6, 1, tzinfo=UTC))
    tick(broker, 2, datetime(2026, 6, 2, tzinfo=UTC))
    read = [*broker.logs[CLOCK, 0], record]
    decision = intake.stage.decide(read, intake.positions | {"clinic-events": 1, CLOCK: 2})
    told = [unpack(output.value or b"")[0] for output in decision.outputs if output.partition == 1]
    assert [meta["t"] for meta in told] == ["event", "tick"], "the newest tick stands for the older one"
    assert told[-1]["at"].startswith("2026-06-02")
