"""Files of JSON lines: one event a line, named by file and line number when something is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from streams.errors import Failure

STDIN = "-"
BOM = b"\xef\xbb\xbf"


class Unreadable(Failure):
    """A file that was named cannot be read."""


@dataclass(frozen=True, slots=True)
class Line:
    """`size`: bytes read for it, for progress; `event` is the line without its end and surrounding blanks."""

    file: str
    number: int
    event: bytes
    size: int

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


def read_lines(files: Iterable[str]) -> Iterator[Line]:
    """Every line that is not blank; the file `-` is standard input. Raises Unreadable."""
    for name in files:
        if name == STDIN:
            yield from _numbered("stdin", sys.stdin.buffer)
            continue
        try:
            with Path(name).open("rb") as stream:
                yield from _numbered(name, stream)
        except OSError as error:
            raise Unreadable(f"{name} cannot be read: {error.strerror}") from error


def total_size(files: Iterable[str]) -> int | None:
    """Bytes in all files; None when that cannot be known before reading (standard input). Raises Unreadable."""
    names = list(files)
    try:
        return None if STDIN in names else sum(Path(name).stat().st_size for name in names)
    except OSError as error:
        raise Unreadable(f"{error.filename} cannot be read: {error.strerror}") from error


def _numbered(name: str, stream: IO[bytes]) -> Iterator[Line]:
    for number, line in enumerate(stream, 1):
        event = (line.removeprefix(BOM) if number == 1 else line).strip()
        if event:
            yield Line(name, number, event, len(line))
