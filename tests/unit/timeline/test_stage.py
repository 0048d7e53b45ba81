"""The stage around the child: watermarks, facts, routes, limits, versions, what it remembers and what it must not."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
import pytest

from schemas.internal import pack, unpack
from streams.store_rows import unpacked
from streams.timeline.kept import handed_over
from streams.transport.port import Decision, Output, partition_of
from tests.support.builders import a_checkup, a_registration, a_source, an_event, child_of, subject_of
from tests.unit.timeline.shard import Shard, bodies_of, event_message, marker, route, watermark

ANN, BO = child_of(subject_of("ann")), child_of(subject_of("bo"))
ALIAS = subject_of("a certificate", "birth-cert")


def attendance(recordid: str, day: str = "2025-12-01", status: str = "present") -> dict[str, Any]:
    data = {"center_id": "yucai", "class_id": "c1", "date": day, "status": status}
    at = f"{day}T08:00:00+08:00"
    return an_event("attendance.recorded", "center:yucai", subject_of("ann"), data, at, recordid=recordid)


def retraction(event: dict[str, Any], revision: int) -> dict[str, Any]:
    data = {"kind": event["type"].removesuffix(".v1"), "reason": "mistaken"}
    more = {"recordid": event["recordid"], "revision": revision}
    at = "2026-01-01T08:00:00+08:00"
    return an_event("record.retracted", event["source"], event["subject"], data, at, **more)


def of_the_store(decision: Decision) -> list[Output]:
    """What a decision tells to others than the fold of centres."""
    return [output for output in decision.outputs if output.topic != "facility-events"]


def with_ann(partitions: int = 1) -> Shard:
    shard = Shard(partitions)
    shard.send(event_message(a_registration("ann", "2025-06-01", recordid="R")))
    return shard


def now_of(shard: Shard) -> list[str]:
    return [row["now"] for row in shard.tables.of("watermarks")]


# watermarks
def test_now_is_undefined_until_every_partition_of_intake_was_heard() -> None:
    shard = with_ann(partitions=3)
    shard.send(watermark("2025-10-05", 0), watermark("2025-10-05", 1))
    assert (now_of(shard), shard.tables.of("alerts")) == ([], [])
    shard.send(watermark("2025-10-05", 2))
    assert (now_of(shard), len(shard.tables.of("alerts"))) == (["2025-10-05T04:00:00.000Z"], 1)


def test_now_is_the_least_of_all_and_never_goes_back() -> None:
    shard = with_ann(partitions=2)
    shard.send(watermark("2025-10-05", 0), watermark("2025-12-01", 1))
    assert now_of(shard) == ["2025-10-05T04:00:00.000Z"]
    shard.send(watermark("2025-10-01", 0), watermark("2025-10-01", 1))
    assert now_of(shard) == ["2025-10-05T04:00:00.000Z"]
    shard.send(watermark("2026-01-01", 0))
    assert now_of(shard) == ["2025-12-01T04:00:00.000Z"]


def test_a_record_in_front_of_a_watermark_counts_before_it_takes_effect() -> None:
    shard = with_ann()
    checkup = event_message(a_checkup("ann", "2025-09-02T09:00:00+08:00"))
    shard.send(checkup, watermark("2025-10-05"))
    assert shard.tables.history == []


def test_a_tick_of_the_same_day_looks_at_no_child() -> None:
    shard = with_ann()
    shard.send(watermark("2025-10-05T04:00:00.000Z"))
    decision = shard.send(watermark("2025-10-05T05:00:00.000Z"))
    assert [row.table for output in of_the_store(decision) for row in unpacked(output.value or b"")] == ["watermarks"]


def test_a_tick_looks_only_at_children_whose_date_has_come() -> None:
    shard = with_ann()
    shard.send(event_message(a_registration("bo", "2025-06-02")), watermark("2025-08-17"))
    decision = shard.send(watermark("2025-08-18"))
    told = [body for output in of_the_store(decision) for body in bodies_of(output.topic, output.value)]
    assert {body["row"]["child_id"] for body in told if body.get("table") != "watermarks"} == {ANN}


# what is told
def test_a_duplicate_says_nothing() -> None:
    shard = with_ann()
    shard.send(event_message(attendance("A-1"), number=1))
    again = shard.send(event_message(attendance("A-1"), number=2))
    assert (again.outputs, again.changes) == ([], {})


def test_a_row_is_told_once_a_decision_however_often_it_changed_in_it() -> None:
    shard = with_ann()
    versions = [attendance("A-1", status=status) | {"revision": n} for n, status in ((1, "absent"), (2, "present"))]
    decision = shard.send(*(event_message(event) for event in versions))
    [output] = decision.outputs
    body = orjson.loads(output.value or b"")
    assert (body["version"], body["row"]["revision"], output.topic) == (2, 2, "timeline-entries")


def test_a_deletion_carries_the_row_as_it_was_shown() -> None:
    shard = with_ann()
    shard.send(event_message(attendance("A-1")))
    [shown] = [row for row in shard.tables.of("timeline") if row["record_id"] == "A-1"]
    data = {"kind": "attendance.recorded", "reason": "mistaken"}
    gone = an_event(
        "record.retracted",
        "center:yucai",
        subject_of("ann"),
        data,
        "2026-01-01T08:00:00+08:00",
        recordid="A-1",
        revision=2,
    )
    [output] = shard.send(event_message(gone)).outputs
    assert orjson.loads(output.value or b"") == {"version": 2, "deleted": True, "row": shown}


def test_accepted_at_is_the_append_time_of_what_made_it_visible() -> None:
    shard = Shard()
    registration, checkup = a_registration("ann"), a_checkup("ann", "2025-09-02T09:00:00+08:00", recordid="V")
    shard.send(event_message(registration, number=70_000), event_message(checkup, number=5_000, visible=70_000))
    assert {row["accepted_at"] for row in shard.tables.of("timeline")} == {"2026-06-01T00:01:10.000Z"}


# what is remembered
def test_a_decision_changes_nothing_until_it_is_installed() -> None:
    shard = with_ann()
    batch = shard.records([event_message(attendance("A-1")), watermark("2025-10-05")])
    tried, again = shard.stage.decide(batch, {}), shard.stage.decide(batch, {})
    assert (tried.outputs, tried.changes) == (again.outputs, again.changes)
    assert tried.outputs != []


def test_a_restarted_stage_tells_nothing_and_goes_on() -> None:
    shard = with_ann()
    shard.send(event_message(attendance("A-1")), watermark("2025-10-05"))
    told = shard.tables.of("alerts")
    shard.restart()
    shard.send(watermark("2025-10-06"))
    assert shard.tables.of("alerts") == told
    shard.send(watermark("2025-11-17"))
    assert [row["state"] for row in shard.tables.of("alerts")] == ["escalated"]


def test_facts_are_kept_and_the_stronger_revision_of_each() -> None:
    shard = Shard()
    source = a_source("clinic:chengguan") | {"recordid": "S"}
    weekly = source | {"revision": 2, "data": {"side": "clinic", "cadence": "weekly"}, "id": "2"}
    for event in (source, weekly, source | {"id": "3"}):
        _, value = event_message(event)
        shard.send((event["subject"].encode(), value.replace(b'"event"', b'"fact"', 1)))
    [held] = [value for key, value in shard.state.items() if key.startswith(b"f/")]
    assert orjson.loads(unpack(held)[1])["data"]["cadence"] == "weekly"
    shard.restart()
    assert shard.send(watermark("2025-10-05")).outputs


def test_a_message_of_an_unknown_kind_ends_the_stage_and_names_only_where_it_lies() -> None:
    with pytest.raises(ValueError, match="child-events/0/0: no message of kind 'tock'"):
        Shard().send((ANN.encode(), pack({"t": "tock", "subject": subject_of("ann")})))


def test_a_state_key_of_an_unknown_kind_ends_the_stage() -> None:
    shard = Shard()
    shard.state[b"z/1"] = b"1"
    with pytest.raises(ValueError, match="state keys"):
        shard.restart()


# unlinked subjects
def test_records_of_a_child_that_is_not_registered_are_listed_until_it_is() -> None:
    shard = Shard()
    early, late = (a_checkup("ann", f"2025-0{month}-02T09:00:00+08:00", recordid=str(month)) for month in (8, 9))
    shard.send(event_message(late, number=2_000), event_message(early, number=1_000))
    assert shard.tables.of("unlinked") == [
        {
            "subject": subject_of("ann"),
            "source": "clinic:chengguan",
            "writer": "timeline",
            "partition": 0,
            "records": 2,
            "first_at": "2026-06-01T00:00:01.000Z",
            "last_at": "2026-06-01T00:00:02.000Z",
        }
    ]
    shard.send(event_message(a_registration("ann"), number=3_000))
    assert (shard.tables.of("unlinked"), len(shard.tables.of("timeline"))) == ([], 3)


def test_a_retracted_record_waits_for_nobody() -> None:
    shard = Shard()
    visits = {m: a_checkup("ann", f"2025-0{m}-02T09:00:00+08:00", recordid=str(m)) for m in (8, 9)}
    for number, (visit, revision) in enumerate(((visits[8], 2), (visits[9], 2)), 1):
        shard.send(event_message(visit, number=number * 1_000))
        assert [row["records"] for row in shard.tables.of("unlinked")] == [1]
        shard.send(event_message(retraction(visit, revision), number=number * 1_000 + 500))
        assert shard.tables.of("unlinked") == []
    shard.restart()
    shard.send(event_message(visits[8] | {"revision": 3}, number=5_000))
    [row] = shard.tables.of("unlinked")
    assert (row["records"], row["first_at"], row["last_at"]) == (1, *["2026-06-01T00:00:05.000Z"] * 2)


def test_a_retraction_is_seen_however_its_json_was_written() -> None:
    shard = Shard()
    visit = a_checkup("ann", "2025-08-02T09:00:00+08:00", recordid="8")
    key, value = event_message(retraction(visit, 2))
    shard.send((key, value.replace(b"record.retracted", b"record.\\u0072etracted")))
    assert shard.tables.of("unlinked") == []


def test_a_subject_that_moves_between_two_waiting_children_in_one_batch_is_listed_once() -> None:
    shard = Shard()
    old, new, checkup = "f" * 32, "0" * 32, a_checkup("", "2025-09-02T09:00:00+08:00", subject=ALIAS, recordid="V")
    shard.send(event_message(checkup, child=old))
    other = a_checkup("", "2025-12-02T09:00:00+08:00", subject=ALIAS, recordid="W")
    arrived = event_message(other, child=new, number=5_000)
    shard.send(route(ALIAS, 1, new, told=old), route(ALIAS, 1, new, told=new), arrived)
    assert [row["first_at"] for row in shard.tables.of("unlinked")] == ["2026-06-01T00:00:05.000Z"]
    [handed_over] = shard.tables.sent_on
    shard.send((handed_over.key or b"", handed_over.value or b""))
    assert [row["records"] for row in shard.tables.of("unlinked")] == [2]


# routes
def test_a_child_hands_over_what_it_holds_and_what_comes_later() -> None:
    shard = with_ann()
    first, late = (a_checkup("", f"2025-0{m}-02T09:00:00+08:00", subject=ALIAS, recordid=str(m)) for m in (8, 9))
    message = event_message(first, child=ANN, number=1)
    shard.send(message)
    shard.send(route(ALIAS, 2, BO, told=ANN))
    assert [row["kind"] for row in shard.tables.of("timeline")] == ["child.registered"]
    shard.restart()
    shard.send(event_message(late, child=ANN, number=2))
    assert [(o.key, o.partition) for o in shard.tables.sent_on] == [(BO.encode(), partition_of(BO, 1))] * 2
    assert shard.tables.sent_on[0].value == handed_over(message[1], 0)
    assert [row["kind"] for row in shard.tables.of("timeline")] == ["child.registered"]


def test_an_older_route_that_comes_late_changes_nothing() -> None:
    shard = with_ann()
    shard.send(route(ALIAS, 3, ANN, told=ANN), route(ALIAS, 2, BO, told=ANN))
    shard.send(event_message(a_checkup("", "2025-09-02T09:00:00+08:00", subject=ALIAS), child=ANN))
    assert (len(shard.tables.of("timeline")), shard.tables.sent_on) == (2, [])


def test_a_record_handed_over_keeps_the_note_that_its_revision_had_two_contents() -> None:
    shard, other = with_ann(), Shard()
    for weight in (8.1, 8.2):
        event = a_checkup("", "2025-09-02T09:00:00+08:00", subject=ALIAS, recordid="V", weight_kg=weight)
        shard.send(event_message(event, child=ANN))
    shard.send(route(ALIAS, 1, BO, told=ANN))
    other.send(event_message(a_registration("bo")), *((o.key or b"", o.value or b"") for o in shard.tables.sent_on))
    assert [row["flags"] for row in other.tables.of("timeline") if row["record_id"] == "V"] == [
        ["equal-revision-conflict"]
    ]


def sent_on(shard: Shard) -> list[tuple[bytes, bytes]]:
    return [(output.key or b"", output.value or b"") for output in shard.tables.sent_on]


def test_a_marker_follows_what_is_handed_over_also_when_that_is_nothing() -> None:
    shard, visit = with_ann(), a_checkup("", "2025-09-02T09:00:00+08:00", subject=ALIAS)
    shard.send(event_message(visit, child=ANN, number=1))
    shard.send(route(ALIAS, 2, BO, told=ANN, before=ANN))
    moved = (BO.encode(), handed_over(event_message(visit, child=ANN, number=1)[1], 0))
    assert sent_on(shard) == [moved, marker(ALIAS, 2, BO)]
    shard.send(route(ALIAS, 4, BO, told=ANN, before=ANN))
    assert sent_on(shard)[2:] == [marker(ALIAS, 4, BO)]


def test_no_alert_is_raised_while_a_subjects_records_are_on_their_way() -> None:
    shard, visit = with_ann(), a_checkup("", "2025-09-02T09:00:00+08:00", subject=ALIAS)
    shard.send(route(ALIAS, 2, ANN, told=ANN, before=BO))
    shard.send(watermark("2025-10-05"))
    assert (shard.tables.history, shard.tables.rows["milestones"][ANN, "m3"]["status"]) == ([], "overdue")
    shard.restart()
    shard.send(watermark("2025-10-06"), event_message(visit, child=ANN))
    shard.send(marker(ALIAS, 2, ANN))
    assert shard.tables.history == []
    shard.send(watermark("2025-12-01"))
    assert [key for key in shard.state if key.startswith(b"m/")] == []


def test_an_alert_that_waited_is_raised_when_the_marker_has_come() -> None:
    shard = with_ann()
    shard.send(route(ALIAS, 2, ANN, told=ANN, before=BO), watermark("2025-10-05"))
    shard.restart()
    shard.send(marker(ALIAS, 2, ANN))
    assert [(told["milestone"], told["state"]) for told in shard.tables.history] == [("m3", "open")]


def test_a_child_that_awaits_a_subject_sends_it_on_before_its_own_marker() -> None:
    shard, visit, cy = with_ann(), a_checkup("", "2025-09-02T09:00:00+08:00", subject=ALIAS), "c" * 32
    shard.send(route(ALIAS, 1, ANN, told=ANN, before=cy))
    shard.send(route(ALIAS, 2, BO, told=ANN, before=ANN))
    shard.restart()
    late = event_message(visit, child=ANN)
    shard.send(late)
    assert sent_on(shard) == [(BO.encode(), handed_over(late[1], 0))]
    shard.send(marker(ALIAS, 1, ANN))
    assert sent_on(shard)[1:] == [marker(ALIAS, 2, BO)]
    assert [key for key in shard.state if key.startswith(b"m/")] == []


def test_a_subject_that_comes_back_is_awaited_from_where_it_was() -> None:
    shard = with_ann()
    shard.send(route(ALIAS, 1, BO, told=ANN, before=ANN), route(ALIAS, 2, ANN, told=ANN, before=BO))
    shard.send(watermark("2025-10-05"))
    assert (sent_on(shard), shard.tables.history) == ([marker(ALIAS, 1, BO)], [])
    shard.send(marker(ALIAS, 2, ANN))
    assert [told["state"] for told in shard.tables.history] == ["open"]


def test_a_child_of_whom_nothing_is_left_is_forgotten() -> None:
    shard = Shard()
    shard.send(event_message(a_checkup("", "2025-09-02T09:00:00+08:00", subject=ALIAS), child=ANN))
    shard.send(route(ALIAS, 1, BO, told=ANN))
    assert [key for key in shard.state if key.startswith((b"r/", b"s/", b"a/"))] == []


def test_one_record_sent_under_two_subjects_of_a_child_is_one_row_with_a_note() -> None:
    shard = with_ann()
    for subject in (subject_of("ann"), ALIAS):
        event = a_checkup("", "2025-09-02T09:00:00+08:00", subject=subject, recordid="V")
        shard.send(event_message(event, child=ANN))
    assert [row["flags"] for row in shard.tables.of("timeline") if row["record_id"] == "V"] == [
        ["equal-revision-conflict"]
    ]


# too many records
def test_beyond_twenty_thousand_records_a_child_takes_no_new_one_but_still_revisions() -> None:
    shard = with_ann()
    for start in range(1, 20_000, 4_000):
        shard.send(*(event_message(attendance(str(n))) for n in range(start, min(start + 4_000, 20_000))))
    assert (len(shard.tables.of("timeline")), shard.tables.rejected) == (20_000, [])
    surplus = attendance("one too many")
    key, value = event_message(surplus, number=7)
    shard.send((key, value), event_message(attendance("5", status="absent") | {"revision": 2}))
    [rejected] = shard.tables.rejected
    raw = orjson.dumps(surplus)
    assert (rejected.key, rejected.value) == (surplus["subject"].encode(), raw)
    told = {name: text.decode() for name, text in rejected.headers}
    assert [problem["code"] for problem in orjson.loads(told.pop("detail"))] == ["too-many-records"]
    assert told == {
        "code": "too-many-records",
        "origin": "clinic-events/0/7",
        "sha256": hashlib.sha256(raw).hexdigest(),
        "size": str(len(raw)),
        "source": "center:yucai",
        "type": "attendance.recorded.v1",
        "subject": surplus["subject"],
        "received_at": "2026-06-01T00:00:00.007Z",
    }
    rows = {row["record_id"]: row for row in shard.tables.of("timeline")}
    assert (len(rows), rows["5"]["revision"]) == (20_000, 2)


def test_what_another_child_hands_over_is_taken_beyond_the_bound_so_that_it_can_be_given_back() -> None:
    shard = with_ann()
    for start in range(1, 20_000, 4_000):
        shard.send(*(event_message(attendance(str(n))) for n in range(start, min(start + 4_000, 20_000))))
    key, value = event_message(a_checkup("", "2025-09-02T09:00:00+08:00", subject=ALIAS), child=ANN)
    shard.send((key, handed_over(value, 0)))
    assert (len(shard.tables.of("timeline")), shard.tables.rejected) == (20_001, [])
    shard.send(route(ALIAS, 2, BO, told=ANN))
    assert len(shard.tables.of("timeline")) == 20_000
    assert {(output.key or b"").decode() for output in shard.tables.sent_on} == {BO}
