"""Which subjects' records wait in a shard for a registration, and what of that changes in a decision. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from streams.clock.moments import utc_text_of_ms
from streams.timeline.child import Draft
from streams.timeline.holdings import Key
from streams.timeline.kept import appended_at, stands
from streams.timeline.rows import Row

Waits = tuple[str, str]
"""(subject, source)"""


class Waiting(NamedTuple):
    """How many standing records wait, and when the broker had the first and the last of them (ms since 1970)."""

    records: int
    first_at: int
    last_at: int


class Change(NamedTuple):
    """What waited at one child before a decision, and after it."""

    version: int
    before: Waiting | None
    now: Waiting | None


class Unlinked:
    """Collects a decision's changes; a subject that went from one child to another in it has one row, not two."""

    def __init__(self) -> None:
        self._changes: dict[Waits, list[Change]] = defaultdict(list)

    def add(self, draft: Draft) -> None:
        """Note what began to wait or waits no longer for this child."""
        before = {} if draft.child.life else _waiting(draft.child.records.items())
        now = {} if draft.life else _waiting((key, draft.value(key)) for key in draft.held_keys())
        for waits in before.keys() | now.keys():
            if before.get(waits) != now.get(waits):
                self._changes[waits].append(Change(draft.version, before.get(waits), now.get(waits)))

    def rows(self, partition: int) -> Iterator[tuple[int, bool, Row]]:
        """(version, deleted, row) of every subject and source that changed."""
        for (subject, source), changes in sorted(self._changes.items()):
            before = next((change.before for change in changes if change.before), None)
            now = next((change.now for change in changes if change.now), None)
            if before != now:
                records, first_at, last_at = now or Waiting(0, 0, 0)
                row = {"subject": subject, "source": source, "writer": "timeline", "partition": partition}
                row |= {"records": records, "first_at": _text(first_at), "last_at": _text(last_at)}
                yield max(change.version for change in changes), now is None, row


def _waiting(records: Iterable[tuple[Key, bytes]]) -> dict[Waits, Waiting]:
    """What stands of a child's records; a retracted record counts nowhere."""
    times: dict[Waits, list[int]] = defaultdict(list)
    for key, value in records:
        if stands(value):
            times[key[3], key[1]].append(appended_at(value))
    return {waits: Waiting(len(found), min(found), max(found)) for waits, found in times.items()}


def _text(moment: int) -> str | None:
    return utc_text_of_ms(moment) if moment else None
