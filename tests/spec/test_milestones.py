"""Checkup milestones, as domain.md says them: windows, which checkup does which, and every status."""

from __future__ import annotations

import pytest

from tests.spec.known_child import MILESTONES, KnownChild
from tests.support.builders import a_checkup


def dates(child: KnownChild, name: str) -> tuple[str, str, str, str]:
    row = child.milestone(name)
    return row["opens_on"], row["due_on"], row["overdue_on"], row["missed_on"]


# windows: reckoned by hand with a calendar
WINDOWS = [
    ("2025-06-01", "home", ("2025-06-01", "2025-06-15", "2025-06-16", "2025-06-29")),
    ("2025-06-01", "m1", ("2025-06-29", "2025-07-13", "2025-07-14", "2025-08-18")),
    ("2025-06-01", "m3", ("2025-08-18", "2025-09-01", "2025-10-01", "2025-11-17")),
    ("2025-06-01", "m12", ("2026-05-18", "2026-06-01", "2026-07-01", "2026-11-17")),
    ("2025-06-01", "m36", ("2028-05-18", "2028-06-01", "2028-07-01", "2029-05-18")),
    ("2025-06-01", "y4", ("2029-05-18", "2029-06-01", "2030-05-01", "2030-05-18")),
    ("2025-06-01", "y5", ("2030-05-18", "2030-06-01", "2031-05-01", "2031-05-18")),
    ("2025-06-01", "y6", ("2031-05-18", "2031-06-01", "2032-05-01", "2032-06-01")),
    # the day of the month is clamped to the month's length
    ("2024-08-31", "m3", ("2024-11-16", "2024-11-30", "2024-12-30", "2025-02-14")),
    ("2024-08-31", "m6", ("2025-02-14", "2025-02-28", "2025-03-28", "2025-04-16")),
    ("2023-08-31", "m6", ("2024-02-15", "2024-02-29", "2024-03-29", "2024-04-16")),
    ("2024-01-31", "m12", ("2025-01-17", "2025-01-31", "2025-02-28", "2025-07-17")),
    ("2024-02-29", "m12", ("2025-02-14", "2025-02-28", "2025-03-28", "2025-08-15")),
    ("2024-02-29", "y4", ("2028-02-15", "2028-02-29", "2029-01-29", "2029-02-14")),
    ("2024-02-29", "y6", ("2030-02-14", "2030-02-28", "2031-01-28", "2031-02-28")),
]


@pytest.mark.parametrize(("born", "name", "expected"), WINDOWS)
def test_a_window_follows_from_the_birth_date(born: str, name: str, expected: tuple[str, str, str, str]) -> None:
    assert dates(KnownChild(born=born), name) == expected


def test_a_registered_child_has_all_thirteen_milestones() -> None:
    child = KnownChild()
    assert [row["milestone"] for row in child.shard.tables.of("milestones")] == list(MILESTONES)


# which checkup does which milestone
def test_a_checkup_does_the_milestone_that_it_names() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-11-20", milestone="m3")
    assert (child.status("m3"), child.status("m6")) == ("done-late", "upcoming")


def test_a_checkup_that_names_nothing_does_the_milestone_whose_window_holds_its_date() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-11-17")
    assert (child.status("m3"), child.milestone("m6")["done_on"]) == ("upcoming", "2025-11-17")


@pytest.mark.parametrize(("day", "name"), [("2025-08-17", "m1"), ("2025-08-18", "m3"), ("2025-11-16", "m3")])
def test_a_window_holds_its_first_day_and_not_its_last(day: str, name: str) -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup(day)
    assert [n for n in MILESTONES if child.milestone(n)["done_on"]] == [name]


def test_a_milestone_named_too_early_counts_by_its_date_and_is_noted() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-08-17", milestone="m3", recordid="V-1")
    assert (child.status("m1"), child.status("m3")) == ("done-late", "upcoming")
    [row] = [row for row in child.timeline if row["record_id"] == "V-1"]
    assert row["flags"] == ["milestone-too-early"]


def test_a_milestone_named_on_the_day_it_opens_counts_without_a_note() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-08-18", milestone="m3", recordid="V-1")
    assert child.status("m3") == "done"
    assert [row["flags"] for row in child.timeline if row["record_id"] == "V-1"] == [[]]


def test_a_checkup_outside_every_window_is_an_extra_visit() -> None:
    child = KnownChild(born="2018-06-01")
    child.checkup("2025-06-01")
    child.checkup("2018-05-31")
    assert {child.milestone(name)["done_on"] for name in MILESTONES} == {None}
    assert child.row["last_checkup_on"] == "2025-06-01"


