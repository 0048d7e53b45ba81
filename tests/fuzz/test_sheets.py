"""A spreadsheet, whatever is in it, gives events that are valid and problems by cell, or one line; and no number."""

from __future__ import annotations

import random
from collections.abc import Callable

import orjson
import pytest

from schemas.check import Accepted, check
from streams.publish.sheet.found import Sheet
from streams.publish.sheet.table import WrongSheet
from tests.fuzz.inputs import MOBILES, RESIDENTS
from tests.fuzz.judge import shown
from tests.fuzz.sheets import SHEETS, HostileSheet
from tests.unit.publish.template_sheets import a_workbook, sheet_of

OF_EACH = {"tampered": 500, "rearranged": 120, "broken": 300, "comma_separated": 400}


def answered(given: HostileSheet) -> Sheet | str:
    """What was read, or the one line of a file that is none; each is looked at."""
    try:
        sheet = sheet_of(given.content, given.filename)
    except WrongSheet as wrong:
        line = str(wrong)
        assert "\n" not in line
        assert 0 < len(line) < 1_000
        assert_tells_no_number(line)
        return line
    for _, _, event in sheet.events:
        assert isinstance(check(orjson.dumps(event), None, None, None), Accepted)
        assert_tells_no_number(orjson.dumps(event).decode())
    for problem in sheet.problems:
        assert_tells_no_number(str(problem))
    told = {(each.sheet, each.row) for each in (*sheet.events, *sheet.problems)}
    assert len(told) <= sheet.rows
    return sheet


def assert_tells_no_number(text: str) -> None:
    assert not any(number in shown(text) for number in (*RESIDENTS, *MOBILES)), text


@pytest.mark.parametrize("name", SHEETS)
def test_any_file_has_one_answer(name: str) -> None:
    make: Callable[[random.Random], HostileSheet] = SHEETS[name]
    kinds = set()
    for seed in range(OF_EACH[name]):
        try:
            kinds.add(type(answered(make(random.Random(seed)))))
        except BaseException as error:
            error.add_note(f"{name}, seed {seed}")
            raise
    assert kinds == ({Sheet, str} if name != "broken" else kinds | {str})


ROW = (RESIDENTS[0], "2026-03-02", "960")


@pytest.mark.parametrize("headings", [("身份证号", "体检日期", "体重"), ("身份证号", "体检日期", "x"), ("a", "b", "c")])
def test_a_sheet_that_is_named_by_a_number_is_told_of_without_it(headings: tuple[str, ...]) -> None:
    found = answered(HostileSheet("a.xlsx", a_workbook(headings, ROW, name=f"儿童{RESIDENTS[0]}")))
    assert "*" * 18 in (found if isinstance(found, str) else str(found.problems[0]))


def test_a_heading_of_thirty_thousand_characters_is_told_of_in_one_line_that_can_be_read() -> None:
    found = answered(HostileSheet("a.xlsx", a_workbook(("身份证号", "体检日期", "体重" * 15_000), ROW)))
    assert isinstance(found, str)
    assert "体重体重" in found
