"""How answers are printed where there is no terminal."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import orjson
import pytest

from streams.cli.answers import print_json, print_rows, shown

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_columns_are_aligned_also_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(("name", "n"), [("育才", 3), ("abcdef", 12)])
    assert capsys.readouterr().out.splitlines() == ["name    n", "育才    3", "abcdef  12"]


def test_a_long_cell_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(("text",), [("x" * 500,)], widest=10)
    assert capsys.readouterr().out.splitlines()[1] == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI), "2026-03-02 09:30:00"),
        (date(2026, 3, 2), "2026-03-02"),
        (5.630000001, "5.63"),
        (50.0, "50"),
        (["a", "b"], "a, b"),
        ({"weight_kg": 9.6, "position": "lying"}, "weight_kg=9.6 position=lying"),
        ("two\nlines", "two lines"),
    ],
)
def test_values_read_well(value: object, text: str) -> None:
    assert shown(value) == text


def test_json_keeps_the_offset_of_times(capsys: pytest.CaptureFixture[str]) -> None:
    print_json([{"at": datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)}])
    assert orjson.loads(capsys.readouterr().out) == [{"at": "2026-03-02T09:30:00+08:00"}]


@pytest.mark.parametrize("wide", [2**64, -(2**63) - 1, 2**255])
def test_an_integer_beyond_64_bits_is_text_in_json(capsys: pytest.CaptureFixture[str], wide: int) -> None:
    print_json([{"n": wide, "all": (1, [wide]), "map": {wide: True}, "fits": 2**64 - 1}])
    text = str(wide)
    assert orjson.loads(capsys.readouterr().out) == [
        {"n": text, "all": [1, [text]], "map": {text: True}, "fits": 2**64 - 1}
    ]