def test_of_several_checkups_for_one_milestone_the_earliest_counts() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-10-05", milestone="m3")
    assert child.status("m3") == "done-late"
    first = child.checkup("2025-09-30", milestone="m3")
    assert (child.status("m3"), child.milestone("m3")["done_on"]) == ("done", "2025-09-30")
    child.retracted(first)
    assert (child.status("m3"), child.milestone("m3")["done_on"]) == ("done-late", "2025-10-05")


@pytest.mark.parametrize(
    ("born", "name", "in_time", "late"),
    [
        ("2025-06-01", "home", "2025-06-15", "2025-06-16"),
        ("2025-06-01", "m1", "2025-07-13", "2025-07-14"),
        ("2025-06-01", "m3", "2025-09-30", "2025-10-01"),
        ("2024-01-31", "m12", "2025-02-27", "2025-02-28"),
        ("2019-06-01", "y4", "2024-04-30", "2024-05-01"),
    ],
)
def test_a_checkup_is_late_from_overdue_on(born: str, name: str, in_time: str, late: str) -> None:
    punctual, tardy = KnownChild(born=born), KnownChild(born=born)
    punctual.checkup(in_time, milestone=name)
    tardy.checkup(late, milestone=name)
    assert (punctual.status(name), tardy.status(name)) == ("done", "done-late")


def test_the_date_of_a_checkup_is_the_local_date_of_its_time() -> None:
    child = KnownChild(born="2025-06-01")
    child.publish(a_checkup("ann", "2025-09-30T16:30:00Z"))
    assert child.milestone("m3")["done_on"] == "2025-10-01"


# status at now
@pytest.mark.parametrize(
    ("today", "status"),
    [
        ("2025-08-17", "upcoming"),
        ("2025-08-18", "open"),
        ("2025-09-30", "open"),
        ("2025-10-01", "overdue"),
        ("2025-11-16", "overdue"),
        ("2025-11-17", "missed"),
    ],
)
def test_a_milestone_not_done_goes_through_its_window(today: str, status: str) -> None:
    assert KnownChild(born="2025-06-01").on(today).status("m3") == status


def test_before_the_first_tick_milestones_are_upcoming_or_done() -> None:
    child = KnownChild(born="2018-06-01")
    child.checkup("2018-09-01")
    assert child.statuses == dict.fromkeys(MILESTONES, "upcoming") | {"m3": "done"}
    assert child.active == {}


def test_what_was_missed_before_the_child_came_is_not_applicable() -> None:
    child = KnownChild(born="2025-06-01", registered="2025-11-17").on("2026-01-01")
    assert [child.status(name) for name in ("home", "m1", "m3", "m6")] == ["not-applicable"] * 3 + ["overdue"]


def test_a_milestone_still_open_on_the_day_the_child_came_is_the_childs_to_do() -> None:
    child = KnownChild(born="2025-06-01", registered="2025-11-16").on("2026-01-01")
    assert (child.status("m1"), child.status("m3")) == ("not-applicable", "missed")


def test_what_was_done_elsewhere_before_the_child_came_is_done() -> None:
    child = KnownChild(born="2025-06-01", registered="2025-12-01")
    child.checkup("2025-09-02")
    assert child.on("2026-01-01").status("m3") == "done"


def test_registered_on_is_the_date_of_the_earliest_standing_registration() -> None:
    child = KnownChild(born="2025-06-01", registered="2025-12-01")
    earlier = child.registered("2025-09-01", clinic="nanguan")
    assert child.on("2026-01-01").status("m3") == "missed"
    child.retracted(earlier)
    assert child.status("m3") == "not-applicable"


def test_a_departure_excuses_the_open_milestone_and_makes_later_ones_not_applicable() -> None:
    child = KnownChild(born="2025-06-01")
    child.departed("2025-09-01")
    child.on("2027-01-01")
    assert [child.status(name) for name in ("home", "m1", "m3", "m6", "y6")] == (
        ["missed", "missed", "excused", "not-applicable", "not-applicable"]
    )


@pytest.mark.parametrize(
    ("left", "m3", "m6"),
    [
        ("2025-08-17", "not-applicable", "not-applicable"),
        ("2025-08-18", "excused", "not-applicable"),
        ("2025-11-16", "excused", "not-applicable"),
        ("2025-11-17", "missed", "excused"),
    ],
)
def test_a_departure_date_stands_in_one_window(left: str, m3: str, m6: str) -> None:
    child = KnownChild(born="2025-06-01")
    child.departed(left)
    child.on("2027-01-01")
    assert (child.status("m3"), child.status("m6")) == (m3, m6)


