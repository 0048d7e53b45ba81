"""What waits in the park: how much of it, what is refused beyond that, and how it is let go."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest

from streams.intake.placing import MOST_RELEASED_A_STEP
from streams.topics import CHILD_EVENTS, STORE_ROWS
from streams.transport.port import Decision
from tests.support.builders import a_checkup, a_registration, a_source, subject_of
from tests.unit.intake.shard import Shard, attendance, link, retracted

MOST = 2_000  # the contract's bound
CENTER, CLINIC = a_source("center:yucai"), a_source("clinic:chengguan")
ANN = subject_of("ann")


def attendances(count: int) -> list[dict[str, Any]]:
    return [attendance(ANN, number) for number in range(count)]


def ids(events: list[dict[str, Any]]) -> list[str]:
    return [event["id"] for event in events]


def codes(shard: Shard) -> list[str]:
    return [dict(record.headers)["code"].decode() for record in shard.rejected()]


def test_the_first_record_beyond_the_bound_is_refused_and_counts_in_its_centre() -> None:
    shard, events = Shard(), attendances(MOST + 1)
    shard.send(CENTER)
    shard.send(*events[:MOST])
    assert codes(shard) == []
    (last,) = shard.send(events[MOST])
    assert codes(shard) == ["parking-overflow"]
    assert dict(shard.rejected()[0].headers)["origin"].decode() == f"center-events/0/{last.offset}"
    assert sorted(shard.counted()) == sorted(ids(events))
    assert shard.unlinked() == {(ANN, "center:yucai"): MOST}


@pytest.mark.parametrize("first", ["source", "events"])
def test_what_overflowed_counts_in_its_centre_whenever_the_source_is_registered(first: str) -> None:
    shard, events = Shard(), attendances(MOST + 30)
    for batch in ([CENTER], events) if first == "source" else (events, [CENTER]):
        shard.send(*batch)
        shard.runner.reload()
    assert sorted(shard.counted()) == sorted(ids(events))
    assert codes(shard) == ["parking-overflow"] * 30
    assert not [key for key in shard.runner.state if key.startswith(b"surplus/")]
    shard.send(CLINIC)
    shard.send(a_registration("ann"))
    assert len(shard.delivered()) == MOST + 1
    assert sorted(shard.counted()) == sorted(ids(events))


def test_a_clinics_surplus_counts_nowhere_and_is_not_kept() -> None:
    shard = Shard()
    shard.send(*(a_checkup("ann", "2026-01-02T09:00:00+08:00", recordid=f"V{n}") for n in range(MOST + 2)))
    assert codes(shard) == ["parking-overflow"] * 2
    assert len([key for key in shard.runner.state if key.startswith((b"parked/", b"surplus/"))]) == MOST


def test_further_revisions_of_parked_records_are_no_further_records() -> None:
    shard, events = Shard(), attendances(MOST)
    shard.send(CENTER, *events)
    shard.send(*({**event, "revision": 2, "id": f"again-{event['id']}"[:64]} for event in events))
    assert codes(shard) == []
    assert shard.unlinked() == {(ANN, "center:yucai"): MOST}


def test_sending_the_same_thing_again_and_again_changes_nothing() -> None:
    shard, event = Shard(), a_checkup("ann", "2026-01-02T09:00:00+08:00")
    first, *_ = shard.send(*[event] * 10_005)
    assert codes(shard) == []
    assert shard.unlinked() == {(ANN, "clinic:chengguan"): 1}
    shard.send(CLINIC, a_registration("ann"))
    (sent,) = [each for each in shard.sent(CHILD_EVENTS) if each.event.get("id") == event["id"]]
    assert (sent.meta["o"], sent.meta["a"]) == (f"clinic-events/0/{first.offset}", first.timestamp)


def test_of_the_same_bytes_the_publication_that_was_appended_first_is_kept() -> None:
    shard, event = Shard(), a_checkup("ann", "2026-01-02T09:00:00+08:00")
    first, second = shard.publish(event, event)
    shard.runner.positions["clinic-events"] = first.offset + 1
    shard.settle()
    shard.runner.positions["clinic-events"] = first.offset
    shard.settle()
    assert second.offset > first.offset
    shard.send(CLINIC, a_registration("ann"))
    origins = {e.meta["o"] for e in shard.sent(CHILD_EVENTS) if e.event.get("id") == event["id"]}
    assert origins == {f"clinic-events/0/{first.offset}"}


def test_many_parked_records_are_released_in_bounded_steps_across_a_restart() -> None:
    shard, events = Shard(), attendances(MOST)
    revised = [{**event, "revision": 2, "id": event["id"][::-1]} for event in events]
    shard.send(CENTER, CLINIC)
    shard.send(*events, *revised)
    shard.publish(a_registration("ann"))
    decisions = _decided(shard, "clinic-events")
    assert [decision.more for decision in decisions].count(True) >= 2
    assert max(map(_events_of, decisions)) <= MOST_RELEASED_A_STEP + 1
    assert sorted(shard.delivered()) == sorted([*ids(events), *ids(revised), a_registration("ann")["id"]])
    assert shard.unlinked() == {}


def _decided(shard: Shard, topic: str) -> list[Decision]:
    """Read a topic to its end; the stage is restarted after every transaction."""
    runner, taken = shard.runner, []
    records = shard.broker.logs[topic, 0][runner.positions[topic] :]
    runner.positions[topic] = shard.broker.end(topic, 0)
    more = bool(records)
    while more:
        decision = runner.stage.decide(records, runner.positions)
        taken.append(decision)
        runner.commit_one(decision)
        runner.restore()
        records, more = [], decision.more
    return taken


def _events_of(decision: Decision) -> int:
    return sum(output.topic == CHILD_EVENTS and b'"t":"event"' in (output.value or b"") for output in decision.outputs)


def test_a_retracted_record_waits_for_nothing() -> None:
    shard, event = Shard(), a_checkup("ann", "2026-01-02T09:00:00+08:00")
    shard.send(CLINIC, event)
    assert shard.unlinked() == {(ANN, "clinic:chengguan"): 1}
    shard.send(retracted(event))
    assert shard.unlinked() == {}
    shard.send({**event, "revision": 3})
    assert shard.unlinked() == {(ANN, "clinic:chengguan"): 1}


def test_the_retraction_may_come_first() -> None:
    shard, event = Shard(), a_checkup("ann", "2026-01-02T09:00:00+08:00")
    shard.send(CLINIC, retracted(event), event)
    assert shard.unlinked() == {}


def test_records_of_an_unregistered_clinic_wait_though_the_child_is_known() -> None:
    shard = Shard()
    shard.send(CLINIC, a_registration("ann"), a_checkup("ann", "2026-01-02T09:00:00+08:00", clinic="new"))
    assert shard.unlinked() == {(ANN, "clinic:new"): 1}
    shard.send(a_source("clinic:new"))
    assert shard.unlinked() == {}


def test_a_link_lets_go_what_waited_for_it() -> None:
    shard, alias = Shard(), subject_of("ann", "birth-cert")
    shard.send(CLINIC, a_checkup("", "2026-01-02T09:00:00+08:00", subject=alias))
    assert shard.unlinked() == {(alias, "clinic:chengguan"): 1}
    shard.send(link(alias, ANN))
    assert shard.unlinked() == {}


def test_the_order_of_subjects_in_a_source_s_release_is_of_no_account() -> None:
    shard = Shard()
    names = [f"child-{number}" for number in range(300)]
    events = [attendance(subject_of(name), number) for number, name in enumerate(names)]
    random.Random(4).shuffle(events)
    shard.send(*events)
    shard.send(CENTER)
    assert sorted(shard.counted()) == sorted(ids(events))


def parked_rows(shard: Shard) -> dict[tuple[str, int], str]:
    """(topic, offset) → id of every event that the store is told to wait."""
    rows: dict[tuple[str, int], tuple[int, str]] = {}
    for body in [row for record in shard.broker.all(STORE_ROWS, 1) for row in orjson.loads(record.value or b"")]:
        if body["table"] == "events":
            row, told = body["row"], "" if body["deleted"] else orjson.loads(body["row"]["raw"])["id"]
            named = (row["topic"], row["offset"])
            rows[named] = max(rows.get(named, (-1, "")), (body["version"], told))
    return {named: told for named, (_, told) in rows.items() if told}


def test_each_event_that_waits_is_told_in_full_and_no_longer_when_it_goes() -> None:
    shard = Shard()
    first, second = (a_checkup("ann", "2026-01-05T09:00:00+08:00", recordid=f"V{n}", id=f"e{n}") for n in (1, 2))
    shard.send(a_source("clinic:chengguan"), first)
    shard.send(second, first)
    assert sorted(parked_rows(shard).values()) == ["e1", "e2"]
    shard.runner.reload()
    shard.send(a_registration("ann"))
    assert parked_rows(shard) == {}
