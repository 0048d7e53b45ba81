"""The rules growth-low, growth-high and growth-faltering.

Weights and lengths are taken from the printed lines of WS/T 423-2022, and from WHO's medians.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.spec.known_child import KnownChild

REFERENCE = Path("streams/clinical/reference")


def line(table: str, sd: str, age: str) -> float:
    """What is printed for girls at an age in months, or at a length in cm."""
    rows = csv.DictReader((REFERENCE / f"wst423_2022_sd_{table}_f.csv").read_text("utf-8").splitlines())
    [found] = [row for row in rows if float(next(iter(row.values()))) == float(age)]
    return float(found[sd])


def a_child(rule: str, born: str = "2024-06-01", **data: Any) -> KnownChild:
    return KnownChild(born=born, rule=rule, **data)


@pytest.mark.parametrize(("sd", "less", "state"), [
    ("-2SD", 0.0, ""), ("-2SD", 0.01, "open"), ("-3SD", 0.0, "open"), ("-3SD", 0.01, "escalated"),
])  # fmt: skip
def test_underweight_is_below_two_lines_and_severe_below_three(sd: str, less: float, state: str) -> None:
    child = a_child("growth-low")
    child.checkup("2025-06-01", weight_kg=round(line("wfa", sd, "12") - less, 2))
    assert child.on("2025-06-01").state == state


def test_each_indicator_is_judged_by_the_latest_visit_that_measured_it() -> None:
    child = a_child("growth-low")
    child.checkup("2025-06-01", recordid="V-1", weight_kg=line("wfa", "-3SD", "12"))
    length = round(line("lhfa", "-2SD", "13"), 1)
    measured = {"clinic_id": "chengguan", "length_height_cm": length}
    child.publish({**child.says_checkup("2025-07-01", recordid="V-2"), "data": measured})
    alert = child.on("2025-07-01").alert
    assert alert is not None
    assert list(alert["detail"]["indicators"]) == ["weight_for_age"]
    assert (alert["detail"]["standard"], alert["detail"]["visit_on"]) == ("WS/T 423-2022", "2025-06-01")


def test_more_weight_at_a_later_visit_resolves_it_as_caught_up() -> None:
    child = a_child("growth-low")
    child.checkup("2025-06-01", recordid="V-1", weight_kg=line("wfa", "-3SD", "12"))
    child.on("2025-06-01")
    child.checkup("2025-07-01", recordid="V-2", weight_kg=line("wfa", "-1SD", "13"))
    assert child.on("2025-07-01").state == "caught-up"


def test_a_wrong_weight_that_is_retracted_resolves_it_as_corrected() -> None:
    child = a_child("growth-low")
    visit = child.checkup("2025-06-01", weight_kg=2.9)
    child.on("2025-06-01")
    child.retracted(visit)
    assert child.on("2025-06-02").state == "corrected"


def test_of_an_unknown_sex_nothing_is_said() -> None:
    child = a_child("growth-low", sex="unknown")
    child.checkup("2025-06-01", weight_kg=2.9)
    assert child.on("2025-06-01").state == ""


@pytest.mark.parametrize(("sd", "less", "state"), [
    ("+1SD", 0.01, ""), ("+1SD", 0.0, "open"), ("+2SD", 0.01, "open"), ("+2SD", 0.0, "escalated"),
])  # fmt: skip
def test_overweight_is_from_one_line_on_and_obese_from_two(sd: str, less: float, state: str) -> None:
    child = a_child("growth-high")
    weight = round(line("wfl", sd, "75") - less, 2)
    child.checkup("2025-06-01", length_height_cm=75.0, position="lying", weight_kg=weight)
    assert child.on("2025-06-01").state == state


def test_oedema_weighs_and_so_says_nothing_of_weight() -> None:
    child = a_child("growth-high")
    child.checkup("2025-06-01", length_height_cm=75.0, position="lying", weight_kg=14.0, oedema=True)
    assert child.on("2025-06-01").state == ""


@pytest.mark.parametrize(("earlier", "weight", "state"), [
    ("2025-03-01", 8.0, "open"),   # three months before, no more than now
    ("2025-03-02", 8.0, ""),       # a day less than three months
    ("2025-03-01", 7.9, ""),
])  # fmt: skip
def test_no_weight_gained_in_three_months_is_faltering(earlier: str, weight: float, state: str) -> None:
    child = a_child("growth-faltering", born="2024-06-01")
    child.checkup(earlier, recordid="V-1", weight_kg=weight)
    child.checkup("2025-06-01", recordid="V-2", weight_kg=8.0)
    assert child.on("2025-06-01").state == state


def test_from_two_years_on_it_is_not() -> None:
    child = a_child("growth-faltering", born="2023-06-01")
    child.checkup("2025-03-01", recordid="V-1", weight_kg=12.0)
    child.checkup("2025-06-01", recordid="V-2", weight_kg=12.0)
    assert child.on("2025-06-01").state == ""


@pytest.mark.parametrize(("earlier", "state"), [
    ("2025-06-01", "open"),   # a month before
    ("2025-06-02", ""),
    ("2025-01-01", "open"),   # six months before
    ("2024-12-31", ""),
])  # fmt: skip
def test_weight_for_age_fallen_by_more_than_one_is_faltering_at_any_age(earlier: str, state: str) -> None:
    child = a_child("growth-faltering", born="2022-06-01")
    child.checkup(earlier, recordid="V-1", weight_kg=17.5)
    child.checkup("2025-07-01", recordid="V-2", weight_kg=13.9)
    assert child.on("2025-07-01").state == state
