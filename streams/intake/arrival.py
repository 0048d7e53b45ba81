"""A valid event on its way through intake. Pure."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from schemas.event import Event, read
from schemas.identifiers import CHILD_SCHEMES
from schemas.internal import Origin, event_meta, pack, unpack
from streams.records import Publication

REGISTRATION, LINK, SOURCE_REGISTRATION = "child.registered", "identity.linked", "source.registered"
FACILITY_SENT, KEYLESS = "f", "k"


class Arrival(NamedTuple):
    """`center_id`: the centre whose folds count it, "" for others; `counted`: it went to the centre already.

    `keyless`: it was published without a key; every other accepted one has its subject as key.
    """

    event: Event
    raw: bytes
    origin: Origin
    center_id: str
    counted: bool = False
    keyless: bool = False

    @property
    def identity(self) -> tuple[str, str, str]:
        return (self.event.kind, self.event.source, self.event.recordid)

    @property
    def place(self) -> tuple[str, str, str, bytes]:
        """What it is parked under: every publication by itself, so that none is lost, but the same bytes once."""
        return (*self.identity, self.raw)

    @property
    def name(self) -> str:
        """The same in short, as the state topic's key has it."""
        digest = hashlib.blake2b(self.raw, digest_size=16).hexdigest()
        return "/".join((self.event.subject, *self.identity, digest))

    @property
    def key(self) -> bytes | None:
        """The key under which it was published."""
        return None if self.keyless else self.event.subject.encode()

    @property
    def is_of_a_child(self) -> bool:
        return self.event.subject.startswith(CHILD_SCHEMES)

    def publication(self, visible_at: int = 0) -> Publication:
        """As the fold of records sees it; visible to nobody yet, unless told since when."""
        return Publication(self.event, self.raw, str(self.origin), self.origin.appended_at, visible_at)

    def sent(self, visible_at: int) -> bytes:
        """The internal message in which later stages receive it."""
        return pack(event_meta(self.origin, visible_at), self.raw)

    def parked(self) -> bytes:
        """The state value in which it waits, and in which a misrouted event travels to its own partition."""
        meta = {**event_meta(self.origin), "c": self.center_id, FACILITY_SENT: self.counted, KEYLESS: self.keyless}
        return pack(meta, self.raw)

    def as_counted(self) -> Arrival:
        return self._replace(counted=True)

    @classmethod
    def unparked(cls, value: bytes) -> Arrival:
        meta, raw = unpack(value)
        origin = Origin.parse(meta["o"], meta["a"])
        return cls(read(raw), raw, origin, meta["c"], meta[FACILITY_SENT], meta[KEYLESS])
