"""The rule vaccination-overdue, and the table vaccination_status.

Dates by hand from 国家免疫规划疫苗儿童免疫程序（2026年版）: a child born on 2025-06-01.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.known_child import KnownChild

FIRST_SHOTS = (("HepB", 1, "2025-06-01"), ("BCG", 1, "2025-06-01"), ("HepB", 2, "2025-07-02"))


def a_child(*shots: tuple[str, int, str], born: str = "2025-06-01", **more: str) -> KnownChild:
    child = KnownChild(born=born, rule="vaccination-overdue", **more)
    for vaccine, number, on in shots:
        child.vaccinated(vaccine, number, on)
    return child


def overdue(child: KnownChild) -> list[str]:
    return [dose["dose"] for dose in child.alert["detail"]["doses"]] if child.alert else []


def dates(child: KnownChild, dose: str) -> tuple[Any, ...]:
    row = child.dose(dose)
    return tuple(row[column] for column in ("recommended_on", "earliest_on", "overdue_on", "done_on", "status"))


def test_one_alert_names_every_dose_that_is_overdue() -> None:
    child = a_child().on("2025-07-01")
    assert overdue(child) == ["HepB-1"]
    child.on("2025-09-01")
    assert overdue(child) == ["BCG-1", "DTaP-1", "HepB-1", "IPV-1"]
    assert child.alert is not None
    assert (child.alert["due_on"], child.alert["state"]) == ("2025-06-01", "open")
    assert child.history == [("", "open")]


def test_a_dose_is_overdue_at_the_age_by_which_it_is_to_be_given() -> None:
    child = a_child().on("2025-06-02")
    assert dates(child, "BCG-1") == ("2025-06-01", "2025-06-01", "2025-09-01", None, "due")
    assert child.on("2025-08-31").dose("BCG-1")["status"] == "due"
    assert child.on("2025-09-01").dose("BCG-1")["status"] == "overdue"


def test_else_a_month_after_it_is_due() -> None:
    assert dates(a_child().on("2025-07-31"), "IPV-1") == ("2025-08-01", "2025-08-01", "2025-09-01", None, "upcoming")


def test_the_interval_since_the_dose_before_counts() -> None:
    child = a_child(("HepB", 1, "2025-06-20")).on("2025-07-01")
    assert dates(child, "HepB-2") == ("2025-07-01", "2025-07-18", "2025-08-18", None, "upcoming")
    assert child.on("2025-07-18").dose("HepB-2")["status"] == "due"


def test_nobody_can_say_when_a_dose_is_due_while_the_one_before_was_not_given() -> None:
    assert dates(a_child().on("2026-01-15"), "DTaP-2") == ("2025-10-01", None, None, None, "upcoming")


def test_a_later_dose_implies_the_earlier_ones() -> None:
    child = a_child(("IPV", 2, "2025-09-10")).on("2025-12-01")
    assert child.dose("IPV-1")["status"] == child.dose("IPV-2")["status"] == "done"
    assert dates(child, "bOPV-3") == ("2025-10-01", "2025-10-08", "2026-06-01", None, "due")


def test_either_vaccine_against_polio_counts_by_its_number() -> None:
    child = a_child(("IPV", 1, "2025-08-01"), ("bOPV", 2, "2025-09-01"), ("IPV", 3, "2025-10-01")).on("2025-12-01")
    assert [child.dose(name)["status"] for name in ("IPV-1", "IPV-2", "bOPV-3")] == ["done"] * 3


def test_who_was_registered_after_a_dose_was_due_has_thirty_days() -> None:
    child = KnownChild(born="2025-06-01", registered="2025-12-20", rule="vaccination-overdue")
    assert child.on("2026-01-18").state == ""
    assert child.on("2026-01-19").state == "open"


@pytest.mark.parametrize(("reason", "until", "asked_on"), [
    ("illness", "", "2026-02-11"),              # 30 days from 11 January
    ("out-of-stock", "", "2026-02-11"),
    ("illness", "2026-01-20", "2026-01-21"),
    ("refused", "2026-01-20", "2026-01-21"),
    ("refused", "", None),
    ("contraindication", "", None),
])  # fmt: skip
def test_a_deferred_dose_is_not_asked_for(reason: str, until: str, asked_on: str | None) -> None:
    child = a_child(*FIRST_SHOTS, ("IPV", 1, "2025-08-01"), ("IPV", 2, "2025-09-01"), ("bOPV", 3, "2025-10-01"))
    child.on("2026-01-10")
    assert overdue(child) == ["DTaP-1"]
    child.deferred("DTaP", 1, "2026-01-11", reason, **({"until": until} if until else {}))
    assert child.on("2026-01-11").state == "corrected"
    assert child.dose("DTaP-1")["status"] == "deferred"
    found = [day for day in ("2026-01-20", "2026-01-21", "2026-02-10", "2026-02-11") if overdue(child.on(day))]
    assert (found[0] if found else None) == asked_on


def test_all_that_it_named_given_resolves_it_as_done() -> None:
    child = a_child(*FIRST_SHOTS).on("2025-09-15")
    assert overdue(child) == ["DTaP-1", "IPV-1"]
    child.vaccinated("DTaP", 1, "2025-09-16")
    assert overdue(child.on("2025-09-17")) == ["IPV-1"]
    child.vaccinated("IPV", 1, "2025-09-18")
    assert child.on("2025-09-19").state == "done"


def test_the_vaccine_that_a_child_began_with_is_the_one_it_goes_on_with() -> None:
    child = a_child()
    with pytest.raises(KeyError):
        child.dose("JE-I-1")
    assert child.dose("JE-L-1")["recommended_on"] == "2026-02-01"
    child.vaccinated("JE-I", 1, "2026-02-02")
    child.on("2026-02-03")
    assert dates(child, "JE-I-2") == ("2026-02-01", "2026-02-09", "2026-03-09", None, "upcoming")
    with pytest.raises(KeyError):
        child.dose("JE-L-1")


def test_bcg_is_not_caught_up_from_four_years_on() -> None:
    child = a_child(born="2025-06-01").on("2029-05-31")
    assert child.dose("BCG-1")["status"] == "overdue"
    assert child.on("2029-06-01").dose("BCG-1")["status"] == "not-applicable"


def test_of_children_who_began_dtap_by_the_schedule_before_2025_nothing_is_said() -> None:
    old, new = (a_child(born=born).on("2026-03-01") for born in ("2024-12-31", "2025-01-01"))
    assert {old.dose(f"DTaP-{n}")["status"] for n in range(1, 6)} == {"unknown-transition"}
    assert old.alert is not None
    assert new.alert is not None
    assert (old.alert["detail"]["unknown_transition"], new.alert["detail"]["unknown_transition"]) == (["DTaP"], [])
    assert ("DTaP-1" in overdue(old), "DTaP-1" in overdue(new)) == (False, True)


def test_a_silent_clinic_may_have_given_it() -> None:
    child = a_child().clinic_reports("working-days").on_heard("2025-07-20", until="2025-07-03")
    assert (child.state, child.dose("HepB-1")["status"]) == ("", "due")
    child.on_heard("2025-07-21", until="2025-07-04")
    assert (child.state, child.dose("HepB-1")["status"]) == ("open", "overdue")


def test_a_vaccination_dated_tomorrow_counts_tomorrow() -> None:
    child = a_child(*FIRST_SHOTS, ("DTaP", 1, "2025-09-02"), ("IPV", 1, "2025-09-02"))
    assert overdue(child.on("2025-09-01")) == ["DTaP-1", "IPV-1"]
    assert child.on("2025-09-02").state == "done"


def test_a_child_that_departed_is_asked_for_nothing() -> None:
    child = a_child().on("2025-09-15")
    child.departed("2025-09-16")
    child.on("2025-09-17")
    assert (child.state, child.dose("IPV-1")["status"]) == ("departed", "not-applicable")


def test_nor_is_one_of_seven_years() -> None:
    child = a_child(born="2019-05-31").on("2026-05-30")
    assert child.state == "open"
    assert child.on("2026-05-31").state == "expired"
    assert child.dose("MMR-1")["status"] == "not-applicable"


def test_before_the_first_tick_every_dose_that_was_not_given_is_upcoming() -> None:
    child = a_child(*FIRST_SHOTS)
    assert (child.dose("HepB-1")["status"], child.dose("DTaP-1")["status"], child.state) == ("done", "upcoming", "")
