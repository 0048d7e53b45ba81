"""What the gateway must know of a statement before the engine sees it: insert or query, its format, what is refused.

Every pattern looks at the blanked statement, so that no text within a literal is taken for a keyword.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from streams.embedded.store.errors import NOT_IMPLEMENTED, READONLY, SYNTAX_ERROR, StoreError
from streams.embedded.store.lexing import blanked

_INSERT = re.compile(rb"\s*INSERT\s", re.I)
_INSERT_FORMAT = re.compile(rb"(.*?)\bFORMAT\s+(?!VALUES\b)(\w+)[ \t]*(?:\r?\n|;|\s|$)", re.I | re.S)
_INSERT_SETTINGS = re.compile(rb"\bSETTINGS\s+\w+\s*=.*\Z", re.I | re.S)
_SELECT = re.compile(rb"\bSELECT\b", re.I)
_INPUT = re.compile(rb"\bFROM\s+INPUT\s*\(", re.I)
_FORMAT = re.compile(rb"\bFORMAT\s+(\w+)\s*;?\s*(?:SETTINGS\b[^;]*;?\s*)?$", re.I)
_READS = re.compile(rb"[\s(]*(?:SELECT|WITH|SHOW|DESC|DESCRIBE|EXPLAIN|EXISTS|VALUES|FROM)\b", re.I)
_ROWS = re.compile(rb"[\s(]*(?:SELECT|WITH|VALUES|FROM)\b", re.I)
_WITH_INSERT = re.compile(rb"\s*WITH\b.*\bINSERT\s+INTO\b", re.I | re.S)
_OF_SESSION = re.compile(rb"\s*(?:SET|USE)\s", re.I)
_ANOTHER = re.compile(rb";\s*[^\s;]")
_FILES = re.compile(rb"\bINTO\s+OUTFILE\b|\bFROM\s+INFILE\b", re.I)
_ENGINE = re.compile(rb"\bENGINE\s*=\s*", re.I)
_KAFKA = re.compile(rb"[`\"]?Kafka\b", re.I)
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
        sql = self.statement.encode()
        found = _INSERT_SETTINGS.search(blanked(sql))
        into, settings = (sql[: found.start()], sql[found.start() :]) if found else (sql, b"")
        return f"{into.decode()} FROM INFILE {quoted(path)} COMPRESSION 'none' {settings.decode()} FORMAT {self.format}"


def quoted(text: object) -> str:
    """A SQL string literal."""
    escaped = str(text).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def insert_of(sql: bytes) -> Insert | None:
    """The insert with data that this statement is; None for everything else, also INSERT … SELECT and … VALUES.

    Raises StoreError for an insert that reads its data through input().
    """
    head = blanked(sql)
    if not _INSERT.match(head):
        return None
    found = _INSERT_FORMAT.match(head + b"\n")
    into = found.group(1) if found else head
    if _INPUT.search(into):
        raise StoreError(NOT_IMPLEMENTED, "INSERT … FROM input() is not supported: insert the data themselves")
    if found is None or _SELECT.search(into):
        return None
    return Insert(sql[: found.end(1)].decode(), found.group(2).decode(), sql[found.end() :])


def check_allowed(sql: bytes) -> None:
    """Raises StoreError for several statements at once, and for what an embedded store must not do."""
    text = blanked(sql)
    if _ANOTHER.search(text):
        raise StoreError(SYNTAX_ERROR, "Syntax error (Multi-statements are not allowed)")
    if _FILES.search(text):
        raise StoreError(NOT_IMPLEMENTED, "INTO OUTFILE / FROM INFILE is not allowed")
    if any(_KAFKA.match(sql, engine.end()) for engine in _ENGINE.finditer(text)):
        raise StoreError(NOT_IMPLEMENTED, "ENGINE = Kafka would poison an embedded store")


def check_reads(sql: bytes) -> None:
    """Raises StoreError for a statement that may change something: GET is for reading, as with a server."""
    if not reads(sql) and not _OF_SESSION.match(blanked(sql)):
        message = "Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly. Use POST"
        raise StoreError(READONLY, message)


def format_of(sql: bytes, default: str) -> str:
    found = _FORMAT.search(blanked(sql))
    return found.group(1).decode() if found else default


def bare(sql: bytes) -> bytes:
    """A query without its format and its semicolon, as it can stand in brackets."""
    text = blanked(sql)
    found = _FORMAT.search(text)
    end = found.start() if found else len(text)
    return sql[: len(text[:end].rstrip(b"; \t\r\n"))]


def reads(sql: bytes) -> bool:
    """True for a statement that answers with rows and changes nothing."""
    text = blanked(sql)
    return _READS.match(text) is not None and _WITH_INSERT.match(text) is None


def selects(sql: bytes) -> bool:
    """True for a query proper: only these can be streamed, and described when they have no rows."""
    text = blanked(sql)
    return _ROWS.match(text) is not None and _WITH_INSERT.match(text) is None
