"""The DDL as files: numbered, complete, and cut into statements."""

from __future__ import annotations

import re

from streams.settings import Settings
from streams.store.migrate import files, statements
from streams.store.tables import TABLES


def all_statements(**settings: object) -> list[str]:
    return [s for _, sql in files(Settings.model_validate(settings)) for s in statements(sql)]


def test_files_are_numbered_and_come_in_order() -> None:
    names = [name for name, _ in files(Settings())]
    assert names == sorted(names)
    assert len(names) >= 8
    assert all(re.fullmatch(r"\d{3}_[a-z_]+\.sql", name) for name in names)
    assert len({name[:3] for name in names}) == len(names)


def test_every_statement_can_be_repeated() -> None:
    repeatable = re.compile(r"CREATE (DATABASE|TABLE) IF NOT EXISTS |CREATE OR REPLACE VIEW |ALTER TABLE ")
    assert [s for s in all_statements() if not repeatable.match(s)] == []


def test_every_table_of_the_sink_has_its_ddl_and_its_log() -> None:
    created = set(re.findall(r"CREATE TABLE IF NOT EXISTS huiyu_store\.(\w+)", "\n".join(all_statements())))
    assert created == {target for table in TABLES.values() for target in table.targets} | {"migrations"}


def test_no_table_is_partitioned_and_no_view_is_materialised() -> None:
    tables = "\n".join(s.upper() for s in all_statements() if not s.startswith("CREATE OR REPLACE VIEW"))
    assert "PARTITION BY" not in tables
    assert "MATERIALIZED VIEW" not in "\n".join(all_statements()).upper()


def test_time_zone_and_partitions_come_from_the_settings() -> None:
    text = "\n".join(all_statements(timezone="Asia/Urumqi", partitions=3))
    assert "Asia/Shanghai" not in text
    assert "DateTime64(3, 'Asia/Urumqi')" in text
    assert "heard >= 3" in text
    assert "${" not in text


def test_a_semicolon_within_a_line_ends_no_statement() -> None:
    assert statements("-- a; b;\nSELECT ';'\n;\n\nSELECT 2;\n") == ["SELECT ';'", "SELECT 2"]
