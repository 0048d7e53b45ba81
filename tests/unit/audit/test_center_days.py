"""Centre days by the audit's SQL: every cell by the counting rules, from events worked out by hand."""

from __future__ import annotations

from typing import Any

from tests.support.builders import a_source
from tests.unit.audit.logs import Desk, a_log, a_retraction, changed, of_center

SOURCE = a_source("center:yucai")
MONDAY, TUESDAY = "2026-02-23", "2026-02-24"
COLUMNS = "enrolled, present, absent, absent_sick, absent_unknown, checked, fever, symptomatic, sent_home"


def an_enrolment(name: str, start: str = MONDAY, **data: Any) -> dict[str, Any]:
    places = {"class_id": "A", "band": "mixed", "service": "full-day", "from_date": start}
    return of_center("child.enrolled", name, f"{start}T08:00:00+08:00", **places, **data)


def a_withdrawal(name: str, date: str, **data: Any) -> dict[str, Any]:
    return of_center("child.withdrawn", name, f"{date}T08:00:00+08:00", date=date, **data)


def an_attendance(
    name: str, status: str = "present", date: str = MONDAY, hour: str = "09", **data: Any
) -> dict[str, Any]:
    at = f"{date}T{hour}:00:00+08:00"
    return of_center("attendance.recorded", name, at, class_id="A", date=date, status=status, **data)


def a_check(
    name: str, date: str = MONDAY, kind: str = "morning", action: str = "admitted", **data: Any
) -> dict[str, Any]:
    at = f"{date}T08:20:00+08:00"
    return of_center("health-check.recorded", name, at, class_id="A", kind=kind, action=action, **data)


def day(desk: Desk, date: str = MONDAY) -> dict[str, int] | None:
    rows = desk.ask(f"SELECT {COLUMNS} FROM center_days WHERE date = ?", date)
    return dict(zip(COLUMNS.split(", "), rows[0], strict=True)) if rows else None


def dates(desk: Desk) -> list[str]:
    return [row[0] for row in desk.ask("SELECT date::VARCHAR FROM center_days ORDER BY date")]


def test_a_day_counts_each_child_once_whatever_was_sent_twice() -> None:
    events = [
        SOURCE, an_enrolment("anna"), an_enrolment("anna"), an_enrolment("ben"), an_enrolment("cara"),
        an_attendance("anna"), an_attendance("anna"),
        an_attendance("ben", "absent", absence_reason="sick", symptoms=["rash"]),
        an_attendance("cara", "absent"),
        a_check("anna", temperature_c=37.5), a_check("anna", kind="noon", symptoms=["fever"], action="sent-home"),
        a_check("ben", kind="noon", temperature_c=37.4, symptoms=["cough"]),
    ]  # fmt: skip
    with a_log(*events) as desk:
        assert day(desk) == {
            "enrolled": 3, "present": 1, "absent": 2, "absent_sick": 1, "absent_unknown": 1, "checked": 1,
            "fever": 1, "symptomatic": 2, "sent_home": 1,
        }  # fmt: skip


def test_of_several_attendance_records_the_latest_decides_but_symptoms_of_any_count() -> None:
    first = an_attendance("anna", symptoms=["cough"], recordid="A-1")
    second = an_attendance("anna", "absent", hour="10", absence_reason="personal", recordid="A-2")
    with a_log(SOURCE, second, first) as desk:
        told = day(desk)
    assert told is not None
    assert (told["present"], told["absent"], told["symptomatic"]) == (0, 1, 1)


def test_an_enrolment_lasts_to_its_last_day_or_the_day_before_the_first_later_withdrawal() -> None:
    with a_log(SOURCE, an_enrolment("anna", until=TUESDAY)) as desk:
        assert dates(desk) == [MONDAY, TUESDAY]
    with a_log(SOURCE, an_enrolment("anna"), a_withdrawal("anna", TUESDAY), a_withdrawal("anna", "2026-02-25")) as desk:
        assert dates(desk) == [MONDAY]
    with a_log(SOURCE, an_enrolment("anna"), a_withdrawal("anna", MONDAY)) as desk:
        assert dates(desk) == [MONDAY, TUESDAY, "2026-02-25"]


def test_a_withdrawal_from_another_centre_ends_nothing() -> None:
    other = a_withdrawal("anna", TUESDAY, center="aiying")
    with a_log(SOURCE, a_source("center:aiying"), an_enrolment("anna"), other) as desk:
        assert len(desk.ask("FROM center_days WHERE center_id = 'yucai'")) == 3


def test_what_was_corrected_or_retracted_counts_as_it_stands() -> None:
    came = an_attendance("anna", recordid="A-1")
    with a_log(SOURCE, came, changed(came, status="absent")) as desk:
        told = day(desk)
        assert told is not None
        assert (told["present"], told["absent"]) == (0, 1)
    with a_log(SOURCE, came, a_retraction(came)) as desk:
        assert dates(desk) == []


def test_a_record_that_changed_its_date_leaves_the_old_one() -> None:
    came = an_attendance("anna", recordid="A-1")
    with a_log(SOURCE, came, changed(came, date=TUESDAY)) as desk:
        assert dates(desk) == [TUESDAY]


def test_a_registry_retracts_where_it_says_the_record_was() -> None:
    came = an_attendance("anna", source="registry:bureau", recordid="A-1")
    with a_log(SOURCE, came, a_retraction(came, center_id="yucai")) as desk:
        assert dates(desk) == []


def test_counts_wait_for_the_source_and_for_nothing_else() -> None:
    with a_log(an_attendance("anna")) as desk:
        assert dates(desk) == []
    with a_log(an_attendance("anna"), SOURCE) as desk:
        assert dates(desk) == [MONDAY]


def test_before_the_first_tick_only_dates_with_a_record_have_a_row() -> None:
    with a_log(SOURCE, an_enrolment("anna"), an_attendance("anna", date=TUESDAY), now=None) as desk:
        assert dates(desk) == [TUESDAY]
        told = day(desk, TUESDAY)
        assert told is not None
        assert told["enrolled"] == 1


def test_nothing_of_tomorrow_counts_today() -> None:
    with a_log(SOURCE, an_enrolment("anna", start="2026-02-26"), an_attendance("ben", date="2026-02-26")) as desk:
        assert dates(desk) == []


def test_other_records_make_a_day_and_null_is_nothing() -> None:
    fall = of_center("incident.recorded", "anna", f"{MONDAY}T15:00:00+08:00", kind="fall", severity="minor")
    with a_log(SOURCE, fall, a_check("ben", date=TUESDAY, symptoms=None, temperature_c=None)) as desk:
        assert dates(desk) == [MONDAY, TUESDAY]
        assert day(desk) == dict.fromkeys(COLUMNS.split(", "), 0)
        told = day(desk, TUESDAY)
        assert told is not None
        assert (told["checked"], told["symptomatic"]) == (1, 0)
