"""A publication that is killed at any line, with any part of it acknowledged: in the end each line lies there once."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.problems import Problem
from streams.publish import resumable
from streams.publish.lines import read_lines
from streams.publish.outcomes import Position, Refused
from streams.publish.progress import Progress, load, progress_file
from streams.publish.read_back import digest
from streams.publish.resumable import Resumable

REFUSED = b"refused"
LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b"d", b"", REFUSED]), max_size=25)
"""Lines that stand twice, empty ones, and such as are refused."""


@dataclass
class APartition:
    """One partition in memory: what is sent is written, and acknowledged, when the test says so."""

    log: list[bytes] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)

    def publish(self, event: Mapping[str, Any] | bytes) -> Any:
        if event == REFUSED:
            raise Refused([Problem("bad-value", "/data", "is wrong", None)])
        self.sent.append(AReceipt(event))
        return self.sent[-1]

    def write(self, most: int) -> None:
        for receipt in [each for each in self.sent if each.offset is None][:most]:
            receipt.offset = len(self.log)
            self.log.append(receipt.event)

    def acknowledge(self, most: int) -> None:
        for receipt in [each for each in self.sent if each.offset is not None and each.position is None][:most]:
            receipt.position = Position("clinic-events", 0, receipt.offset)

    def end(self, written: int) -> None:
        """The program is killed; some of what was on its way arrives."""
        self.write(written)
        self.sent = []


@dataclass
class AReceipt:
    event: Any
    topic: str = "clinic-events"
    offset: int | None = None
    position: Position | None = None


def publication(file: Path, partition: APartition, resume: bool) -> Resumable:
    """As the command begins it, with the partition in the place of the topics."""
    known = load(str(file)) if resume else None
    there: dict[bytes, deque[Position]] = {}
    for offset in range(known.next["clinic-events"][0] if known else len(partition.log), len(partition.log)):
        place = Position("clinic-events", 0, offset)
        there.setdefault(digest(partition.log[offset]), deque()).append(place)
    progress = known or Progress(next={"clinic-events": {0: len(partition.log)}})
    return Resumable(partition, {str(file): progress}, there, pytest.fail)


def run(file: Path, partition: APartition, publishing: Resumable, steps: list[tuple[int, int]]) -> bool:
    """Publish line by line; after each some is written and some acknowledged; killed where the steps end."""
    lines = list(read_lines([str(file)]))
    for line, (written, acknowledged) in zip(lines, steps, strict=False):
        with contextlib.suppress(Refused):
            publishing.publish(line)
        partition.write(written)
        partition.acknowledge(acknowledged)
    return len(steps) >= len(lines)


STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, runs=st.lists(st.tuples(STEPS, st.integers(0, 5)), max_size=4), before=st.integers(0, 3))
def test_each_line_lies_there_once(
    monkeypatch: pytest.MonkeyPatch, lines: list[bytes], runs: list[tuple[list[tuple[int, int]], int]], before: int
) -> None:
    monkeypatch.setattr(resumable, "EVERY", 3)
    with tempfile.TemporaryDirectory() as folder:
        file, partition = Path(folder) / "day.jsonl", APartition([b"another's"] * before)
        file.write_bytes(b"\n".join(lines))
        for number, (steps, written) in enumerate(runs):
            run(file, partition, publication(file, partition, resume=number > 0), steps)
            partition.end(written)
        last = publication(file, partition, resume=bool(runs))
        assert run(file, partition, last, [(9, 9)] * len(lines))
        partition.end(len(lines))
        last.finish()
        valid = [line for line in lines if line not in (b"", REFUSED)]
        assert Counter(partition.log[before:]) == Counter(valid)
        assert (last.sent, last.refused) == (len(valid), lines.count(REFUSED))
        assert not progress_file(str(file)).exists()
