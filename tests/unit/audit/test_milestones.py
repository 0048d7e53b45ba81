"""Milestones and overdue checkups by the audit's SQL, against dates worked out by hand from the domain's tables."""

from __future__ import annotations

import pytest

from tests.support.builders import a_checkup, a_registration, a_source, an_event, subject_of
from tests.unit.audit.logs import Desk, a_log, of_center

SOURCE = a_source("clinic:chengguan", cadence="irregular")
"""A clinic that is believed to have told everything."""


def statuses(desk: Desk) -> dict[str, str]:
    return dict(desk.ask("SELECT milestone, status FROM milestones ORDER BY place"))


def active(desk: Desk) -> list[tuple[str, str]]:
    return [(milestone, state) for milestone, state in desk.ask("SELECT milestone, state FROM alerts")]


def a_departure(name: str, date: str, at: str | None = None) -> dict[str, object]:
    data = {"date": date, "reason": "moved"}
    return an_event("child.departed", "clinic:chengguan", subject_of(name), data, at or f"{date}T10:00:00+08:00")


def test_windows_of_a_child_born_on_the_last_of_a_long_month() -> None:
    with a_log(SOURCE, a_registration("anna", born="2023-08-31")) as desk:
        shown = "SELECT opens_on::VARCHAR, due_on::VARCHAR, overdue_on::VARCHAR, missed_on::VARCHAR FROM milestones"
        assert desk.one(f"{shown} WHERE milestone = 'home'") == ("2023-08-31", "2023-09-14", "2023-09-15", "2023-09-28")
        assert desk.one(f"{shown} WHERE milestone = 'm1'") == ("2023-09-28", "2023-10-12", "2023-10-13", "2023-11-16")
        assert desk.one(f"{shown} WHERE milestone = 'm6'") == ("2024-02-15", "2024-02-29", "2024-03-29", "2024-04-16")
        assert desk.one(f"{shown} WHERE milestone = 'y6'") == ("2029-08-17", "2029-08-31", "2030-07-31", "2030-08-31")


def test_a_child_whom_nobody_saw_missed_all_that_closed_and_has_one_alert() -> None:
    with a_log(SOURCE, a_registration("anna", born="2025-06-01"), now="2026-02-25T08:00:00.000Z") as desk:
        told = statuses(desk)
        assert [told[m] for m in ("home", "m1", "m3", "m6", "m8", "m12")] == ["missed"] * 4 + ["open", "upcoming"]
        assert active(desk) == [("m6", "escalated")]


@pytest.mark.parametrize(("date", "milestone", "status"), [
    ("2025-08-18", "m3", "done"),        # the day it opens
    ("2025-09-30", "m3", "done"),
    ("2025-10-01", "m3", "done-late"),   # the day it is overdue
    ("2025-11-16", "m3", "done-late"),   # the last day of its window
    ("2025-11-17", "m6", "done"),        # m6 opens
])  # fmt: skip
def test_an_unnamed_checkup_does_the_milestone_in_whose_window_it_falls(date: str, milestone: str, status: str) -> None:
    with a_log(SOURCE, a_registration("anna"), a_checkup("anna", f"{date}T10:00:00+08:00")) as desk:
        assert statuses(desk)[milestone] == status


def test_a_checkup_does_the_milestone_it_names_unless_that_had_not_opened() -> None:
    late = a_checkup("anna", "2025-11-20T10:00:00+08:00", milestone="m3")
    early = a_checkup("anna", "2025-11-21T10:00:00+08:00", milestone="m12")
    with a_log(SOURCE, a_registration("anna"), late, early) as desk:
        told = statuses(desk)
        assert (told["m3"], told["m6"], told["m12"]) == ("done-late", "done", "upcoming")


def test_the_alert_of_an_earlier_milestone_ends_when_a_later_one_is_done() -> None:
    visit = a_checkup("anna", "2026-02-20T10:00:00+08:00")  # within m8
    with a_log(SOURCE, a_registration("anna"), visit) as desk:
        assert active(desk) == []
        assert statuses(desk)["m8"] == "done"


@pytest.mark.parametrize(("cadence", "through", "expected"), [
    ("working-days", "2025-12-31T10:00:00+08:00", []),                # confirmed until 28 December
    ("working-days", "2026-01-04T10:00:00+08:00", [("m6", "open")]),  # until 1 January: the day it is overdue
    ("weekly", "2026-01-10T10:00:00+08:00", []),
    ("weekly", "2026-01-11T10:00:00+08:00", [("m6", "open")]),
    ("irregular", "2025-06-01T10:00:00+08:00", [("m6", "escalated")]),
])  # fmt: skip
def test_nobody_is_late_by_the_silence_of_a_clinic(cadence: str, through: str, expected: list[tuple[str, str]]) -> None:
    clinic, home = "clinic:chengguan", "2025-06-03T10:00:00+08:00"
    reported = an_event("reporting.completed", clinic, f"source:{clinic}", {"through": through}, home)
    seen = a_checkup("anna", "2025-09-03T10:00:00+08:00", milestone="m3")
    with a_log(
        a_source(clinic, cadence=cadence), a_registration("anna"), seen, reported, now="2026-01-20T08:00:00.000Z"
    ) as desk:
        assert active(desk) == expected


