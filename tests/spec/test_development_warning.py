"""The rule development-warning."""

from __future__ import annotations

from typing import Any

from tests.spec.known_child import KnownChild


def a_child() -> KnownChild:
    return KnownChild(born="2025-01-10", rule="development-warning")


def screened(child: KnownChild, on: str, *positive: int, **more: Any) -> dict[str, Any]:
    return child.checkup(on, warning_signs={"age_months": 12, "positive": [*positive]}, **more)


def refer(child: KnownChild, on: str) -> None:
    told = {"referral_id": "F-1", "to_clinic": "city", "reason": "development", "due_date": "2026-06-01"}
    child.clinic_says("referral.made", on, **told)


def test_a_positive_sign_opens_it_at_once_whatever_was_heard() -> None:
    child = a_child().clinic_reports("weekly")
    screened(child, "2026-01-12", 2)
    alert = child.on_heard("2026-01-12", until="2025-12-01").alert
    assert alert is not None
    assert (alert["state"], alert["due_on"]) == ("open", "2026-01-12")


def test_what_carers_of_a_centre_saw_counts_as_well() -> None:
    child = a_child()
    child.center_says("development.observed", "2026-01-12", age_months=12, positive=[1])
    assert child.on("2026-01-12").state == "open"


def test_a_later_positive_screening_is_the_same_alert() -> None:
    child = a_child()
    screened(child, "2026-01-12", 2, recordid="V-1")
    child.on("2026-01-13")
    screened(child, "2026-02-12", 1, recordid="V-2")
    alert = child.on("2026-02-13").alert
    assert alert is not None
    assert (alert["due_on"], alert["detail"]["positive_on"]) == ("2026-01-12", ["2026-01-12", "2026-02-12"])


def test_a_referral_resolves_it_as_done() -> None:
    child = a_child()
    screened(child, "2026-01-12", 2)
    child.on("2026-01-13")
    refer(child, "2026-01-20")
    assert child.on("2026-01-20").state == "done"


def test_one_of_the_day_before_does_not() -> None:
    child = a_child()
    refer(child, "2026-01-11")
    screened(child, "2026-01-12", 2)
    assert child.on("2026-01-13").state == "open"


def test_a_later_clean_screening_resolves_it_as_done() -> None:
    child = a_child()
    screened(child, "2026-01-12", 2, recordid="V-1")
    child.on("2026-01-13")
    child.center_says("development.observed", "2026-02-12", age_months=12, positive=[])
    assert child.on("2026-02-12").state == "done"


def test_a_checkup_that_looked_for_no_signs_says_nothing() -> None:
    child = a_child()
    screened(child, "2026-01-12", 2, recordid="V-1")
    child.checkup("2026-02-12", recordid="V-2")
    assert child.on("2026-02-13").state == "open"


def test_screenings_that_were_all_passed_are_clean_and_others_are_not() -> None:
    child = a_child()
    screened(child, "2026-01-12", 2, recordid="V-1")
    mixed = [{"instrument": "ASQ-3", "result": "pass"}, {"instrument": "DDST", "result": "inconclusive"}]
    visit = child.checkup("2026-02-12", recordid="V-2", screenings=mixed)
    assert child.on("2026-02-13").state == "open"
    child.corrected(visit, screenings=[{"instrument": "ASQ-3", "result": "pass"}])
    assert child.on("2026-02-14").state == "done"


def test_a_sign_that_was_a_mistake_resolves_it_as_corrected() -> None:
    child = a_child()
    visit = screened(child, "2026-01-12", 2)
    child.on("2026-01-13")
    child.retracted(visit)
    assert child.on("2026-01-14").state == "corrected"


def test_signs_after_a_clean_screening_are_another_alert() -> None:
    child = a_child()
    for number, (on, signs) in enumerate([("2026-01-12", [1]), ("2026-02-12", []), ("2026-03-12", [1])]):
        screened(child, on, *signs, recordid=f"V-{number}")
        child.on(on)
    assert [told["state"] for told in child.shard.tables.history] == ["open", "resolved", "open"]
    assert child.alert is not None
    assert child.alert["due_on"] == "2026-03-12"
