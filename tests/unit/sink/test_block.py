"""Columns in ClickHouse's Native format, read back by the engine itself."""

from __future__ import annotations

from pathlib import Path

import chdb
import pytest

from streams.sink.batch import Columns, columns_of
from streams.sink.block import native
from streams.sink.rows import BadMessage, Row
from streams.store.tables import TABLES
from tests.unit.sink.messages import a_timeline_row


def timeline_rows(*record_ids: str) -> Columns:
    rows = [Row("timeline", 5, False, 0, a_timeline_row(record_id=name)) for name in record_ids]
    return columns_of(TABLES["timeline"], rows)


def test_the_engine_reads_what_was_written(tmp_path: Path) -> None:
    file = tmp_path / "block"
    file.write_bytes(native(timeline_rows("a", "b")))
    sql = f"SELECT record_id, version, toString(local_date), flags[1] FROM file('{file}', Native) ORDER BY 1"
    assert str(chdb.query(sql, "CSV")).splitlines() == [
        f'"{name}",5,"2026-03-02","milestone-too-early"' for name in ("a", "b")
    ]


def test_a_value_of_another_type_is_our_error_and_is_not_told() -> None:
    wrong = timeline_rows("a")
    wrong.data[wrong.names.index("revision")] = ["third"]
    with pytest.raises(BadMessage) as caught:
        native(wrong)
    assert "timeline was given a value of another type" in str(caught.value)
    assert "third" not in str(caught.value)
