"""WHO's z-scores of one visit: each of WHO's own survey, and the edges of age, length, position and plausibility."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest

from streams.clinical.growth import NO_SCORES, Scores, implausible, reference_birth, visit_z
from streams.clinical.growth.build_tables import FILE, text
from streams.publish.survey import survey_csv

SEXES = {"1": "male", "2": "female"}
POSITIONS = {"l": "lying", "h": "standing", "": None}
NAMES = {"waz": "zwei", "haz": "zlen", "wlz": "zwfl", "baz": "zbmi", "hcz": "zhc"}


def surveyed() -> Iterator[tuple[dict[str, str], Scores]]:
    """Each child of the survey as WHO has it, and our scores of it. Numbers went through 32-bit floats."""
    with survey_csv().open() as file:
        head, *rows = csv.reader(file)
    for row in rows:
        child = dict(reversed(list(zip(head, row, strict=True))))  # `oedema` stands twice: the first holds
        number = {name: round(float(child[name]), 3) if child[name] else None for name in ("WEIGHT", "HEIGHT", "HEAD")}
        yield (
            child,
            visit_z(
                SEXES[child["GENDER"]],
                int(child["age.days"]),
                number["WEIGHT"],
                number["HEIGHT"],
                POSITIONS[child["measure"]],
                number["HEAD"],
                child["oedema"] == "y",
            ),
        )


@pytest.mark.parametrize("index", NAMES)
def test_every_score_of_whos_survey_of_498_children_is_whos_own_to_two_decimals(index: str) -> None:
    whos = [(child["id"], float(z) if (z := child[NAMES[index]]) else None) for child, _ in surveyed()]
    ours = [(child["id"], getattr(scores, index)) for child, scores in surveyed()]

    assert len(ours) == 498
    assert ours == whos


def test_the_file_of_tables_is_what_its_script_writes() -> None:
    assert FILE.read_text("utf-8") == text()


def median(table: str, sex: str, x: int | str) -> float:
    """From the wheel's own tables, not ours."""
    data = import_module(f"pygrowup.tables.by_day.{table}").DATA[sex]
    return float(data[x if isinstance(x, int) else Decimal(x)]["m"])


def test_the_day_of_birth_has_scores() -> None:
    scores = visit_z("female", 0, median("wfa", "female", 0), median("lfa", "female", 0), "lying", 33.8787)

    assert (scores.waz, scores.haz, scores.hcz) == (0, 0, 0)


def test_heights_hold_from_day_731_on_and_lengths_before() -> None:
    for day in (730, 731):
        assert visit_z("male", day, None, median("lfa", "male", day)).haz == 0
    assert visit_z("male", 730, median("wfl", "male", "85"), 85.0).wlz == 0
    assert visit_z("male", 731, median("wfh", "male", "85"), 85.0).wlz == 0


def test_lying_at_731_days_is_measured_0_7_cm_too_long_and_standing_at_730_too_short() -> None:
    assert visit_z("male", 731, None, 87.7, "lying") == visit_z("male", 731, None, 87.0, "standing")
    assert visit_z("male", 730, None, 87.0, "standing") == visit_z("male", 730, None, 87.7, "lying")
    assert visit_z("male", 731, None, 87.7, "lying").haz != visit_z("male", 731, None, 87.7, "standing").haz


def test_a_missing_position_is_as_the_age_expects() -> None:
    assert visit_z("female", 400, 9.0, 74.0) == visit_z("female", 400, 9.0, 74.0, "lying")
    assert visit_z("female", 900, 12.0, 88.0) == visit_z("female", 900, 12.0, 88.0, "standing")


def test_nobody_under_nine_months_stands() -> None:
    assert visit_z("female", 273, None, 70.0, "standing") == visit_z("female", 273, None, 70.0, "lying")
    assert visit_z("female", 274, None, 70.0, "standing") == visit_z("female", 274, None, 70.7, "lying")