def test_who_was_registered_after_the_due_date_has_thirty_days() -> None:
    late = a_registration("anna", born="2025-06-01", at="2025-12-05T10:00:00+08:00")  # m6 was due on 1 December
    with a_log(SOURCE, late, now="2026-01-03T08:00:00.000Z") as desk:
        assert active(desk) == []
    with a_log(SOURCE, late, now="2026-01-04T08:00:00.000Z") as desk:
        assert active(desk) == [("m6", "open")]
        assert statuses(desk)["home"] == "not-applicable"


def test_a_departure_excuses_the_open_milestone_and_a_later_registration_ends_it() -> None:
    away = a_departure("anna", "2025-12-10")
    with a_log(SOURCE, a_registration("anna"), away) as desk:
        told = statuses(desk)
        assert (told["m3"], told["m6"], told["m8"]) == ("missed", "excused", "not-applicable")
        assert active(desk) == []
    back = a_registration("anna", at="2025-12-11T10:00:00+08:00", clinic="chengguan", recordid="R-2")
    with a_log(SOURCE, a_registration("anna"), away, back) as desk:
        assert desk.one("SELECT departed_on FROM lives") is None
        assert active(desk) == [("m6", "escalated")]


def test_a_departure_that_was_ended_does_not_hide_one_that_stands() -> None:
    died, older = a_departure("anna", "2025-12-01"), a_departure("anna", "2025-09-01", at="2026-01-05T10:00:00+08:00")
    back = a_registration("anna", at="2025-10-15T10:00:00+08:00", recordid="R-2")
    with a_log(SOURCE, a_registration("anna"), died, older, back) as desk:
        assert desk.one("SELECT departed_on::VARCHAR FROM lives") == "2025-12-01"


@pytest.mark.parametrize(("enrolled", "until", "withdrawn", "noted"), [
    ("2025-11-01", None, None, True),
    ("2025-11-01", "2025-12-10", None, False),
    ("2025-11-01", None, "2025-12-11", False),
    ("2025-11-01", None, "2025-12-12", True),
    ("2026-01-01", None, None, True),
])  # fmt: skip
def test_a_departure_is_noted_while_a_place_goes_on_after_it(
    enrolled: str, until: str | None, withdrawn: str | None, noted: bool
) -> None:
    told: dict[str, str] = {"class_id": "A", "band": "mixed", "service": "full-day", "from_date": enrolled}
    told |= {"until": until} if until else {}
    place = of_center("child.enrolled", "anna", f"{enrolled}T09:00:00+08:00", **told)
    gone = [of_center("child.withdrawn", "anna", f"{withdrawn}T09:00:00+08:00", date=withdrawn)] if withdrawn else []
    people = [SOURCE, a_source("center:yucai"), a_registration("anna"), a_departure("anna", "2025-12-10"), place, *gone]
    back = a_registration("anna", at="2025-12-11T10:00:00+08:00", recordid="R-2")
    with a_log(*people) as desk:
        assert [kind for (kind,) in desk.ask("SELECT kind FROM departures_enrolled")] == ["child.departed"] * noted
    with a_log(*people, back) as desk:
        assert desk.ask("FROM departures_enrolled") == []


def test_before_the_first_tick_milestones_are_upcoming_or_done_and_nobody_is_alerted() -> None:
    late = a_registration("anna", at="2025-08-20T10:00:00+08:00")
    seen, away = a_checkup("anna", "2025-09-01T10:00:00+08:00"), a_departure("anna", "2025-12-10")
    with a_log(SOURCE, late, seen, away, now=None) as desk:
        assert statuses(desk) == dict.fromkeys(statuses(desk), "upcoming") | {"m3": "done"}
        assert active(desk) == []


def test_a_milestones_clinic_is_the_one_responsible_on_its_due_date() -> None:
    moved = a_registration("anna", clinic="songmen", at="2025-09-01T10:00:00+08:00")
    with a_log(SOURCE, a_source("clinic:songmen"), a_registration("anna"), moved) as desk:
        clinics = dict(desk.ask("SELECT milestone, clinic_id FROM milestones"))
        assert (clinics["m1"], clinics["m3"], clinics["m6"]) == ("chengguan", "songmen", "songmen")


def test_a_checkup_before_midnight_utc_belongs_to_the_countys_day() -> None:
    with a_log(SOURCE, a_registration("anna"), a_checkup("anna", "2025-08-17T16:30:00Z")) as desk:
        assert desk.one("SELECT done_on::VARCHAR FROM done") == "2025-08-18"
