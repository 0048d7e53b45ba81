"""On which line of a TOML file each of its keys stands: `tomllib` tells values, not lines. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


def lines_of(text: str) -> dict[Path, int]:
    """Path of every table and key that begins a statement → its line, from 1. `text` must be valid TOML.

    A statement is as many lines as tomllib needs to read it, so that arrays and strings over several lines are one.
    """
    found: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    for line, statement in _statements(text):
        is_header = statement.startswith("[")
        names = _names(tomllib.loads(statement))
        if is_header:
            table = _table(names, statement.startswith("[["), counts)
        path = table if is_header else (*table, *names)
        for end in range(1, len(path) + 1):
            found.setdefault(path[:end], line)
    return found


def line_at(lines: dict[Path, Any], path: Path) -> Any:
    """What `lines` holds for the path, or for the nearest that it is part of."""
    return next(lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in lines)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    held, begun = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not held and (not line.strip() or line.lstrip().startswith("#")):
            continue
        begun, held = begun if held else number, f"{held}{line}\n"
        if _is_whole(held):
            yield begun, held.strip()
            held = ""


def _is_whole(statement: str) -> bool:
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _names(value: Any) -> tuple[str, ...]:
    """The one path of keys down which the value of a statement goes."""
    names: list[str] = []
    while isinstance(value, dict) and len(value) == 1:
        (name,) = value
        names.append(name)
        value = value[name]
    return tuple(names)


def _table(names: tuple[str, ...], is_array: bool, counts: dict[Path, int]) -> Path:
    """The path of a header; an array of tables is counted on, and a table in it belongs to its last element."""
    path: Path = ()
    for place, name in enumerate(names):
        path = (*path, name)
        if is_array and place == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
