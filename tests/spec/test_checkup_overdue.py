"""The rule `checkup-overdue`, as domain.md says it: one active alert per child, and its whole life."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest

from tests.spec.known_child import KnownChild
from tests.support.builders import child_of, subject_of
from tests.unit.timeline.shard import watermark


# when it opens
@pytest.mark.parametrize(("today", "active"), [("2025-09-30", {"m1": "escalated"}), ("2025-10-01", {"m3": "open"})])
def test_an_alert_opens_on_the_first_day_on_which_a_checkup_is_late(today: str, active: dict[str, str]) -> None:
    assert KnownChild(born="2025-06-01").on(today).active == active


def test_before_the_first_tick_there_are_no_alerts() -> None:
    child = KnownChild(born="2018-06-01")
    assert child.alerts == {}
    assert child.active == {}


def test_a_child_that_does_every_checkup_in_time_never_has_an_alert() -> None:
    child = KnownChild(born="2025-06-01")
    for day in ("2025-06-05", "2025-07-05", "2025-09-02", "2025-12-02"):
        child.checkup(day)
        child.on(day)
    assert (child.on("2025-12-31").history, child.active) == ([], {})


@pytest.mark.parametrize(
    ("registered", "opening_on", "state"),
    [
        ("2025-09-01", "2025-10-01", "open"),  # due that day: overdue_on
        ("2025-09-02", "2025-10-02", "open"),  # after it: 30 days to catch up
        ("2025-10-20", "2025-11-19", "escalated"),
    ],
)
def test_a_child_registered_after_the_due_date_has_thirty_days(registered: str, opening_on: str, state: str) -> None:
    child = KnownChild(born="2025-06-01", registered=registered)
    day_before = (date.fromisoformat(opening_on) - timedelta(days=1)).isoformat()
    assert "m3" not in child.on(day_before).active
    assert child.on(opening_on).active == {"m3": state}
    assert child.alerts["m3"]["detail"]["opening_on"] == opening_on


def test_a_child_registered_on_the_due_date_has_no_longer_than_others() -> None:
    child = KnownChild(born="2025-06-01", registered="2025-07-13")
    assert child.on("2025-07-13").active == {}
    assert child.on("2025-07-14").active == {"m1": "open"}


def test_the_grace_of_a_late_registration_never_shortens_the_wait() -> None:
    child = KnownChild(born="2019-06-01", registered="2023-06-02")
    assert child.on("2024-04-30").active == {}
    assert child.on("2024-05-01").active == {"y4": "open"}


# at most one, of the last candidate
def test_only_the_last_missed_checkup_has_an_alert() -> None:
    child = KnownChild(born="2025-06-01")
    assert child.on("2026-03-15").active == {"m8": "open"}
    assert len(child.active) == 1


def test_it_escalates_when_its_window_is_over() -> None:
    child = KnownChild(born="2025-06-01")
    child.on("2025-11-16")
    assert child.active == {"m3": "open"}
    child.on("2025-11-17")
    assert child.active == {"m3": "escalated"}
    assert child.history == [("m3", "open"), ("m3", "escalated")]


def test_the_first_tick_that_comes_past_the_window_escalates_at_once() -> None:
    child = KnownChild(born="2025-06-01").on("2025-11-20")
    assert child.history == [("m3", "escalated")]


def test_nobody_is_reminded_of_a_checkup_when_a_later_one_was_done() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-12-02", milestone="m6")
    assert child.on("2025-12-10").active == {}


def test_an_excused_checkup_and_one_before_the_child_came_have_no_alert() -> None:
    child = KnownChild(born="2025-06-01", registered="2025-11-17")
    assert child.on("2025-12-20").active == {}


def test_no_alert_from_the_seventh_birthday_on() -> None:
    child = KnownChild(born="2018-06-01").on("2025-05-31")
    assert child.active == {"y6": "open"}
    child.on("2025-06-01")
    assert child.history == [("y6", "open"), ("y6", "expired")]
    assert KnownChild(born="2018-06-01").on("2025-06-01").history == []


# resolutions, in the order in which they apply
def test_a_late_checkup_resolves_it_as_done_late() -> None:
    child = KnownChild(born="2025-06-01").on("2025-10-05")
    child.checkup("2025-10-06")
    assert (child.active, child.alerts["m3"]["resolution"]) == ({}, "done-late")


def test_a_late_paper_record_of_a_checkup_in_time_resolves_it_as_done() -> None:
    child = KnownChild(born="2025-06-01").on("2025-10-05")
    child.checkup("2025-09-02", recordedtime="2025-10-06T09:00:00+08:00")
    assert child.history == [("m3", "open"), ("m3", "done")]
    assert child.status("m3") == "done"


def test_a_later_checkup_that_was_done_resolves_it_as_caught_up() -> None:
    child = KnownChild(born="2025-06-01").on("2025-12-01")
    child.checkup("2025-12-02")
    assert child.alerts["m3"]["resolution"] == "caught-up"
    assert child.active == {}


def test_done_comes_before_caught_up_and_caught_up_before_departed() -> None:
    child, other = KnownChild(born="2025-06-01").on("2025-12-01"), KnownChild(born="2025-06-01").on("2025-12-01")
    child.publish(child.says_checkup("2025-10-02"), child.says_checkup("2025-12-02"), child.says_departed("2025-12-03"))
    assert child.history == [("m3", "escalated"), ("m3", "done-late")]
    other.publish(other.says_checkup("2025-12-02"), other.says_departed("2025-12-03"))
    assert other.history == [("m3", "escalated"), ("m3", "caught-up")]


def test_departed_comes_before_expired() -> None:
    child = KnownChild(born="2018-06-01").on("2025-05-31")
    child.shard.send(child.message(child.says_departed("2025-06-01")), watermark("2025-06-02"))
    assert child.history == [("y6", "open"), ("y6", "departed")]


def test_a_later_candidate_supersedes_it() -> None:
    child = KnownChild(born="2025-06-01").on("2025-12-31")
    assert child.active == {"m3": "escalated"}
    child.on("2026-01-01")
    assert child.active == {"m6": "open"}
    assert child.history == [("m3", "escalated"), ("m3", "superseded"), ("m6", "open")]


@pytest.mark.parametrize("reason", ["moved", "died", "other"])
def test_a_departure_resolves_it(reason: str) -> None:
    child = KnownChild(born="2025-06-01").on("2025-12-01")
    child.departed("2025-12-01", reason=reason)
    assert (child.active, child.alerts["m3"]["resolution"]) == ({}, "departed")


def test_a_departed_child_is_never_alerted_about() -> None:
    child = KnownChild(born="2025-06-01")
    child.departed("2025-12-01")
    assert child.on("2026-03-01").history == []


def test_a_corrected_birth_date_resolves_it_as_corrected() -> None:
    child = KnownChild(born="2025-06-01", registered="2025-06-01")
    child.on("2025-10-05")
    child.registered("2025-06-02", born="2025-07-01")
    assert child.alerts["m3"]["resolution"] == "corrected"
    assert child.active == {"m1": "escalated"}


def test_a_registration_that_is_retracted_resolves_it_as_corrected() -> None:
    child = KnownChild(born="2025-06-01")
    second = child.registered("2025-06-02", clinic="nanguan", recordid="R-2")
    child.on("2025-10-05")
    child.retracted(child.registration)
    assert child.active == {"m3": "open"}
    child.retracted(second)
    assert [(row["state"], row["resolution"]) for row in child.alerts.values()] == [("resolved", "corrected")]
    assert child.shard.tables.of("children") == child.shard.tables.of("milestones") == child.timeline == []


# back to open
def test_it_opens_again_when_the_checkup_is_retracted_and_is_the_same_alert() -> None:
    child = KnownChild(born="2025-06-01").on("2025-10-05")
    raised = child.alerts["m3"]
    late = child.checkup("2025-10-06")
    child.on("2025-10-10")
    child.retracted(late)
    assert child.history == [("m3", "open"), ("m3", "done-late"), ("m3", "open")]
    again = child.alerts["m3"]
    assert (again["alert_id"], again["raised_at"]) == (raised["alert_id"], raised["raised_at"])
    assert (raised["changed_at"], again["changed_at"]) == ("2025-10-05T04:00:00.000Z", "2025-10-10T04:00:00.000Z")
    assert again["resolution"] == ""


def test_a_superseded_alert_comes_back_when_the_later_checkup_was_not_due_after_all() -> None:
    child = KnownChild(born="2025-06-01").on("2026-01-05")
    assert child.active == {"m6": "open"}
    child.corrected(child.registration, birth_date="2025-07-20")
    assert child.history == [("m6", "open"), ("m6", "corrected"), ("m3", "open")]
    child.corrected(child.registration, revision=3, birth_date="2025-06-01")
    assert child.history[3:] == [("m3", "superseded"), ("m6", "open")]


def test_a_child_that_comes_back_is_alerted_about_again() -> None:
    child = KnownChild(born="2025-06-01").on("2025-12-01")
    left = child.departed("2025-12-01")
    child.retracted(left)
    assert child.history == [("m3", "escalated"), ("m3", "departed"), ("m3", "escalated")]


def test_a_transition_needs_a_change_of_state() -> None:
    child = KnownChild(born="2025-06-01").on("2025-10-05")
    for day in ("2025-10-06", "2025-10-07", "2025-10-08"):
        child.on(day)
        child.checkup("2025-06-05", recordid=day)
    assert child.history == [("m3", "open")]


# what it says
def test_an_alert_carries_what_the_clinic_needs_to_show_the_name() -> None:
    child = KnownChild(born="2025-06-01")
    child.enrolled("2025-09-01")
    child.on("2025-10-05")
    row = child.alerts["m3"]
    assert (
        row["alert_id"] == hashlib.sha256(f"checkup-overdue|{child_of(subject_of('ann'))}|m3".encode()).hexdigest()[:32]
    )
    assert {column: row[column] for column in row if column not in ("alert_id", "child_id", "detail")} == {
        "rule": "checkup-overdue",
        "rule_version": 1,
        "severity": "warning",
        "center_id": "yucai",
        "clinic_id": "chengguan",
        "milestone": "m3",
        "state": "open",
        "resolution": "",
        "due_on": "2025-09-01",
        "raised_at": "2025-10-05T04:00:00.000Z",
        "changed_at": "2025-10-05T04:00:00.000Z",
    }
    said = {name: row["detail"][name] for name in ("subject", "registered_by", "registration_record", "overdue_on")}
    assert said == {
        "subject": subject_of("ann"),
        "registered_by": "clinic:chengguan",
        "registration_record": "R-1",
        "overdue_on": "2025-10-01",
    }


def test_it_is_serious_once_escalated() -> None:
    child = KnownChild(born="2025-06-01").on("2025-10-05")
    assert child.alerts["m3"]["severity"] == "warning"
    assert child.on("2025-11-20").alerts["m3"]["severity"] == "serious"


def test_an_active_alert_follows_the_child_without_a_transition_and_a_resolved_one_stays_as_it_was() -> None:
    child = KnownChild(born="2025-06-01").on("2025-10-05")
    child.registered("2025-10-06", clinic="nanguan")
    child.enrolled("2025-10-01")
    assert (child.alerts["m3"]["clinic_id"], child.alerts["m3"]["center_id"]) == ("nanguan", "yucai")
    child.checkup("2025-10-07")
    child.registered("2025-10-08", clinic="beiguan")
    assert (child.alerts["m3"]["clinic_id"], child.row["clinic_id"]) == ("nanguan", "beiguan")
    assert child.history == [("m3", "open"), ("m3", "done-late")]


def test_now_moves_within_a_day_without_a_word() -> None:
    child = KnownChild(born="2025-06-01").on("2025-10-05")
    told = len(child.shard.tables.history)
    child.on("2025-10-05T09:00:00.000Z")
    assert (len(child.shard.tables.history), child.alerts["m3"]["changed_at"]) == (told, "2025-10-05T04:00:00.000Z")


def test_dates_are_local_dates_of_the_county() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-07-01")
    assert child.on("2025-09-30T15:59:59.999Z").active == {}
    assert child.on("2025-09-30T16:00:00.000Z").active == {"m3": "open"}
