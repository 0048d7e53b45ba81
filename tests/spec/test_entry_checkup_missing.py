"""The rule entry-checkup-missing."""

from __future__ import annotations

from tests.spec.known_child import KnownChild


def a_child(**more: str) -> KnownChild:
    return KnownChild(born="2024-01-10", rule="entry-checkup-missing", **more)


def test_who_enters_a_centre_without_a_checkup_has_an_alert_from_that_day_on() -> None:
    child = a_child()
    child.enrolled("2026-02-23")
    assert child.on("2026-02-22").state == ""
    alert = child.on("2026-02-23").alert
    assert alert is not None
    assert (alert["state"], alert["due_on"], alert["center_id"]) == ("open", "2026-02-23", "yucai")
    assert alert["detail"]["entry_on"] == "2026-02-23"
    assert alert["detail"]["to"] == ["clinic:chengguan", "center:yucai"]


def test_a_checkup_of_the_three_months_before_is_enough() -> None:
    child = a_child()
    child.checkup("2025-11-23")
    child.enrolled("2026-02-23")
    assert child.on("2026-02-23").state == ""


def test_one_of_the_day_before_that_is_not() -> None:
    child = a_child()
    child.checkup("2025-11-22")
    child.enrolled("2026-02-23")
    assert child.on("2026-02-23").state == "open"


def test_a_checkup_since_resolves_it_as_done() -> None:
    child = a_child()
    child.enrolled("2026-02-23")
    child.on("2026-02-25")
    child.checkup("2026-03-02")
    assert child.on("2026-03-02").state == "done"


def test_a_stay_goes_on_over_enrolments_that_follow_each_other() -> None:
    child = a_child()
    child.checkup("2025-06-20")
    child.enrolled("2025-09-01", until="2026-02-22", recordid="E-1")
    child.enrolled("2026-02-23", recordid="E-2")
    assert child.on("2026-03-01").state == ""


def test_a_gap_of_a_day_begins_another_stay() -> None:
    child = a_child()
    child.checkup("2025-06-20")
    child.enrolled("2025-09-01", until="2026-02-21", recordid="E-1")
    child.enrolled("2026-02-23", recordid="E-2")
    assert child.on("2026-03-01").state == "open"


def test_who_leaves_the_centre_is_asked_no_longer() -> None:
    child = a_child()
    child.enrolled("2026-02-23")
    child.on("2026-02-25")
    child.withdrawn("2026-03-01")
    assert child.on("2026-03-01").state == "corrected"


def test_a_departure_resolves_it_as_departed() -> None:
    child = a_child()
    child.enrolled("2026-02-23")
    child.on("2026-02-25")
    child.departed("2026-02-26")
    assert child.on("2026-02-27").state == "departed"


def test_a_silent_clinic_may_have_seen_the_child() -> None:
    child = a_child().clinic_reports("weekly")
    child.enrolled("2026-02-23")
    assert child.on_heard("2026-03-20", until="2026-03-04").state == ""
    assert child.on_heard("2026-03-21", until="2026-03-05").state == "open"
