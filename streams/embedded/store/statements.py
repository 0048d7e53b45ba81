"""What the gateway must know of a statement before the engine sees it: insert or query, its format, what is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from streams.embedded.store.errors import NOT_IMPLEMENTED, StoreError

_COMMENT = rb"(?:--[^\n]*\n|/\*.*?\*/|\s)*"
INSERT = re.compile(rb"^" + _COMMENT + rb"INSERT\s+INTO\s", re.I | re.S)
_INSERT_FORMAT = re.compile(rb"^(.*?)\bFORMAT\s+(?!VALUES\b)([A-Za-z0-9_]+)[ \t]*(?:\r?\n|;|\s|$)", re.I | re.S)
_INSERT_SETTINGS = re.compile(r"\bSETTINGS\s+\w+\s*=.*\Z", re.I | re.S)
_SELECT = re.compile(rb"\bSELECT\b", re.I)
_FORMAT = re.compile(rb"\bFORMAT\s+([A-Za-z0-9_]+)\s*;?\s*(?:SETTINGS\b[^;]*;?\s*)?$", re.I)
_READS = re.compile(
    rb"^(?:--[^\n]*\n|/\*.*?\*/|\s|\()*(SELECT|WITH|SHOW|DESC|DESCRIBE|EXPLAIN|EXISTS|VALUES|FROM)\b", re.I | re.S
)
_REFUSED = (
    (re.compile(rb"\bINTO\s+OUTFILE\b|\bFROM\s+INFILE\b", re.I), "INTO OUTFILE / FROM INFILE is not allowed"),
    (re.compile(rb"\bENGINE\s*=\s*Kafka\b", re.I), "ENGINE = Kafka would poison an embedded store"),
)
STREAMED = frozenset(
    ("Native", "TabSeparated", "TSV", "CSV", "RowBinary", "JSONEachRow", "JSONCompactEachRow", "NDJSON", "JSONLines")
)


@dataclass(frozen=True, slots=True)
class Insert:
    """An insert whose data follow in the request's body; `rest` is what of it was already read."""

    statement: str
    format: str
    rest: bytes

    def from_file(self, path: str) -> str:
        """The same insert with its data in a file."""
        into, settings = self.statement, ""
        if found := _INSERT_SETTINGS.search(into):
            into, settings = into[: found.start()], found.group()
        return f"{into} FROM INFILE {quoted(path)} COMPRESSION 'none' {settings} FORMAT {self.format}"


def quoted(text: object) -> str:
    """A SQL string literal."""
    escaped = str(text).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def insert_of(sql: bytes) -> Insert | None:
    """The insert with data that this statement is; None for everything else, also INSERT … SELECT."""
    if not INSERT.match(sql):
        return None
    found = _INSERT_FORMAT.match(sql + b"\n")
    if found is None or _SELECT.search(found.group(1)):
        return None
    return Insert(found.group(1).decode(), found.group(2).decode(), sql[found.end() :])


def check_allowed(sql: bytes) -> None:
    """Raises StoreError for what an embedded store must not do."""
    for pattern, reason in _REFUSED:
        if pattern.search(sql):
            raise StoreError(NOT_IMPLEMENTED, reason)


def format_of(sql: bytes, default: str) -> str:
    found = _FORMAT.search(sql)
    return found.group(1).decode() if found else default


def without_format(sql: bytes) -> bytes:
    return _FORMAT.sub(b"", sql)


def reads(sql: bytes) -> bool:
    """True for a statement that answers with rows."""
    return _READS.match(sql) is not None
