"""Where a valid event goes: to its centre, to its child, or into the park until source and child are known. Pure.

Order-free: whatever the order in which a source's registration, a child's registration, a link and the events
themselves arrive, in the end every event went to the same places.
"""

from __future__ import annotations

from itertools import islice

from schemas.problems import Problem
from streams import topics
from streams.intake.arrival import LINK, REGISTRATION, Arrival
from streams.intake.draft import Draft
from streams.intake.lots import MOST_PARKED, Lot
from streams.intake.routing import Routing
from streams.records import stronger
from streams.transport.port import Output, partition_of

MOST_RELEASED_A_STEP = 2_000


class Placing:
    """Places arrivals in a draft; collects outputs, overflows, and subjects whose parked events are to be released."""

    def __init__(self, draft: Draft, partition: int, partitions: int, pending: set[str]) -> None:
        self.draft, self.partitions = draft, partitions
        self.pending = pending
        self.routing = Routing(draft, partition, partitions, pending)
        self.outputs = self.routing.outputs
        self.overflowed: list[tuple[Arrival, Problem]] = []

    def place(self, arrival: Arrival) -> None:
        """Send the event on as far as it may go now; park what must wait."""
        event = arrival.event
        source_since = self.draft.source_since(event.source)
        if source_since is None:
            self._park(arrival)
            return
        if arrival.center_id and not arrival.counted:
            self._to_center(arrival, source_since)
            arrival = arrival.as_counted()
        since = max(arrival.origin.appended_at, source_since)
        self._learn(arrival, since)
        known = self.draft.subject(event.subject)
        if known is None:
            self._park(arrival)
            return
        self.routing.to_child(known.child, arrival.sent(max(since, known.since)))

    def source_registered(self, source: str, since: int) -> None:
        if self.draft.source_since(source) is None:
            self.pending |= self.draft.waiting(source)
            self.draft.register_source(source, since)

    def release(self) -> None:
        """Place parked events of pending subjects, at most MOST_RELEASED_A_STEP of them."""
        left = MOST_RELEASED_A_STEP
        self.routing.settle()
        while self.pending and left > 0:
            for subject in sorted(self.pending):
                left -= self._release_of(subject, left)
                if left <= 0:
                    break
            self.routing.settle()

    def _release_of(self, subject: str, most: int) -> int:
        """How many went; the subject is pending no longer when none could."""
        lot = self.draft.lot(subject)
        surplus = list(islice((a for a in lot.surplus.values() if self._is_known(a.event.source)), most))
        ready = list(islice((a for a in lot.arrivals.values() if may_go(self.draft, a)), most - len(surplus)))
        for arrival in surplus:
            self.draft.drop_surplus(arrival)
            self._to_center(arrival, self.draft.source_since(arrival.event.source) or 0)
        for arrival in ready:
            self.draft.unpark(arrival)
            self.place(arrival)
        if not surplus and not ready:
            self.pending.discard(subject)
        return len(surplus) + len(ready)

    def _is_known(self, source: str) -> bool:
        return self.draft.source_since(source) is not None

    def _learn(self, arrival: Arrival, since: int) -> None:
        if arrival.event.kind == REGISTRATION and not arrival.event.retraction:
            self.routing.registered(arrival.event.subject, since)
        elif arrival.event.kind == LINK:
            self.routing.linked(arrival.publication(visible_at=since), since)

    def _park(self, arrival: Arrival) -> None:
        lot = self.draft.lot(arrival.event.subject)
        if lot.takes(arrival):
            self.draft.park(arrival)
            return
        self.overflowed.append((arrival, _overflow()))
        if arrival.center_id and not arrival.counted and lot.takes_surplus(arrival):
            self.draft.keep_surplus(arrival)

    def _to_center(self, arrival: Arrival, source_since: int) -> None:
        center = arrival.center_id
        value = arrival.sent(max(arrival.origin.appended_at, source_since))
        partition = partition_of(center, self.partitions)
        self.outputs.append(Output(topics.FACILITY_EVENTS, partition, center.encode(), value))


def may_release(draft: Draft, lot: Lot) -> bool:
    """True when something of a lot need not wait any longer."""
    counts = any(draft.source_since(arrival.event.source) is not None for arrival in lot.surplus.values())
    return counts or any(may_go(draft, arrival) for arrival in lot.arrivals.values())


def may_go(draft: Draft, arrival: Arrival) -> bool:
    """True when a parked event need not wait any longer."""
    if draft.source_since(arrival.event.source) is None:
        return False
    if draft.subject(arrival.event.subject) is not None or (arrival.center_id and not arrival.counted):
        return True
    event = arrival.event
    if event.kind == LINK:  # one that is retracted or outdated makes nobody known
        return not event.retraction and stronger(
            arrival.publication(), draft.linkage.links(event.subject).get(arrival.identity)
        )
    return event.kind == REGISTRATION and not event.retraction


def _overflow() -> Problem:
    message = "too many records of this subject wait for its registration or link"
    return Problem("parking-overflow", "/subject", message, f"at most {MOST_PARKED:,} parked records of one subject")
