"""The rule anaemia: the Chinese cut-offs by age (reference/thresholds.json)."""

from __future__ import annotations

import pytest

from tests.spec.known_child import KnownChild


def a_child(**more: str) -> KnownChild:
    return KnownChild(born="2025-01-31", rule="anaemia", **more)


@pytest.mark.parametrize(("on", "least"), [
    ("2025-02-27", 145),  # 27 days
    ("2025-02-28", 90),   # 28 days
    ("2025-05-30", 90),
    ("2025-05-31", 100),  # 4 months
    ("2025-07-30", 100),
    ("2025-07-31", 110),  # 6 months
    ("2031-12-31", 110),
])  # fmt: skip
def test_the_least_haemoglobin_is_that_of_the_age(on: str, least: int) -> None:
    enough, short = a_child(), a_child()
    enough.checkup(on, haemoglobin_g_l=least)
    short.checkup(on, haemoglobin_g_l=least - 1)
    assert (enough.on(on).state, short.on(on).state) == ("", "open")


def test_below_sixty_it_escalates() -> None:
    child = a_child()
    child.checkup("2026-02-02", recordid="V-1", haemoglobin_g_l=60)
    assert child.on("2026-02-02").state == "open"
    child.checkup("2026-02-03", recordid="V-2", haemoglobin_g_l=59)
    alert = child.on("2026-02-03").alert
    assert alert is not None
    assert (alert["state"], alert["severity"], alert["due_on"]) == ("escalated", "serious", None)
    assert alert["detail"]["records"] == [["checkup.recorded", "clinic:chengguan", "V-2"]]


def test_a_later_checkup_without_a_haemoglobin_changes_nothing() -> None:
    child = a_child()
    child.checkup("2026-02-02", recordid="V-1", haemoglobin_g_l=100)
    child.checkup("2026-03-02", recordid="V-2")
    assert child.on("2026-03-02").state == "open"


def test_enough_at_a_later_checkup_resolves_it_as_caught_up() -> None:
    child = a_child()
    child.checkup("2026-02-02", recordid="V-1", haemoglobin_g_l=100)
    child.on("2026-02-02")
    child.checkup("2026-03-02", recordid="V-2", haemoglobin_g_l=115)
    assert child.on("2026-03-02").state == "caught-up"


def test_a_checkup_that_was_a_mistake_resolves_it_as_corrected() -> None:
    child = a_child()
    visit = child.checkup("2026-02-02", haemoglobin_g_l=100)
    child.on("2026-02-02")
    child.retracted(visit)
    assert child.on("2026-02-03").state == "corrected"


def test_who_departs_is_not_said_to_have_caught_up() -> None:
    child = a_child()
    child.checkup("2026-02-02", haemoglobin_g_l=100)
    child.on("2026-02-02")
    child.departed("2026-02-05")
    assert child.on("2026-02-05").state == "departed"