def test_oedema_leaves_what_contains_no_weight() -> None:
    with_oedema = visit_z("male", 400, 9.0, 75.0, "lying", 46.0, oedema=True)
    without = visit_z("male", 400, 9.0, 75.0, "lying", 46.0)

    assert with_oedema == Scores(haz=without.haz, hcz=without.hcz)
    assert None not in without


def test_an_unknown_sex_has_no_score() -> None:
    assert visit_z("unknown", 400, 9.0, 75.0, "lying", 46.0) == NO_SCORES


@pytest.mark.parametrize(("day", "has"), [(-1, False), (0, True), (1826, True), (1856, True), (1857, False)])
def test_scores_end_with_the_sixtieth_month(day: int, has: bool) -> None:
    assert (visit_z("female", day, 15.0, 100.0, None, 48.0).waz is not None) is has


@pytest.mark.parametrize(
    ("day", "cm", "has"),
    [
        (100, 44.9, False),
        (100, 45.0, True),
        (700, 110.0, True),
        (700, 110.1, False),
        (800, 64.9, False),
        (800, 65.0, True),
        (1800, 120.0, True),
        (1800, 120.1, False),
        (800, 65.7, True),
    ],
)
def test_weight_for_length_is_from_45_to_110_cm_and_for_height_from_65_to_120(day: int, cm: float, has: bool) -> None:
    scores = visit_z("male", day, 8.0, cm, "lying" if day == 800 and cm == 65.7 else None)

    assert (scores.wlz is not None) is has
    assert scores.haz is not None


def test_between_two_rows_of_a_millimetre_weight_for_length_is_linear() -> None:
    middle = (median("wfl", "female", "70") + median("wfl", "female", "70.1")) / 2

    assert visit_z("female", 300, middle, 70.05).wlz == 0


def test_beyond_three_a_step_is_a_step_in_weight() -> None:
    """Weight for age: by hand from the table's row of a girl's 365th day, l −0.2022 m 8.9462 s 0.12267."""
    power, middle, spread = -0.2022, 8.9462, 0.12267
    line = {z: middle * (1 + power * spread * z) ** (1 / power) for z in (-3, -2, 2, 3)}
    for steps in (0.5, 2, 4):
        high = visit_z("female", 365, line[3] + steps * (line[3] - line[2]))
        low = visit_z("female", 365, line[-3] - steps * 0.5 * (line[-2] - line[-3]))
        assert (high.waz, low.waz) == (3 + steps, -3 - steps * 0.5)


def test_length_and_head_go_on_beyond_three_without_a_bend() -> None:
    middle, spread = 49.1477, 0.0379

    assert visit_z("female", 0, None, middle * (1 + 5 * spread)).haz == 5
    assert visit_z("female", 0, None, None, None, 33.8787 * (1 - 4 * 0.03496)).hcz == -4


@pytest.mark.parametrize(
    ("scores", "flagged"),
    [
        (Scores(waz=-6.0, haz=6.0, wlz=5.0, baz=-5.0, hcz=5.0), []),
        (Scores(waz=-6.01, haz=6.01), ["waz", "haz"]),
        (Scores(waz=5.01, haz=-6.01), ["waz", "haz"]),
        (Scores(wlz=5.01, baz=-5.01, hcz=-5.01), ["wlz", "baz", "hcz"]),
        (NO_SCORES, []),
    ],
)
def test_what_is_hardly_possible_is_flagged(scores: Scores, flagged: list[str]) -> None:
    assert implausible(scores) == flagged


def test_age_is_corrected_below_37_weeks_and_before_24_months_of_the_calendar() -> None:
    born = date(2024, 2, 29)

    assert reference_birth(born, date(2025, 1, 1), 32) == date(2024, 4, 25)
    assert reference_birth(born, date(2026, 2, 27), 36) == date(2024, 3, 28)
    assert reference_birth(born, date(2026, 2, 28), 36) == born
    assert reference_birth(born, date(2025, 1, 1), 37) == born
    assert reference_birth(born, date(2025, 1, 1), None) == born
