"""A sheet becomes events: which cell makes which field, what is left out, what is named when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.publish.sheet.mapping import WrongMapping
from streams.publish.sheet.table import WrongSheet, read_sheet
from tests.unit.publish.sheets import CHILD, a_mapping, imported, mapping_of, the_data

WEIGHT = 'weight_kg = { column = "weight", as = "number" }'


def test_a_cell_becomes_its_field(tmp_path: Path) -> None:
    assert the_data(tmp_path, WEIGHT, {"weight": "9.6"}) == {"weight_kg": 9.6}


def test_an_empty_cell_leaves_its_field_out(tmp_path: Path) -> None:
    assert the_data(tmp_path, WEIGHT, {"weight": " "}) == {}


def test_what_counts_as_empty_is_the_sheets_own_habit(tmp_path: Path) -> None:
    assert the_data(tmp_path, WEIGHT, {"weight": "NA"}, top='empty = ["NA", "/"]') == {}


def test_grams_become_kilograms_without_a_speck_of_dust(tmp_path: Path) -> None:
    grams = 'weight_kg = { column = "g", as = "number", factor = 0.001 }'
    assert the_data(tmp_path, grams, {"g": "3290"}) == {"weight_kg": 3.29}


def test_numbers_that_went_through_32_bit_floats_are_rounded(tmp_path: Path) -> None:
    rounded = 'weight_kg = { column = "weight", as = "number", decimals = 3 }'
    assert the_data(tmp_path, rounded, {"weight": "10.3999996185303"}) == {"weight_kg": 10.4}


@pytest.mark.parametrize(("cell", "value"), [("Y", True), ("是", True), ("0", False), ("无", False)])
def test_yes_and_no_in_either_language(tmp_path: Path, cell: str, value: bool) -> None:
    assert the_data(tmp_path, 'oedema = { column = "o", as = "boolean" }', {"o": cell}) == {"oedema": value}


def test_codes_become_the_contracts_words(tmp_path: Path) -> None:
    position = 'position = { column = "p", values = { "卧位" = "lying", "立位" = "standing" } }'
    assert the_data(tmp_path, position, {"p": "卧位"}) == {"position": "lying"}


@pytest.mark.parametrize("cell", ["2026/3/9", "2026年3月9日", "20260309"])
def test_dates_as_spreadsheets_write_them(tmp_path: Path, cell: str) -> None:
    due = 'next_due = { column = "d", as = "date", format = ["%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d"] }'
    assert the_data(tmp_path, due, {"d": cell}) == {"next_due": "2026-03-09"}


def test_an_age_in_days_becomes_a_date_counted_from_another_column(tmp_path: Path) -> None:
    due = 'next_due = { column = "age", days_before = { column = "seen", as = "date" } }'
    assert the_data(tmp_path, due, {"age": "366", "seen": "2025-03-01"}) == {"next_due": "2024-02-29"}


def test_lists_and_tables_are_filled_cell_by_cell(tmp_path: Path) -> None:
    signs = (
        'warning_signs = { age_months = { column = "m", as = "integer" },'
        ' positive = { column = "s", as = "list", separator = "、", items = "integer" } }'
    )
    found = the_data(tmp_path, signs, {"m": "8", "s": "1、3"})
    assert found == {"warning_signs": {"age_months": 8, "positive": [1, 3]}}


def test_a_table_whose_cells_are_all_empty_is_left_out_whatever_constants_it_has(tmp_path: Path) -> None:
    screening = 'screenings = [{ instrument = "ASQ-3", result = { column = "asq" } }]'
    assert the_data(tmp_path, screening, {"asq": ""}) == {}
    assert the_data(tmp_path, screening, {"asq": "pass"}) == {"screenings": [{"instrument": "ASQ-3", "result": "pass"}]}


def test_headings_that_repeat_are_told_apart_by_position(tmp_path: Path) -> None:
    mapping = a_mapping(tmp_path, 'oedema = { column = "oedema#2", as = "boolean" }')
    events, _ = imported(tmp_path, mapping, f"no,child,oedema,oedema\n1,{CHILD},n,y\n")
    assert events[0]["data"]["oedema"] is True


def test_a_column_without_a_heading_is_named_by_its_number(tmp_path: Path) -> None:
    mapping = a_mapping(tmp_path, 'weight_kg = { column = "#3", as = "number" }')
    events, _ = imported(tmp_path, mapping, f"no,child,\n1,{CHILD},9.6\n")
    assert events[0]["data"]["weight_kg"] == 9.6


def test_a_time_of_the_sheet_is_local_and_a_date_gets_the_time_of_day_that_the_mapping_says(tmp_path: Path) -> None:
    text = """
    source = "clinic:chengguan"
    row = ["child", "seen"]
    subject = { column = "child", prefix = "cn-id:" }
    [[events]]
    kind = "checkup.recorded"
    time = { column = "seen", as = "time", at = "09:00" }
    recordedtime = { column = "typed", as = "time", format = "%Y/%m/%d %H:%M" }
    data = { clinic_id = "chengguan" }
    """
    events, problems = imported(
        tmp_path, mapping_of(tmp_path, text), f"child,seen,typed\n{CHILD},2026-03-02,2026/3/9 8:05\n"
    )
    assert problems == []
    assert (events[0]["time"], events[0]["recordedtime"]) == ("2026-03-02T09:00:00+08:00", "2026-03-09T08:05:00+08:00")


def test_the_same_row_is_the_same_record_and_a_corrected_sheet_a_higher_revision(tmp_path: Path) -> None:
    mapping, rows = a_mapping(tmp_path, WEIGHT), f"no,child,weight\n17,{CHILD},9.6\n"
    (first,), _ = imported(tmp_path, mapping, rows)
    (again,), _ = imported(tmp_path, mapping, rows)
    (corrected,), _ = imported(tmp_path, mapping, rows.replace("9.6", "9.7"), revision=2)
    assert again == first
    assert (corrected["recordid"], corrected["revision"]) == (first["recordid"], 2) == ("17", 2)
    assert corrected["id"] != first["id"]


def test_a_row_may_be_identified_by_its_child_and_a_day(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, _many('row = ["@subject", "day"]'))
    events, _ = imported(tmp_path, mapping, f"child,day,kg\n{CHILD},2026-03-02,9.6\n")
    assert events[0]["recordid"] == f"cn-id:{CHILD}-2026-03-02"


def test_two_events_of_one_kind_from_one_row_have_names_in_their_record_ids(tmp_path: Path) -> None:
    text = _many('row = "day"') + _second(name='name = "second"')
    events, _ = imported(tmp_path, mapping_of(tmp_path, text), f"child,day,kg\n{CHILD},2026-03-02,9.6\n")
    assert [event["recordid"] for event in events] == ["2026-03-02", "2026-03-02-second"]


def test_two_events_of_one_kind_without_names_would_be_one_record(tmp_path: Path) -> None:
    with pytest.raises(WrongMapping, match=r"two events of kind checkup\.recorded from one row need a `name` each"):
        mapping_of(tmp_path, _many('row = "day"') + _second())


def test_an_event_that_needs_a_cell_is_not_made_without_it(tmp_path: Path) -> None:
    mapping = a_mapping(tmp_path, WEIGHT, event='needs = ["weight"]')
    events, problems = imported(tmp_path, mapping, f"no,child,weight\n1,{CHILD},\n2,{CHILD},9.6\n")
    assert ([event["recordid"] for event in events], problems) == (["2"], [])


def test_subjects_are_derived_from_the_first_identifier_that_a_row_has(tmp_path: Path) -> None:
    """The identity number's token is the contract's worked example."""
    ways = 'subject = [{ column = "id", scheme = "cn-id" }, { column = "cert", scheme = "birth-cert" }]'
    text = _many('row = "day"').replace('subject = { column = "child", prefix = "cn-id:" }', ways)
    rows = "id,cert,day,kg\n１１０１０５ 19491231002x,,a,9.6\n,Z110000001,b,9.6\n"
    events, problems = imported(tmp_path, mapping_of(tmp_path, text), rows)
    assert problems == []
    assert events[0]["subject"] == "cn-id:9350d5bc5f0d67b484016b03a93dfbe9"
    assert events[1]["subject"].startswith("birth-cert:")


def test_a_mistyped_identity_number_is_named_and_never_repeated(tmp_path: Path) -> None:
    way = 'subject = { column = "id", scheme = "cn-id" }'
    text = _many('row = "day"').replace('subject = { column = "child", prefix = "cn-id:" }', way)
    events, problems = imported(tmp_path, mapping_of(tmp_path, text), "id,day,kg\n110105194912310021,a,9.6\n")
    assert events == []
    assert str(problems[0]).startswith("row 2, column id: bad-cell: is no valid resident identity number")
    assert "110105" not in str(problems)


def test_a_value_out_of_range_is_named_by_row_column_and_allowed_range(tmp_path: Path) -> None:
    events, problems = imported(
        tmp_path, a_mapping(tmp_path, WEIGHT), f"no,child,weight\n1,{CHILD},9.6\n2,{CHILD},96\n"
    )
    assert len(events) == 1
    assert (problems[0].row, problems[0].column, problems[0].code) == (3, "weight", "bad-value")
    assert "60" in problems[0].allowed


@pytest.mark.parametrize(
    ("data", "cell", "message"),
    [
        (WEIGHT, "heavy", "is no number (allowed: a number such as 9.6)"),
        (WEIGHT, "NaN", "is no number (allowed: a number such as 9.6)"),
        (
            'teeth = { column = "weight", as = "integer" }',
            "2.5",
            "is no whole number (allowed: a whole number such as 12)",
        ),
        (
            'position = { column = "weight", values = { l = "lying" } }',
            "x",
            "is not in the mapping's values (allowed: l)",
        ),
        ('next_due = { column = "weight", as = "date", format = "%Y/%m/%d" }', "2026-13-01", "(allowed: %Y/%m/%d)"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(tmp_path: Path, data: str, cell: str, message: str) -> None:
    events, problems = imported(tmp_path, a_mapping(tmp_path, data), f"no,child,weight\n1,{CHILD},{cell}\n")
    assert events == []
    assert str(problems[0]).startswith("row 2, column weight: bad-cell: ")
    assert str(problems[0]).endswith(message)


def test_everything_that_is_wrong_with_a_row_is_named_at_once(tmp_path: Path) -> None:
    data = f'{WEIGHT}, position = {{ column = "p", values = {{ l = "lying" }} }}'
    _, problems = imported(tmp_path, a_mapping(tmp_path, data), f"no,child,weight,p\n,{CHILD},96,x\n")
    named = [(problem.column, problem.code) for problem in problems]
    assert named == [("p", "bad-cell"), ("no", "missing-field"), ("weight", "bad-value")]


def test_gbk_sheets_with_a_title_above_the_headings_are_read(tmp_path: Path) -> None:
    mapping = a_mapping(
        tmp_path, 'weight_kg = { column = "体重", as = "number" }', top='encoding = "gbk"\nheader = 2\ndelimiter = ";"'
    )
    events, problems = imported(tmp_path, mapping, f"城关卫生院;;\nno;child;体重\n1;{CHILD};9.6\n")
    assert (events[0]["data"]["weight_kg"], problems) == (9.6, [])


def test_the_wrong_encoding_is_named_with_the_one_to_try(tmp_path: Path) -> None:
    mapping = a_mapping(tmp_path, WEIGHT)
    (tmp_path / "sheet.csv").write_text("体重\n", encoding="gbk")
    with pytest.raises(WrongSheet, match='say encoding = "gb18030" in the mapping'):
        read_sheet(tmp_path / "sheet.csv", mapping)


def test_a_column_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(WrongMapping, match="the sheet has no column weight: did you mean Weight"):
        imported(tmp_path, a_mapping(tmp_path, WEIGHT), f"no,child,Weight\n1,{CHILD},9.6\n")


def test_blank_rows_are_skipped_and_rows_keep_the_numbers_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    rows = f'no,child,weight,note\n1,{CHILD},9.6,"two\nlines"\n,,,\n3,{CHILD},96,\n'
    _, problems = imported(tmp_path, a_mapping(tmp_path, WEIGHT), rows)
    assert problems[0].row == 4


def test_a_row_with_more_cells_than_headings_is_named_and_its_neighbours_are_taken(tmp_path: Path) -> None:
    rows = f"no,child,weight\n1,{CHILD},9,6\n2,{CHILD},9.6\n"
    events, problems = imported(tmp_path, a_mapping(tmp_path, WEIGHT), rows)
    assert [event["recordid"] for event in events] == ["2"]
    assert str(problems[0]).startswith("row 2: bad-row: has 1 cells more than there are headings")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("source = ", "is no TOML"),
        ('rwo = "no"', "rwo: Extra inputs are not permitted"),
        ('source = "clinic:a"', "events: Field required"),
        ('source = "yucai"', "source: .*is no source such as clinic:chengguan"),
    ],
)
def test_a_mapping_that_is_wrong_says_where(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(WrongMapping, match=message):
        mapping_of(tmp_path, text)


def test_a_wrong_cell_of_a_mapping_is_named_by_its_place(tmp_path: Path) -> None:
    with pytest.raises(WrongMapping, match=r"events\.0\.data\.weight_kg\.factr: Extra inputs are not permitted"):
        a_mapping(tmp_path, 'weight_kg = { column = "w", as = "number", factr = 2.0 }')


def _many(row: str) -> str:
    return f"""
    source = "clinic:chengguan"
    {row}
    subject = {{ column = "child", prefix = "cn-id:" }}
    {_second()}"""


def _second(name: str = "") -> str:
    return f"""
    [[events]]
    kind = "checkup.recorded"
    {name}
    time = "2026-03-02T09:30:00+08:00"
    data = {{ clinic_id = "chengguan", weight_kg = {{ column = "kg", as = "number" }} }}
    """
