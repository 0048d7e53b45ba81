"""Publishes the lines of files and keeps, beside each file, how far it got; or goes on where it was interrupted."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from streams.publish.lines import Line
from streams.publish.outcomes import Position, Receipt, Refused
from streams.publish.progress import NotResumable, Places, Progress, forget, progress_file, save
from streams.publish.read_back import There, digest

EVERY = 1_000
"""Lines between two notes of how far it got."""


class TakesEvents(Protocol):
    def publish(self, event: Mapping[str, Any] | bytes) -> Receipt: ...


@dataclass(slots=True)
class _File:
    """One file: what is known of an earlier publication, what was read of it so far, and what became of that.

    `is_known`: its first lines are those that the earlier publication had sent.
    """

    name: str
    before: Progress
    next: Places
    read: Any = field(default_factory=hashlib.sha256)
    lines: int = 0
    refused: int = 0
    sent: int = 0
    is_kept: bool = True
    is_known: bool = False

    def lies_at(self, position: Position) -> None:
        ends = self.next.setdefault(position.topic, {})
        ends[position.partition] = max(ends.get(position.partition, 0), position.offset + 1)

    def reached(self) -> tuple[int, int, int, str]:
        return self.lines, self.refused, self.sent, self.read.hexdigest()


class Resumable:
    """`known`: by file what an earlier publication left, else where the topics end now; `there`: what was read back.

    `note` hears, in one line, when the progress of a file cannot be kept. `sent` and `refused` count the lines of both
    publications; `sent_before`: those that were there already.
    """

    def __init__(
        self, publisher: TakesEvents, known: Mapping[str, Progress], there: There, note: Callable[[str], None]
    ) -> None:
        self.sent = self.sent_before = self.refused = 0
        self._publisher, self._there, self._note = publisher, there, note
        self._files = {name: _File(name, before, _copied(before.next)) for name, before in known.items()}
        self._waiting: deque[tuple[_File, Receipt | Position | tuple[int, int, int, str]]] = deque()
        for file in self._files.values():
            self._keep(file, file.before)

    def publish(self, line: Line) -> None:
        """Send a line, unless it was sent before. Raises Refused, NotResumable, and what publishing raises."""
        file = self._files.get(line.file)
        try:
            if file is None:  # standard input, which nobody can read again
                self._publisher.publish(line.event)
                self.sent += 1
            else:
                self._read(file, line)
        except Refused:
            self.refused += 1
            raise

    def finish(self) -> None:
        """Everything is acknowledged: nothing is left to be resumed. Raises NotResumable."""
        for file in self._files.values():
            if file.before.lines and not file.is_known:
                raise _changed(file)
        for file in self._files.values():
            forget(file.name)

    def _read(self, file: _File, line: Line) -> None:
        file.read.update(line.event + b"\n")
        file.lines = line.number
        if line.number < file.before.lines:
            return
        if line.number == file.before.lines:
            self._skipped(file)
            return
        if file.before.lines and not file.is_known:
            raise _changed(file)
        try:
            self._send(file, line)
        except Refused:
            file.refused += 1
            raise
        finally:
            if line.number % EVERY == 0:
                self._waiting.append((file, file.reached()))
        self._advance()

    def _skipped(self, file: _File) -> None:
        if file.read.hexdigest() != file.before.digest:
            raise _changed(file)
        file.is_known = True
        file.refused, file.sent = file.before.refused, file.before.sent
        self.refused += file.refused
        self.sent += file.sent
        self.sent_before += file.sent

    def _send(self, file: _File, line: Line) -> None:
        seen = digest(line.event)
        if places := self._there.get(seen):
            self._waiting.append((file, places.popleft()))
            self.sent_before += 1
        else:
            self._waiting.append((file, self._publisher.publish(line.event)))
        file.sent += 1
        self.sent += 1

    def _advance(self) -> None:
        """Keep what is acknowledged by now, in the order of the lines."""
        while self._waiting:
            file, first = self._waiting[0]
            if isinstance(first, tuple):
                self._keep(file, Progress(*first, next=file.next))
            elif isinstance(first, Position):
                file.lies_at(first)
            elif (position := first.position) is not None:
                file.lies_at(position)
            else:
                return
            self._waiting.popleft()

    def _keep(self, file: _File, progress: Progress) -> None:
        try:
            if file.is_kept:
                save(file.name, progress)
        except OSError as error:
            file.is_kept = False
            self._note(f"{progress_file(file.name)} cannot be written ({error.strerror}): --resume will not know of it")


def _copied(places: Places) -> Places:
    return {topic: dict(ends) for topic, ends in places.items()}


def _changed(file: _File) -> NotResumable:
    return NotResumable(
        f"{file.name} is not the file whose publication was interrupted: of its first {file.before.lines:,} lines some "
        f"are others now; publish it without --resume (what is sent again changes nothing)"
    )
