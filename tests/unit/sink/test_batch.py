"""Rows become columns: types, missing values, tombstones, and what does not fit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sink.batch import Batch, Columns, columns_of
from streams.sink.rows import BadMessage, Row, rows_of
from streams.store.tables import TABLES
from tests.unit.sink.messages import AMessage, a_store_row, a_timeline_entry, an_alert


def a_batch(*messages: AMessage) -> Batch:
    batch = Batch()
    for message in messages:
        batch.add(rows_of(message))
    return batch


def inserts(*messages: AMessage) -> dict[str, dict[str, list[Any]]]:
    """target → column → values."""
    found: dict[str, dict[str, list[Any]]] = {}
    for insert in a_batch(*messages).inserts():
        for target in insert.targets:
            found[target] = dict(zip(insert.names, insert.data, strict=True))
    return found


def one(table: str, **values: Any) -> Columns:
    return columns_of(TABLES[table], [Row(table, 1, False, 0, values)])


def test_dates_and_times_are_days_and_milliseconds_since_1970() -> None:
    column = inserts(a_timeline_entry())["timeline"]
    assert column["local_date"] == [(date(2026, 3, 2) - date(1970, 1, 1)).days]
    expected = datetime(2026, 3, 2, 1, 30, 0, 250_000, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    assert column["occurred_at"] == [round(expected.total_seconds() * 1000)]


def test_data_is_json_text_and_flags_are_a_list() -> None:
    column = inserts(a_timeline_entry())["timeline"]
    assert column["data"] == [b'{"clinic_id":"chengguan","weight_kg":9.6}']
    assert column["flags"] == [["milestone-too-early"]]


def test_every_version_also_goes_to_the_log() -> None:
    found = inserts(a_timeline_entry(version=1), a_timeline_entry(version=2))
    assert found["timeline_log"] == found["timeline"]
    assert found["timeline"]["version"] == [1, 2]
    assert found["timeline"]["known_at"] == [1_772_415_000_123] * 2


def test_the_log_is_written_before_what_is_current() -> None:
    assert TABLES["children"].targets == ("children_log", "children")


def test_a_table_without_a_log_has_none() -> None:
    assert set(inserts(a_store_row("contracts", {"contract_id": "x"}))) == {"contracts"}


def test_what_a_row_leaves_out_is_empty_or_null() -> None:
    column = inserts(an_alert())["alerts"]
    assert column["acknowledged_by"] == [""]
    assert column["acknowledged_at"] == [None]


def test_null_for_a_text_is_the_empty_text() -> None:
    assert inserts(a_timeline_entry(class_id=None))["timeline"]["class_id"] == [""]


def test_a_tombstone_needs_only_its_key() -> None:
    key = {"child_id": "c", "kind": "k", "source": "s", "record_id": "r"}
    message = AMessage("timeline-entries", orjson.dumps({"version": 3, "deleted": True, "row": key}))
    column = inserts(message)["timeline"]
    assert (column["is_deleted"], column["occurred_at"], column["data"]) == ([1], [0], [b"{}"])


def test_a_standing_row_must_have_what_its_table_requires() -> None:
    with pytest.raises(BadMessage, match=r"timeline\.occurred_at is missing in version 5"):
        inserts(a_timeline_entry(occurred_at=None))


def test_a_column_that_is_kept_no_longer_is_left_out_of_messages_of_before() -> None:
    row = {"child_id": "k", "status": "active"}
    message = a_store_row("children", row | {"open_alerts": 2})
    assert inserts(message) == inserts(a_store_row("children", row))


@pytest.mark.parametrize(
    ("table", "values", "said"),
    [
        ("clinics", {"clinic_id": "x", "colour": "green"}, "unknown columns: colour"),
        ("clinics", {"name": "x"}, "without its key column clinic_id"),
        ("clinics", {"clinic_id": None}, "without its key column clinic_id"),
        ("watermarks", {"stage": "timeline", "partition": 1, "now": "2026-03-02T01:30:00"}, "watermarks.now"),
        ("populations", {"region": "1", "residents": 5, "as_of": "yesterday"}, "populations.as_of"),
        ("calendars", {"year": 2026, "days_off": "2026-01-01"}, "calendars.days_off"),
    ],
)
def test_a_row_that_does_not_fit_is_our_error_and_its_values_are_not_told(
    table: str, values: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadMessage) as caught:
        one(table, **values)
    assert said in str(caught.value)
    assert "yesterday" not in str(caught.value)


def test_a_row_for_no_table_is_our_error() -> None:
    with pytest.raises(BadMessage, match="does not exist"):
        a_batch(a_store_row("nothing", {}))


def test_now_is_written_after_the_rows_that_were_decided_by_it() -> None:
    tick = a_store_row("watermarks", {"stage": "timeline", "partition": 0, "now": "2026-03-02T01:30:00.000Z"})
    tables = [insert.targets[-1] for insert in a_batch(tick, an_alert(), a_timeline_entry()).inserts()]
    assert tables == ["alert_history", "alerts", "timeline", "watermarks"]


@given(st.lists(st.integers(0, 2**63), max_size=20))
def test_no_row_is_lost_or_moved_between_columns(versions: list[int]) -> None:
    batch = a_batch(*(a_store_row("contracts", {"contract_id": str(v)}, version=v) for v in versions))
    assert batch.size == len(versions)
    rows = [row for insert in batch.inserts() for row in zip(*insert.data, strict=True)]
    names = [*TABLES["contracts"].columns, "version", "is_deleted", "known_at"]
    told = [dict(zip(names, row, strict=True)) for row in rows]
    assert [(row["contract_id"], row["version"]) for row in told] == [(str(v), v) for v in versions]
