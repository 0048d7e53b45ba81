"""One partition of centers: what it remembers, and how far time has come for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo

import orjson

from streams.centers.alarms import ALERT, Alarms
from streams.centers.cards import CARD, restored_card
from streams.centers.center import Center
from streams.centers.draft import restored
from streams.centers.lookout import Moment
from streams.centers.step import SEEN, Step
from streams.clinical.basis import PREFIXES, Basis
from streams.clinical.pack import RulePack, national
from streams.records import Publication
from streams.transport.port import Decision, Record


class CentersStage:
    """Folds partition `partition` of facility-events. Every partition holds all facts; an entity's owner shows it."""

    def __init__(self, partition: int, partitions: int, zone: tzinfo, pack: RulePack | None = None) -> None:
        self.partition, self.partitions, self.zone = partition, partitions, zone
        self.pack = pack or national()
        self.alarms = Alarms(zone)
        self.centers: dict[str, Center] = {}
        self.seen: dict[int, str] = {}

    def restore(self, state: Iterable[tuple[bytes, bytes]]) -> None:
        self.centers, self.seen = {}, {}
        self.alarms = Alarms(self.zone)
        of_basis = []
        for key, value in state:
            prefix, rest = key[:2], key[2:]
            if prefix in PREFIXES:
                of_basis.append((prefix, rest, value))
            else:
                self._restore(prefix, rest, value)
        self.alarms.basis = Basis.restored(self.zone, of_basis)
        counted = self.counted(self.seen)
        for center in self.centers.values():
            restored(center, counted.today if counted else None, self.zone)

    def _restore(self, prefix: bytes, rest: bytes, value: bytes) -> None:
        if prefix == SEEN:
            self.seen[int(rest)] = value.decode()
        elif prefix == ALERT:
            self.alarms.put(rest, value)
        elif prefix == CARD:
            name, subject, child, card = restored_card(rest, value)
            self._center(name).cards.put(subject, child, card)
        else:
            named, _, identity = rest.partition(b"/")
            kind, source, recordid, subject = orjson.loads(identity)
            key = (kind, source, recordid, subject)
            self._center(named.decode()).put(key, value, Publication.unpacked(value), self.zone)

    def _center(self, name: str) -> Center:
        return self.centers.setdefault(name, Center())

    def counted(self, seen: Mapping[int, str]) -> Moment | None:
        """Until when centres have been counted: what intake's partitions have passed. Counts wait for nobody else."""
        return self._passed(seen, self.partitions)

    def judged(self, seen: Mapping[int, str]) -> Moment | None:
        """Until when alerts are decided: what timeline's have passed as well, who tell whose child a subject is."""
        return self._passed(seen, 2 * self.partitions)

    def _passed(self, seen: Mapping[int, str], origins: int) -> Moment | None:
        return Moment.of(min(seen.get(origin, "") for origin in range(origins)), self.zone)

    def decide(self, records: Sequence[Record], positions: Mapping[str, int]) -> Decision:
        step = Step(self)
        for record in records:
            step.take(record)
        return step.decision()
