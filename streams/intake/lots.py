"""A lot: what of one subject waits in the park, with its records counted as they come and go. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from streams.intake.arrival import Arrival

MOST_PARKED = 2_000
MOST_PUBLICATIONS = 10_000
MOST_SURPLUS = 10_000

Identity = tuple[str, str, str]
Place = tuple[str, str, str, bytes]
Waits = dict[str, tuple[int, int, int]]
"""Source → how many records wait, and when the broker had the first and the last of them (ms since 1970)."""


@dataclass(slots=True)
class Lot:
    """`arrivals` wait for source and child; `records`: record → how many publications of it are among them.

    `surplus`: refused for there were too many, but of a centre whose source is not registered yet: it waits for that
    and counts in its centre then, nowhere else. `counted`: what `reporting` counted of it, None when that is to be
    done (again).
    """

    arrivals: dict[Place, Arrival] = field(default_factory=dict)
    records: dict[Identity, int] = field(default_factory=dict)
    surplus: dict[Place, Arrival] = field(default_factory=dict)
    counted: Waits | None = field(default=None, compare=False)

    def __bool__(self) -> bool:
        return bool(self.arrivals or self.surplus)

    def copy(self) -> Lot:
        return Lot(dict(self.arrivals), dict(self.records), dict(self.surplus))

    def takes(self, arrival: Arrival) -> bool:
        """False for the first record beyond the bound, and for yet another publication beyond the larger bound."""
        if arrival.place in self.arrivals:
            return True
        if len(self.arrivals) >= MOST_PUBLICATIONS:
            return False
        return arrival.identity in self.records or len(self.records) < MOST_PARKED

    def takes_surplus(self, arrival: Arrival) -> bool:
        return arrival.place in self.surplus or len(self.surplus) < MOST_SURPLUS

    def put(self, arrival: Arrival) -> None:
        self.counted = None
        if arrival.place not in self.arrivals:
            self.records[arrival.identity] = self.records.get(arrival.identity, 0) + 1
        self.arrivals[arrival.place] = arrival

    def take_out(self, arrival: Arrival) -> None:
        self.counted = None
        del self.arrivals[arrival.place]
        left = self.records[arrival.identity] - 1
        if left:
            self.records[arrival.identity] = left
        else:
            del self.records[arrival.identity]


NOTHING = Lot()
"""The lot of a subject of which nothing waits; never changed."""


def is_earlier(one: Arrival, other: Arrival) -> bool:
    """Of the same bytes sent twice the one holds that the broker had first, whichever came here first."""
    return (one.origin.appended_at, str(one.origin)) < (other.origin.appended_at, str(other.origin))
