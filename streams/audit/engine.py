"""DuckDB for one audit: on disk, in bounded memory, with the few functions that SQL lacks. Knows nothing of a stage."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import rfc8785

from streams.errors import Failure

MEMORY = "768MB"
DEEPEST = 32


@contextmanager
def an_engine(zone: str, memory: str = MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the audit's functions and tables; `zone`: in which days begin. Its file is removed after."""
    with (
        TemporaryDirectory(prefix="huiyu-audit-") as folder,
        duckdb.connect(str(Path(folder) / "audit.duckdb")) as connection,
    ):
        connection.execute(f"SET memory_limit = '{memory}'")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET VARIABLE zone = ?", [zone])
        connection.execute("SET VARIABLE reference = ?", [str(files("streams.clinical.reference"))])
        _functions(connection)
        run(connection, "derive", "010_tables")
        with _failures(folder):
            yield connection


class NoRoom(Failure):
    """The audit's working folder is full, or its memory does not suffice."""

    exit_code = 14


@contextmanager
def _failures(folder: str) -> Iterator[None]:
    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        told = f"the audit has no room to work in {folder} ({type(error).__name__})"
        raise NoRoom(f"{told}: free some disk space, or set TMPDIR to a folder with more") from error


def derive(connection: duckdb.DuckDBPyConnection) -> None:
    """From the log and the clock: verdicts, winners, children, centres, sums; each its own table."""
    for name in names("derive"):
        if name != "010_tables":
            run(connection, "derive", name)


def names(folder: str) -> list[str]:
    """The SQL files of a folder beside this module, in order."""
    found = files("streams.audit").joinpath(folder).iterdir()
    return sorted(path.name.removesuffix(".sql") for path in found if path.name.endswith(".sql"))


def text(folder: str, name: str) -> str:
    return files("streams.audit").joinpath(folder).joinpath(f"{name}.sql").read_text()


def run(connection: duckdb.DuckDBPyConnection, folder: str, name: str) -> None:
    """Execute one SQL file."""
    connection.execute(text(folder, name))


def _functions(connection: duckdb.DuckDBPyConnection) -> None:
    connection.create_function("is_strict_json", is_strict_json, ["VARCHAR"], "BOOLEAN")
    connection.create_function("folded", folded, ["VARCHAR"], "VARCHAR")
    connection.create_function("digest", digest, ["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR")
    connection.create_function("same_json", same_json, ["VARCHAR", "VARCHAR"], "BOOLEAN")


def is_strict_json(body: str) -> bool:
    """False for NaN, numbers without end, a name twice in one object, and deep nesting."""
    try:
        value = json.loads(
            body, parse_constant=_no_number, parse_float=_finite, parse_int=_finite, object_pairs_hook=_named_once
        )
    except (ValueError, RecursionError):
        return False
    return _depth(value) <= DEEPEST


def folded(text: str) -> str:
    """Full-width and other variants of letters and digits as plain ones (NFKC), each character by itself.

    What is neither letter nor digit is a blank, also where NFKC writes it with letters or digits: ℡, №, ㎡, ①.
    """
    return text if text.isascii() else "".join(map(_folded, text))


def _folded(character: str) -> str:
    if character.isascii():
        return character
    is_letter_or_digit = unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl")
    return unicodedata.normalize("NFKC", character) if is_letter_or_digit else " "


def digest(time: str, subject: str, data: str) -> str:
    """SHA-256 of the RFC 8785 canonical JSON of {time, subject, data}: decides at equal revision."""
    named = {"time": time, "subject": subject, "data": json.loads(data)}
    return hashlib.sha256(rfc8785.dumps(named)).hexdigest()


def same_json(one: str, other: str) -> bool:
    """True when two JSON texts say the same."""
    return bool(json.loads(one) == json.loads(other))


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(digits)
    return number


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) < len(pairs):
        raise ValueError("a name twice")
    return named


def _depth(value: Any) -> int:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if below is None else 1 + max(map(_depth, below), default=0)
