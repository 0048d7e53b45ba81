"""over-capacity, contract-missing, guidance-overdue, staff-uncertified and source-silent."""

from __future__ import annotations

from datetime import date
from typing import Any

from streams.clinical.center.case import EntityCase
from streams.clinical.center_rules import (
    contract_missing,
    guidance_overdue,
    over_capacity,
    source_silent,
    staff_uncertified,
)
from streams.clinical.county import County
from streams.clinical.episode import Held
from streams.records import Publication
from tests.spec.center_cases import a_county, closed, fact, filed, of_centre

TODAY = date(2026, 3, 20)
SIX_MONTHS = guidance_overdue.Parameters(months=6)
THIRTY = staff_uncertified.Parameters(days_before=30)
SILENT = source_silent.Parameters(working_days=3, days=10)
NAME = "5" * 32


def state(rule: Any, case: EntityCase, parameters: Any) -> str:
    return "".join(episode.state for episode in rule.find(case, parameters).episodes)


def a_contract(first: str = "2026-01-01", until: str | None = None) -> Publication:
    data = {"center_id": "yucai", "clinic_id": "chengguan", "services": ["checkup"], "from_date": first}
    return fact("contract.signed", "contract:K1", data | ({"until": until} if until else {}))


def certified(until: str | None, at: str = "2025-01-01T08:00:00+08:00") -> Publication:
    data = {"center_id": "yucai", "role": "carer", "certificate": "C-1"} | ({"valid_until": until} if until else {})
    return fact("staff.certified", f"staff:{NAME}", data, at)


def of_staff(*facts: Publication, today: date = TODAY) -> EntityCase:
    return EntityCase(NAME, today, a_county(*facts))


def a_source(name: str, cadence: str, at: str = "2026-01-01T08:00:00+08:00") -> Publication:
    return fact("source.registered", f"source:{name}", {"side": name.partition(":")[0], "cadence": cadence}, at)


def silent(today: date, county: County, name: str = "clinic:chengguan") -> str:
    return state(source_silent, EntityCase(name, today, county), SILENT)


def test_one_child_more_than_there_are_places_is_over_capacity() -> None:
    nothing = over_capacity.Parameters()
    assert state(over_capacity, of_centre(a_county(filed(40)), TODAY, 40), nothing) == ""
    assert state(over_capacity, of_centre(a_county(filed(40)), TODAY, 41), nothing) == "open"
    assert state(over_capacity, of_centre(a_county(filed(40), closed("2026-03-20")), TODAY, 41), nothing) == ""
    assert state(over_capacity, of_centre(a_county(), TODAY, 41), nothing) == ""


def test_a_filed_centre_without_a_contract_in_force_is_told_of() -> None:
    nothing = contract_missing.Parameters()
    ask = lambda *facts: state(contract_missing, of_centre(a_county(*facts), TODAY), nothing)  # noqa: E731
    assert ask(filed()) == "open"
    assert ask(filed(), a_contract(until="2026-03-20")) == ""
    assert ask(filed(), a_contract(until="2026-03-19")) == "open"
    assert ask(filed(), a_contract(first="2026-03-21")) == "open"
    assert ask(filed(), closed("2026-03-01")) == ""
    assert ask(filed(at="2026-03-21T08:00:00+08:00")) == ""


def test_it_wakes_when_the_contract_begins_or_ends() -> None:
    county = a_county(filed(), a_contract(first="2026-03-25", until="2026-04-30"))
    found = contract_missing.find(of_centre(county, TODAY), contract_missing.Parameters())
    assert found.wake_on == date(2026, 3, 25)


def test_guidance_is_overdue_after_six_months_by_the_calendar() -> None:
    visit = fact("guidance.delivered", "center:yucai", {"center_id": "yucai", "topics": ["x"], "date": "2026-08-31"})
    county = a_county(filed(), visit)
    assert state(guidance_overdue, of_centre(county, date(2026, 7, 1)), SIX_MONTHS) == ""
    assert state(guidance_overdue, of_centre(county, date(2026, 7, 2)), SIX_MONTHS) == "open"
    assert state(guidance_overdue, of_centre(county, date(2026, 8, 31)), SIX_MONTHS) == ""
    assert state(guidance_overdue, of_centre(county, date(2027, 2, 28)), SIX_MONTHS) == ""
    (episode,) = guidance_overdue.find(of_centre(county, date(2027, 3, 1)), SIX_MONTHS).episodes
    assert episode.due_on == date(2027, 2, 28)


def test_a_certificate_is_told_of_thirty_days_before_and_escalates_after_its_last_day() -> None:
    told = [state(staff_uncertified, of_staff(certified(until)), THIRTY) for until in
            ("2026-04-20", "2026-04-19", "2026-03-20", "2026-03-19")]  # fmt: skip
    assert told == ["", "open", "open", "escalated"]
    assert state(staff_uncertified, of_staff(certified(None)), THIRTY) == ""


def test_who_left_or_was_certified_anew_is_told_of_no_longer() -> None:
    old = certified("2026-03-19")
    gone = fact("staff.left", f"staff:{NAME}", {"center_id": "yucai", "date": "2026-03-20"})
    anew = certified("2027-03-19", "2026-03-18T08:00:00+08:00")
    held = Held(NAME, {"valid_until": "2026-03-19"})
    for facts, why in (
        ((old, gone), "departed"),
        ((old, anew), "done"),
        ((old, filed(), closed("2026-03-01")), "corrected"),
    ):
        assert state(staff_uncertified, of_staff(*facts), THIRTY) == ""
        assert staff_uncertified.ended(of_staff(*facts), held, THIRTY) == why


def test_a_source_is_silent_after_three_working_days_without_a_word() -> None:
    """Heard on Friday the 13th: Monday to Wednesday pass, on Thursday it is silent."""
    county = a_county(
        a_source("clinic:chengguan", "working-days"), heard={"clinic:chengguan": "2026-03-13T02:00:00.000Z"}
    )
    assert silent(date(2026, 3, 18), county) == ""
    assert silent(date(2026, 3, 19), county) == "open"


def test_days_off_do_not_make_a_source_silent() -> None:
    off = fact("calendar.published", "calendar:2026", {"year": 2026, "days_off": ["2026-03-17"], "extra_workdays": []})
    heard = {"clinic:chengguan": "2026-03-13T02:00:00.000Z"}
    county = a_county(a_source("clinic:chengguan", "working-days"), off, heard=heard)
    assert [silent(date(2026, 3, d), county) for d in (19, 20)] == ["", "open"]


def test_a_weekly_source_is_silent_after_ten_days_and_an_irregular_one_never() -> None:
    heard = {"clinic:chengguan": "2026-03-01T02:00:00.000Z"}
    weekly = a_county(a_source("clinic:chengguan", "weekly"), heard=heard)
    assert [silent(date(2026, 3, d), weekly) for d in (11, 12)] == ["", "open"]
    assert silent(date(2027, 3, 1), a_county(a_source("clinic:chengguan", "irregular"), heard=heard)) == ""


def test_one_that_was_never_heard_is_silent_since_its_registration_and_one_that_closed_is_not() -> None:
    county = a_county(a_source("center:yucai", "weekly"), filed())
    assert silent(date(2026, 1, 12), county, "center:yucai") == "open"
    shut = a_county(a_source("center:yucai", "weekly"), filed(), closed("2026-01-12"))
    assert silent(date(2026, 1, 12), shut, "center:yucai") == ""
