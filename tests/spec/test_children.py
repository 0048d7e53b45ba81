"""What is known of a child: its place in a centre, its timeline, and nothing at all while it is not registered."""

from __future__ import annotations

import pytest

from tests.spec.known_child import KnownChild
from tests.support.builders import an_event, child_of, subject_of

PLACE = ("center_id", "class_id", "band", "service", "enrolled_from")


def place(child: KnownChild) -> str:
    return str(child.row["center_id"])


# places in centres
def test_a_child_is_where_it_is_enrolled_today() -> None:
    child = KnownChild()
    child.enrolled("2025-12-01", until="2026-01-31")
    assert place(child.on("2025-11-30")) == ""
    assert [child.on("2025-12-01").row[column] for column in PLACE] == [
        "yucai",
        "c1",
        "toddler",
        "full-day",
        "2025-12-01",
    ]
    assert place(child.on("2026-01-31")) == "yucai"
    assert place(child.on("2026-02-01")) == ""
    assert child.row["enrolled_from"] is None


def test_on_the_date_of_its_withdrawal_a_child_is_gone() -> None:
    child = KnownChild()
    child.enrolled("2025-12-01")
    child.withdrawn("2026-01-10")
    assert place(child.on("2026-01-09")) == "yucai"
    assert place(child.on("2026-01-10")) == ""


def test_a_withdrawal_ends_what_began_before_it_and_in_its_own_centre() -> None:
    child = KnownChild()
    child.enrolled("2025-12-01", center="yucai")
    child.withdrawn("2026-01-10", center="other")
    child.withdrawn("2025-12-01", center="yucai")
    assert place(child.on("2026-02-01")) == "yucai"


def test_of_two_places_the_one_that_began_later_is_shown() -> None:
    child = KnownChild()
    child.enrolled("2026-01-01", center="yucai")
    child.enrolled("2025-12-01", center="other")
    assert place(child.on("2026-02-01")) == "yucai"
    child.withdrawn("2026-02-02", center="yucai")
    assert place(child.on("2026-02-02")) == "other"


def test_before_the_first_tick_the_newest_place_that_was_not_given_up_is_shown() -> None:
    child = KnownChild()
    child.enrolled("2025-12-01", center="other")
    child.enrolled("2026-01-01", center="yucai")
    assert place(child) == "yucai"
    child.withdrawn("2026-01-10", center="yucai")
    assert place(child) == "other"


def test_a_departure_at_the_clinic_does_not_end_an_enrolment() -> None:
    child = KnownChild()
    child.enrolled("2025-12-01")
    child.departed("2025-12-10")
    assert (place(child.on("2026-01-01")), child.row["status"]) == ("yucai", "departed")


def notes_of_departure(child: KnownChild) -> list[str]:
    [row] = [row for row in child.timeline if row["kind"] == "child.departed"]
    return list(row["flags"])


def test_a_departure_is_noted_while_the_child_has_a_place_beyond_it() -> None:
    child = KnownChild()
    child.enrolled("2025-12-01")
    child.departed("2025-12-10")
    assert notes_of_departure(child) == ["enrolled-after-departure"]
    child.withdrawn("2025-12-12")
    assert notes_of_departure(child) == ["enrolled-after-departure"]
    child.withdrawn("2025-12-11")
    assert notes_of_departure(child) == []


def test_a_place_that_begins_after_a_departure_is_noted_and_one_that_ended_with_it_is_not() -> None:
    child = KnownChild()
    child.departed("2025-12-10")
    child.enrolled("2025-11-01", until="2025-12-10", recordid="E-1")
    assert notes_of_departure(child) == []
    later = child.enrolled("2026-01-01", center="other", recordid="E-2")
    assert notes_of_departure(child) == ["enrolled-after-departure"]
    child.shard.restart()
    child.retracted(later)
    assert notes_of_departure(child) == []


def test_a_departure_that_a_registration_ended_is_not_noted() -> None:
    child = KnownChild()
    child.departed("2025-12-10")
    child.enrolled("2026-01-01")
    back = child.registered("2025-12-20", clinic="nanguan", recordid="R-2")
    assert notes_of_departure(child) == []
    child.retracted(back)
    assert notes_of_departure(child) == ["enrolled-after-departure"]


# the timeline
def test_a_row_says_what_the_record_says_and_how_old_the_child_was() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-09-02", recordid="V-1", revision=3, recordedtime="2025-09-09T08:00:00+08:00")
    [row] = [row for row in child.timeline if row["record_id"] == "V-1"]
    assert {column: row[column] for column in row if column not in ("event_id", "origin", "accepted_at")} == {
        "child_id": child_of(subject_of("ann")),
        "kind": "checkup.recorded",
        "source": "clinic:chengguan",
        "record_id": "V-1",
        "subject": subject_of("ann"),
        "occurred_at": "2025-09-02T01:00:00.000Z",
        "local_date": "2025-09-02",
        "revision": 3,
        "age_days": 93,
        "center_id": "",
        "class_id": "",
        "clinic_id": "chengguan",
        "data": {"clinic_id": "chengguan", "weight_kg": 8.1},
        "waz": 2.56,
        "haz": None,
        "wlz": None,
        "baz": None,
        "hcz": None,
        "wst_wfa": 2,
        "wst_lhfa": None,
        "wst_wfl": None,
        "flags": [],
        "recorded_at": "2025-09-09T00:00:00.000Z",
    }