def test_before_the_first_tick_nothing_is_excused_or_not_applicable() -> None:
    child = KnownChild(born="2025-06-01", registered="2025-08-20")
    child.departed("2025-09-01")
    assert child.row["status"] == "departed"
    assert child.statuses == dict.fromkeys(MILESTONES, "upcoming")
    child.on("2025-08-20")
    assert [child.status(name) for name in ("home", "m1", "m3", "m6")] == (
        ["not-applicable", "not-applicable", "excused", "not-applicable"]
    )


def test_a_departure_to_come_counts_whatever_now_is() -> None:
    child = KnownChild(born="2025-06-01").on("2025-06-02")
    child.departed("2025-09-01")
    assert (child.status("m3"), child.row["status"]) == ("excused", "departed")


def test_a_registration_on_a_later_date_ends_a_departure() -> None:
    child = KnownChild(born="2025-06-01")
    child.departed("2025-09-01")
    child.registered("2025-09-01", clinic="nanguan")
    assert child.on("2025-12-01").row["status"] == "departed"
    child.registered("2025-09-02", clinic="beiguan")
    assert (child.row["status"], child.status("m3")) == ("active", "missed")


def test_of_several_departures_the_greatest_time_holds() -> None:
    child = KnownChild(born="2025-06-01")
    child.departed("2025-12-01")
    wrong = child.departed("2025-12-20", reason="died")
    assert (child.row["departed_on"], child.row["departure_reason"]) == ("2025-12-20", "died")
    child.retracted(wrong)
    assert (child.row["departed_on"], child.row["departure_reason"]) == ("2025-12-01", "moved")


def test_a_departure_that_was_ended_does_not_hide_one_that_stands() -> None:
    child = KnownChild(born="2025-06-01")
    child.departed("2025-12-01", reason="died")
    child.departed("2025-09-01", entered="2026-01-05")
    assert child.row["departed_on"] == "2025-09-01"
    child.registered("2025-10-15", clinic="nanguan")
    assert (child.row["departed_on"], child.row["departure_reason"]) == ("2025-12-01", "died")
    child.registered("2025-12-02", clinic="nanguan")
    assert (child.row["status"], child.row["departed_on"]) == ("active", None)


# the responsible clinic
def test_a_milestones_clinic_is_the_one_responsible_on_its_due_date() -> None:
    child = KnownChild(born="2025-06-01", clinic="chengguan")
    child.registered("2025-09-01", clinic="nanguan")
    child.registered("2025-12-02", clinic="beiguan")
    assert [child.milestone(name)["clinic_id"] for name in ("home", "m1", "m3", "m6", "m8")] == (
        ["chengguan", "chengguan", "nanguan", "nanguan", "beiguan"]
    )
    assert child.row["clinic_id"] == "beiguan"


def test_a_milestone_due_before_the_child_came_belongs_to_its_first_clinic() -> None:
    child = KnownChild(born="2025-06-01", registered="2025-12-24", clinic="nanguan")
    child.registered("2026-03-01", clinic="beiguan")
    assert (child.milestone("m6")["clinic_id"], child.milestone("m12")["clinic_id"]) == ("nanguan", "beiguan")


def test_birth_date_sex_and_clinic_come_from_the_registration_of_the_latest_time() -> None:
    child = KnownChild(born="2025-06-01")
    child.registered("2025-06-05", born="2025-06-02", clinic="nanguan", recordid="R-9")
    row = child.row
    assert (row["birth_date"], row["clinic_id"], row["registered_by"]) == ("2025-06-02", "nanguan", "clinic:nanguan")
    assert (row["registration_record"], row["registered_on"]) == ("R-9", "2025-06-01")
    assert child.milestone("home")["due_on"] == "2025-06-16"


def test_registrations_of_one_time_are_ranked_by_source_and_record() -> None:
    child = KnownChild(born="2025-06-01", clinic="chengguan")
    child.registered("2025-06-01", clinic="beiguan", recordid="R-9")
    assert child.row["clinic_id"] == "chengguan"
    child.registered("2025-06-01", clinic="chengguan", recordid="R-2", born="2025-05-31")
    assert (child.row["registration_record"], child.row["birth_date"]) == ("R-2", "2025-05-31")


# what comes next
def test_the_next_milestone_is_the_first_that_can_still_be_done() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-06-05")
    assert (child.row["next_milestone"], child.row["next_due_on"]) == ("m1", "2025-07-13")
    assert child.on("2025-10-02").row["next_milestone"] == "m3"
    assert child.on("2025-11-17").row["next_milestone"] == "m6"
    child.departed("2025-11-18")
    assert (child.row["next_milestone"], child.row["next_due_on"]) == ("", None)
