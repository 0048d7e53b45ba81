"""A rule pack is data, and refused on reading when it makes no sense."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest

from streams.clinical.months import add_months
from streams.clinical.pack import BadPack, RulePack, national, read_pack

TEXT = files("streams.clinical.rules").joinpath("national.toml").read_text("utf-8")


def changed(old: str, new: str) -> RulePack:
    assert old in TEXT
    return read_pack(TEXT.replace(old, new, 1))


def test_the_national_pack_names_its_rule_version_dates_and_source() -> None:
    rule = national().rule("checkup-overdue")
    assert (rule.id, rule.version, rule.effective_from) == ("checkup-overdue", 1, date(2017, 2, 28))
    assert "0～6岁儿童健康管理服务规范" in rule.citation
    assert "not law" in national().schedule_rule.windows_note


def test_a_county_may_open_its_windows_earlier() -> None:
    county = changed('id = "m3"\nmonth = 3\nopens_days_before = 14', 'id = "m3"\nmonth = 3\nopens_days_before = 21')
    window = county.schedule.windows(date(2025, 6, 1))[2]
    assert (window.opens_on, window.due_on) == (date(2025, 8, 11), date(2025, 9, 1))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("overdue_day = 15", "overdue_dya = 15", "overdue_dya"),
        ("overdue_day = 15", "", "give either month"),
        ("overdue_day = 15", "overdue_day = 15\nmonth = 1", "give either month"),
        ("overdue_day = 15", "overdue_day = 14", "in this order"),
        ("overdue_months = 11", "overdue_months = 12", "in this order"),
        ("month = 8\n", "month = 20\n", "order"),
        ('id = "m8"', 'id = "m6"', "stands twice"),
        ("ends_at_months = 84", "ends_at_months = 72", "in this order"),
        ("version = 1\n", "version = 0\n", "version"),
        ("effective_from = 2017-02-28", 'effective_from = "in 2017"', "effective_from"),
        ('open = "warning"', 'open = "loud"', "severity.open"),
        ("grace_days_after_registration = 30", "grace_days_after_registration = -1", "grace_days_after_registration"),
        ('id = "checkup-overdue"', 'id = "checkup-forgotten"', "there is no evaluator 'checkup-forgotten'"),
    ],
)
def test_a_pack_that_makes_no_sense_is_refused_and_says_why(old: str, new: str, says: str) -> None:
    with pytest.raises(BadPack, match=says):
        changed(old, new)


def test_an_alert_carries_the_packs_version_and_severity() -> None:
    county: Any = changed('open = "warning"', 'open = "serious"')
    assert county.rule("checkup-overdue").severity.open == "serious"


def test_months_are_clamped_to_the_months_length() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2024, 12, 31), 1) == date(2025, 1, 31)
    assert add_months(date(2024, 11, 30), 3) == date(2025, 2, 28)
    assert add_months(date(2024, 5, 31), 0) == date(2024, 5, 31)


def test_for_every_birth_date_a_window_begins_where_the_last_ended() -> None:
    day = date(2023, 1, 1)
    while day < date(2025, 1, 1):
        windows = national().schedule.windows(day)
        assert windows[0].opens_on == day
        assert [w.missed_on for w in windows[:-1]] == [w.opens_on for w in windows[1:]]
        assert windows[-1].missed_on == national().schedule.ends_on(day)
        day += timedelta(days=1)
