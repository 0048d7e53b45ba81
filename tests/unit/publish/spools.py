"""A spool beside a broker in memory: what a round does there can be chosen, also that its answer is lost.

It proves nothing about Kafka. It lets a test go through every order of publishing, delivering and being killed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import orjson

from streams.errors import BrokerAway
from streams.intake.home import home_partition
from streams.publish.line import Outcome, in_one_round
from streams.publish.offline import Valid, validated
from streams.publish.outcomes import Position
from streams.publish.spool import Spooled
from tests.support.builders import a_checkup, an_event, subject_of

AT = "2026-03-02T09:30:00+08:00"
NOW_MS = 1_780_272_000_000
PARTITIONS = 3
Fate = Literal["written", "refused", "written, but the answer is lost"]


class Killed(Exception):
    """The program ends here."""


@dataclass
class BrokerInMemory:
    """Writes a partition's batch whole or not at all; `fates`: of the next batches; then all are written."""

    fates: list[Fate] = field(default_factory=list)
    log: dict[tuple[str, int], list[bytes]] = field(default_factory=lambda: defaultdict(list))

    def deliver(self, topic: str, events: Sequence[Spooled]) -> Outcome:
        positions: dict[int, Position] = {}
        trouble = None
        for partition, batch in in_one_round(events, lambda subject: home_partition(subject, PARTITIONS)).items():
            fate = self.fates.pop() if self.fates else "written"
            if fate == "refused":
                trouble = BrokerAway("away")
                continue
            log = self.log[topic, partition]
            found = {event.number: Position(topic, partition, len(log) + n) for n, event in enumerate(batch)}
            log += [event.value for event in batch]
            if fate != "written":
                raise Killed
            positions |= found
        return Outcome(positions, trouble)

    def of(self, name: str) -> list[int]:
        """The numbers of a child's events, partition by partition, in the order in which they lie there."""
        found = [orjson.loads(value) for log in self.log.values() for value in log]
        return [int(event["recordid"]) for event in found if event["subject"] == subject_of(name)]


def valid(name: str, number: int, size: int = 0) -> Valid:
    """A child's checkup with this number; of a centre's child an attendance."""
    if not name.startswith("center"):
        more = {"conclusions": ["x" * 60] * (size // 60)} if size else {}
        return validated(orjson.dumps(a_checkup(name, AT, recordid=str(number), **more)), NOW_MS)
    data = {"center_id": "yucai", "class_id": "1", "date": "2026-03-02", "status": "present"}
    event = an_event("attendance.recorded", "center:yucai", subject_of(name), data, AT, recordid=str(number))
    return validated(orjson.dumps(event), NOW_MS)
