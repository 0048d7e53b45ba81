"""The rule referral-open."""

from __future__ import annotations

from tests.spec.known_child import KnownChild


def a_referred_child(due: str = "2026-02-20") -> KnownChild:
    child = KnownChild(rule="referral-open")
    child.referral = child.clinic_says(  # type: ignore[attr-defined]
        "referral.made", "2026-02-02", referral_id="F-1", to_clinic="city", reason="hearing", due_date=due, recordid="F"
    )
    return child


def close(child: KnownChild, on: str, outcome: str = "attended") -> None:
    child.clinic_says("referral.closed", on, referral_id="F-1", outcome=outcome)


def test_a_referral_is_open_from_the_day_after_its_date_on() -> None:
    child = a_referred_child()
    assert child.on("2026-02-20").state == ""
    alert = child.on("2026-02-21").alert
    assert alert is not None
    assert (alert["state"], alert["due_on"], alert["detail"]["referral_id"]) == ("open", "2026-02-20", "F-1")
    assert alert["detail"]["records"] == [["referral.made", "clinic:chengguan", "F"]]


def test_what_became_of_it_resolves_it_as_done() -> None:
    child = a_referred_child().on("2026-02-25")
    close(child, "2026-02-26", "declined")
    assert child.on("2026-02-26").state == "done"


def test_a_referral_that_was_closed_in_time_never_alerts() -> None:
    child = a_referred_child()
    close(child, "2026-02-19")
    assert child.on("2026-02-28").history == []


def test_a_later_date_resolves_it_as_corrected_until_that_comes() -> None:
    child = a_referred_child().on("2026-02-25")
    child.corrected(child.referral, due_date="2026-03-10")  # type: ignore[attr-defined]
    assert child.on("2026-02-26").state == "corrected"
    assert child.on("2026-03-11").state == "open"


def test_two_referrals_are_two_alerts() -> None:
    child = a_referred_child()
    child.clinic_says(
        "referral.made", "2026-02-03", referral_id="F-2", to_clinic="city", reason="eyes", due_date="2026-02-20"
    )
    child.on("2026-02-21")
    assert [told["state"] for told in child.shard.tables.history] == ["open", "open"]


def test_a_silent_clinic_may_have_closed_it() -> None:
    child = a_referred_child().clinic_reports("working-days")
    assert child.on_heard("2026-03-10", until="2026-02-23").state == ""
    assert child.on_heard("2026-03-11", until="2026-02-24").state == "open"


def test_a_departure_resolves_it_as_departed() -> None:
    child = a_referred_child().on("2026-02-25")
    child.departed("2026-02-26")
    assert child.on("2026-02-27").state == "departed"