def test_the_date_of_a_row_is_the_date_in_its_data_where_there_is_one() -> None:
    child = KnownChild(born="2025-06-01")
    data = {"center_id": "yucai", "class_id": "c1", "date": "2025-12-01", "status": "present"}
    child.publish(an_event("attendance.recorded", "center:yucai", child.subject, data, "2025-12-02T08:00:00+08:00"))
    [row] = [row for row in child.timeline if row["kind"] == "attendance.recorded"]
    assert (row["local_date"], row["age_days"], row["center_id"], row["class_id"]) == ("2025-12-01", 183, "yucai", "c1")


def test_before_its_birth_a_childs_age_is_negative() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-05-30", recordid="V-1")
    assert [row["age_days"] for row in child.timeline if row["record_id"] == "V-1"] == [-2]


def test_a_corrected_birth_date_changes_the_age_in_every_row() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-09-02")
    child.corrected(child.registration, birth_date="2025-05-31")
    assert sorted(row["age_days"] for row in child.timeline) == [1, 94]


def test_a_corrected_clinic_changes_no_row_but_its_own() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-09-02", recordid="V-1")
    before = {row["record_id"]: row for row in child.timeline}
    child.corrected(child.registration, clinic_id="nanguan")
    after = {row["record_id"]: row for row in child.timeline}
    assert before["V-1"] == after["V-1"]
    assert (after["R-1"]["clinic_id"], after["R-1"]["revision"]) == ("nanguan", 2)


# revisions, ties, retractions
def test_the_highest_revision_wins_whenever_it_comes() -> None:
    child = KnownChild()
    first = child.checkup("2025-09-02", recordid="V-1")
    child.corrected(first, revision=5, weight_kg=8.5)
    child.corrected(first, revision=4, weight_kg=8.4)
    [row] = [row for row in child.timeline if row["record_id"] == "V-1"]
    assert (row["revision"], row["data"]["weight_kg"]) == (5, 8.5)


def test_two_contents_of_one_revision_leave_a_note_until_a_higher_one_comes() -> None:
    child = KnownChild()
    first = child.checkup("2025-09-02", recordid="V-1")
    for weight in (8.3, 8.4):
        child.corrected(first, revision=1, weight_kg=weight)
    assert [row["flags"] for row in child.timeline if row["record_id"] == "V-1"] == [["equal-revision-conflict"]]
    child.corrected(first, revision=2)
    assert [row["flags"] for row in child.timeline if row["record_id"] == "V-1"] == [[]]


def test_a_retracted_record_is_gone_and_a_still_higher_revision_brings_it_back() -> None:
    child = KnownChild()
    first = child.checkup("2025-09-02", recordid="V-1")
    child.retracted(first, revision=2)
    assert [row["record_id"] for row in child.timeline] == ["R-1"]
    child.corrected(first, revision=3)
    assert sorted(row["record_id"] for row in child.timeline) == ["R-1", "V-1"]


def test_a_retraction_that_comes_first_removes_what_it_retracts() -> None:
    child = KnownChild()
    late = child.says_checkup("2025-09-02", recordid="V-1")
    child.retracted(late, revision=2)
    child.publish(late)
    assert [row["record_id"] for row in child.timeline] == ["R-1"]


# registered no longer
def test_without_a_registration_nothing_is_shown_and_the_records_wait() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-09-02")
    child.on("2025-10-05")
    child.retracted(child.registration)
    tables = child.shard.tables
    assert [tables.of(table) for table in ("timeline", "children", "milestones")] == [[], [], []]
    assert [(row["subject"], row["records"]) for row in tables.of("unlinked")] == [(child.subject, 1)]
    child.corrected(child.registration, revision=3)
    assert (len(child.timeline), tables.of("unlinked"), child.active) == (2, [], {})


@pytest.mark.parametrize("ticked", [True, False])
def test_what_waited_was_accepted_when_the_registration_came(ticked: bool) -> None:
    child = KnownChild()
    child.checkup("2025-09-02", recordid="V-1")
    if ticked:
        child.on("2025-10-05")
    child.retracted(child.registration)
    child.corrected(child.registration, revision=3)
    accepted = {row["record_id"]: row["accepted_at"] for row in child.timeline}
    assert accepted["V-1"] == accepted["R-1"]
    child.corrected(child.registration, revision=4)
    now = {row["record_id"]: row["accepted_at"] for row in child.timeline}
    assert now["V-1"] == accepted["V-1"] < now["R-1"]
