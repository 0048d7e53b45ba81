"""Brings the store's databases, tables and views up to date: the numbered files of deploy/clickhouse, in order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import closing
from importlib import resources
from string import Template

from clickhouse_connect.driver.client import Client

from streams.errors import OtherVersion
from streams.settings import Settings
from streams.store.client import connect, failures, place

STATEMENT_END = re.compile(r";\s*$", re.MULTILINE)
COMMENT = re.compile(r"^--.*\n?", re.MULTILINE)

STORE_VERSION = 1
"""To be raised when an earlier huiyu would misread or spoil what this one writes into the store."""
VERSION_ROW, FIRST = "store version", 1
"""Kept beside the names of the files; a store that lacks it was made before versions were told."""


def migrate(settings: Settings) -> list[str]:
    """Apply every file that is new or whose text changed; their names. Safe to repeat and to interrupt.

    Raises StoreAway, StoreRefused, OtherVersion.
    """
    client = connect(settings, database="default")
    try:
        with failures(place(settings)):
            return _apply(client, list(files(settings)))
    finally:
        client.close()


def empty(settings: Settings) -> None:
    """Take out every row that the sink wrote. Raises StoreAway, StoreRefused."""
    client = connect(settings, database="default")
    with closing(client), failures(place(settings)):
        tables = "SELECT name FROM system.tables WHERE database = 'huiyu_store' AND engine LIKE '%MergeTree'"
        for (name,) in client.query(tables).result_rows:
            if name != "migrations":
                client.command(f"TRUNCATE TABLE huiyu_store.{name}")


def files(settings: Settings) -> Iterator[tuple[str, str]]:
    """(name, SQL) of every file, its placeholders filled in, in the order of their numbers."""
    folder = resources.files("streams.store").joinpath("ddl")
    values = {
        "replacing": "ReplacingMergeTree",
        "timezone": settings.timezone,
        "partitions": str(settings.partitions),
    }
    for file in sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name):
        yield file.name, Template(file.read_text("utf-8")).substitute(values)


def statements(sql: str) -> list[str]:
    """The statements of a file, without its comment lines."""
    return [part.strip() for part in STATEMENT_END.split(COMMENT.sub("", sql)) if part.strip()]


def _apply(client: Client, found: list[tuple[str, str]]) -> list[str]:
    known = _applied(client)
    check_version(int(known.get(VERSION_ROW, FIRST)))
    applied = []
    for name, sql in found:
        checksum = hashlib.sha256(sql.encode()).hexdigest()
        if known.get(name) == checksum:
            continue
        for statement in statements(sql):
            client.command(statement)
        _note(client, name, checksum)
        applied.append(name)
    if known.get(VERSION_ROW) != str(STORE_VERSION):
        _note(client, VERSION_ROW, str(STORE_VERSION))
    return applied


def check_version(found: int) -> None:
    """An older store is brought up to date by the files. Raises OtherVersion for a newer one."""
    if found > STORE_VERSION:
        raise OtherVersion(f"the store is of version {found}, this huiyu knows {STORE_VERSION}: upgrade huiyu")


def _note(client: Client, name: str, checksum: str) -> None:
    client.command(
        "INSERT INTO huiyu_store.migrations SELECT {name:String}, {checksum:String}, now64(3)",
        parameters={"name": name, "checksum": checksum},
        settings={"async_insert": 0},
    )


def _applied(client: Client) -> dict[str, str]:
    """name → checksum of the files applied before."""
    there = client.query("SELECT count() FROM system.tables WHERE database = 'huiyu_store' AND name = 'migrations'")
    if not there.first_row[0]:
        return {}
    return dict(client.query("SELECT name, checksum FROM huiyu_store.migrations FINAL").result_rows)
