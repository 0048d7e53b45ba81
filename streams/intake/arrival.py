"""A valid event on its way through intake. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from schemas.event import Event, read
from schemas.internal import Origin, event_meta, pack, unpack

REGISTRATION, LINK, SOURCE_REGISTRATION = "child.registered", "identity.linked", "source.registered"
CHILD_SCHEMES = ("cn-id:", "birth-cert:", "local:")
FACILITY_SENT = "f"


@dataclass(frozen=True, slots=True)
class Arrival:
    """`center_id`: the centre whose folds count it, "" for others; `counted`: it went to the centre already."""

    event: Event
    raw: bytes
    origin: Origin
    center_id: str
    counted: bool = False

    @property
    def identity(self) -> tuple[str, str, str]:
        return (self.event.kind, self.event.source, self.event.recordid)

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What it is parked under: every publication by itself, so that none is lost while it waits."""
        return (*self.identity, str(self.origin))

    @property
    def is_of_a_child(self) -> bool:
        return self.event.subject.startswith(CHILD_SCHEMES)

    def sent(self, visible_at: int) -> bytes:
        """The internal message in which later stages receive it."""
        return pack(event_meta(self.origin, visible_at), self.raw)

    def parked(self) -> bytes:
        """The state value in which it waits, and in which a misrouted event travels to its own partition."""
        meta = {**event_meta(self.origin), "c": self.center_id, FACILITY_SENT: self.counted}
        return pack(meta, self.raw)

    def as_counted(self) -> Arrival:
        return replace(self, counted=True)

    @classmethod
    def unparked(cls, value: bytes) -> Arrival:
        meta, raw = unpack(value)
        return cls(read(raw), raw, Origin.parse(meta["o"], meta["a"]), meta["c"], meta[FACILITY_SENT])
