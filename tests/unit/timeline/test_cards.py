"""A centre is told who its children are: as soon as that is known, of every change, and when it is so no longer."""

from __future__ import annotations

from typing import Any

from schemas.internal import unpack
from tests.support.builders import a_registration, an_event, child_of, subject_of
from tests.unit.timeline.shard import Shard, event_message, watermark

AT = "2026-03-02T09:00:00+08:00"
ANN = child_of(subject_of("ann"))
Row = dict[str, Any]


def enrolled(center: str = "yucai", recordid: str = "E-1") -> Row:
    data = {"center_id": center, "class_id": "c1", "band": "toddler", "service": "full-day", "from_date": "2026-01-05"}
    return an_event("child.enrolled", f"center:{center}", subject_of("ann"), data, AT, recordid=recordid)


def diagnosed(condition: str = "hfmd") -> Row:
    data = {"clinic_id": "chengguan", "condition": condition, "onset_date": "2026-03-01"}
    return an_event("diagnosis.recorded", "clinic:chengguan", subject_of("ann"), data, AT, recordid="D-1")


def cards(shard: Shard, *events: Row) -> list[Row]:
    """The cards that some events of one batch cause."""
    before = len(shard.tables.to_centers)
    shard.send(*(event_message(event, number=n) for n, event in enumerate(events)))
    metas = [unpack(output.value or b"")[0] for output in shard.tables.to_centers[before:]]
    return [meta for meta in metas if meta["t"] == "card"]


def test_nobody_is_told_of_a_child_that_no_clinic_registered() -> None:
    assert cards(Shard(), enrolled(), diagnosed()) == []


def test_a_centre_is_told_once_of_a_batch_who_its_child_is_and_what_was_diagnosed() -> None:
    [card] = cards(Shard(), diagnosed(), enrolled(), a_registration("ann", "2025-06-01", recordid="R"))
    assert (card["subject"], card["child"]) == (subject_of("ann"), ANN)
    told = [["2026-03-01", "hfmd", ["diagnosis.recorded", "clinic:chengguan", "D-1"]]]
    assert card["card"] == [ANN, "chengguan", subject_of("ann"), "clinic:chengguan", "R", False, told]


def test_attendance_says_nothing_of_who_a_child_is() -> None:
    shard = Shard()
    assert len(cards(shard, enrolled(), a_registration("ann", "2025-06-01", recordid="R"))) == 1
    data = {"center_id": "yucai", "class_id": "c1", "date": "2026-03-02", "status": "present"}
    assert cards(shard, an_event("attendance.recorded", "center:yucai", subject_of("ann"), data, AT)) == []


def test_a_card_is_taken_back_when_the_enrolment_is() -> None:
    shard = Shard()
    cards(shard, enrolled(), a_registration("ann", "2025-06-01", recordid="R"))
    gone = {"kind": "child.enrolled", "reason": "mistaken"}
    retracted = an_event("record.retracted", "center:yucai", subject_of("ann"), gone, AT, recordid="E-1", revision=2)
    [card] = cards(shard, retracted)
    assert card["card"] is None


def test_a_tick_is_told_to_every_partition_of_centres_behind_the_cards() -> None:
    shard = Shard(partitions=2)
    for origin in (0, 1):
        shard.send(watermark("2026-03-02", origin=origin))
    told = [(output.partition, unpack(output.value or b"")[0]) for output in shard.tables.to_centers]
    assert [(partition, meta["origin"]) for partition, meta in told] == [(0, 2), (1, 2)]
