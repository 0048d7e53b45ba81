"""WS/T 423-2022: where a visit lies, by the tables themselves."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise

import pytest

from streams.clinical.growth import Position, wst423, wst423_sd
from streams.clinical.months import add_months

BORN = date(2020, 1, 31)
REFERENCE = files("streams.clinical.reference")
INDICATORS = {"wfa": "weight_for_age", "lhfa": "length_height_for_age", "bmi": "bmi_for_age", "hc": "head_for_age"}
TABLES = ("wfa", "lhfa", "bmi", "hc", "wfl", "wfh")


def table(kind: str, name: str, sex: str) -> tuple[list[str], list[list[float]]]:
    text = REFERENCE.joinpath(f"wst423_2022_{kind}_{name}_{sex[0]}.csv").read_text("utf-8")
    head, *rows = csv.reader(text.splitlines())
    return head[1:], [list(map(float, row)) for row in rows]


def at_line(name: str, sex: str, x: float, value: float) -> Position | None:
    """Our position of a child that lies exactly on a line of a row."""
    if name in ("wfl", "wfh"):
        on = add_months(BORN, 12 if name == "wfl" else 40)
        return wst423(sex, BORN, on, value, x).get("weight_for_length_height")
    on = add_months(BORN, int(x))
    if name == "bmi":
        return wst423(sex, BORN, on, value, 100.0).get("bmi_for_age")
    measured = {"wfa": "weight_kg", "lhfa": "length_height_cm", "hc": "head_cm"}[name]
    return wst423(sex, BORN, on, **{measured: value}).get(INDICATORS[name])


def all_lines(kind: str) -> Iterator[tuple[str, str, float, float, int]]:
    """(table, sex, x, value, name of the line) of every cell of the twelve tables of a kind."""
    for name in TABLES:
        for sex in ("female", "male"):
            head, rows = table(kind, name, sex)
            for x, *values in rows:
                for line, value in zip(head, values, strict=True):
                    yield name, sex, x, value, int(line.replace("SD", "").replace("P", ""))


def test_a_value_on_a_line_of_standard_deviations_has_reached_it_and_a_bit_less_has_not() -> None:
    cells = list(all_lines("sd"))
    assert len(cells) == 2 * 7 * (3 * 44 + 29 + 2 * 56)
    for name, sex, x, value, line in cells:
        on, under = at_line(name, sex, x, value), at_line(name, sex, x, value - 0.001)
        assert on is not None
        assert under is not None
        assert on.sd == line, (name, sex, x, value)
        assert under.sd == line - 1, (name, sex, x, value)


def test_a_value_on_a_percentile_has_reached_it() -> None:
    order = (0, 3, 10, 25, 50, 75, 90, 97)
    for name, sex, x, value, _ in all_lines("pct"):
        on, under = at_line(name, sex, x, value), at_line(name, sex, x, value - 0.001)
        assert on is not None
        assert under is not None
        _, rows = table("pct", name, sex)
        values = next(row[1:] for row in rows if row[0] == x)
        same = [percentile for percentile, other in zip(order[1:], values, strict=True) if other == value]
        assert on.percentile == max(same), (name, sex, x, value)  # in the first rows two lines may lie on one tenth
        assert under.percentile == order[order.index(min(same)) - 1], (name, sex, x, value)


def test_lines_of_a_row_never_fall() -> None:
    for kind in ("sd", "pct"):
        for name in TABLES:
            for sex in ("female", "male"):
                assert all(a <= b for _, *row in table(kind, name, sex)[1] for a, b in pairwise(row))


def test_between_two_rows_a_line_is_straight() -> None:
    """A boy's −2SD weight: 3.6 kg at one month, 4.6 at two; half of the 28 days of February 2021 is 4.1."""
    born = date(2021, 1, 1)
    _, rows = table("sd", "wfa", "male")
    assert (rows[1][2], rows[2][2]) == (3.6, 4.6)

    on = date(2021, 2, 15)
    assert wst423("male", born, on, 4.1)["weight_for_age"].sd == -2
    assert wst423("male", born, on, 4.099)["weight_for_age"].sd == -3


def test_from_23_to_24_months_lengths_go_on_as_lengths() -> None:
    """The row of 24 months is of standing children, 0.7 cm less: a line to it would be the line of nobody."""
    _, rows = table("sd", "lhfa", "male")
    step = rows[23][4] - rows[22][4]
    day = add_months(BORN, 24) - timedelta(days=1)
    days = (add_months(BORN, 24) - add_months(BORN, 23)).days
    median = rows[23][4] + step * (days - 1) / days

    assert rows[24][4] < rows[23][4] + step
    assert wst423("male", BORN, day, None, median + 0.001)["length_height_for_age"].sd == 0
    assert wst423("male", BORN, day, None, median - 0.001)["length_height_for_age"].sd == -1


def test_the_last_row_s_step_goes_on_to_84_months_and_nothing_after() -> None:
    _, rows = table("sd", "wfa", "female")
    day = add_months(BORN, 84) - timedelta(days=1)
    last, before = rows[-1][4], rows[-2][4]
    share = 1 - 1 / 3 / (add_months(BORN, 84) - add_months(BORN, 83)).days
    median = last + (last - before) * share

    assert wst423("female", BORN, day, median + 0.001)["weight_for_age"].sd == 0
    assert wst423("female", BORN, day, median - 0.001)["weight_for_age"].sd == -1
    assert wst423("female", BORN, add_months(BORN, 84), 20.0, 115.0) == {}


def test_heads_end_with_36_months() -> None:
    assert "head_for_age" in wst423("male", BORN, add_months(BORN, 36), head_cm=49.0)
    assert wst423("male", BORN, add_months(BORN, 36) + timedelta(days=1), head_cm=49.0) == {}


@pytest.mark.parametrize(
    ("months", "cm", "has"),
    [
        (3, 44.9, False),
        (3, 45.0, True),
        (23, 100.0, True),
        (23, 100.1, False),
        (24, 74.9, False),
        (24, 75.0, True),
        (70, 130.0, True),
        (70, 130.1, False),
    ],
)
def test_weight_is_for_length_before_24_months_and_for_height_from_then(months: int, cm: float, has: bool) -> None:
    found = wst423("male", BORN, add_months(BORN, months), 12.0, cm)

    assert ("weight_for_length_height" in found) is has


def test_lying_and_standing_differ_by_0_7_cm() -> None:
    for months, lying, standing in ((30, 90.7, 90.0), (15, 80.7, 80.0)):
        on = add_months(BORN, months)
        assert wst423("male", BORN, on, 11.0, lying, "lying") == wst423("male", BORN, on, 11.0, standing, "standing")


def test_unknown_sex_oedema_and_days_before_birth() -> None:
    on = add_months(BORN, 10)

    assert wst423("unknown", BORN, on, 9.0, 72.0) == {}
    assert wst423("male", BORN, BORN - timedelta(days=1), 3.0) == {}
    assert set(wst423("male", BORN, on, 9.0, 72.0, oedema=True)) == {"length_height_for_age"}


def test_the_lines_of_deviations_alone_are_the_same() -> None:
    for months in range(85):
        measured = {"weight_kg": 9.0, "length_height_cm": 74.0, "position": "lying"}
        on = add_months(BORN, months) + timedelta(days=11)
        found = wst423("male", BORN, on, **measured)
        wanted = ("weight_for_age", "length_height_for_age", "weight_for_length_height")
        assert wst423_sd("male", BORN, on, **measured) == {name: found[name].sd for name in wanted if name in found}
