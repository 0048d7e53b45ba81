"""Where a valid event goes: to its centre, to its child, or into the park until source and child are known. Pure.

Order-free: whatever the order in which a source's registration, a child's registration, a link and the events
themselves arrive, in the end every event went to the same places.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from schemas.identifiers import child_id
from schemas.internal import ROUTE, pack
from schemas.problems import Problem
from streams import topics
from streams.intake.arrival import LINK, REGISTRATION, Arrival
from streams.intake.memory import Draft, Subject
from streams.records import Publication, greatest, stronger
from streams.transport.port import Output, partition_of

MOST_PARKED = 2_000
MOST_PUBLICATIONS = 10_000
MOST_RELEASED_A_STEP = 2_000


class Placing:
    """Places arrivals in a draft; collects outputs, overflows, and subjects whose parked events are to be released."""

    def __init__(self, draft: Draft, partitions: int, pending: set[str]) -> None:
        self.draft, self.partitions = draft, partitions
        self.pending = pending
        self.outputs: list[Output] = []
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
        self._learn(arrival)
        known = self.draft.subject(event.subject)
        if known is None:
            self._park(arrival)
            return
        visible_at = max(arrival.origin.appended_at, source_since, known.since)
        self._to_child(known.child, arrival.sent(visible_at))

    def source_registered(self, source: str, since: int) -> None:
        if self.draft.source_since(source) is None:
            self.draft.register_source(source, since)
            self.pending |= self.draft.waiting(source)
            self.draft.waiting(source).clear()

    def release(self) -> None:
        """Place parked events of pending subjects, at most MOST_RELEASED_A_STEP of them."""
        left = MOST_RELEASED_A_STEP
        while self.pending and left > 0:
            subject = min(self.pending)
            ready = [a for a in self.draft.parked(subject).values() if self._may_go(a)]
            for arrival in ready[:left]:
                self.draft.unpark(arrival)
                self.place(arrival)
            left -= len(ready)
            if left >= 0:
                still = [a for a in self.draft.parked(subject).values() if self._may_go(a)]
                if not still:
                    self.pending.discard(subject)

    def _may_go(self, arrival: Arrival) -> bool:
        return may_go(self.draft, arrival)

    def _learn(self, arrival: Arrival) -> None:
        if arrival.event.kind == REGISTRATION and not arrival.event.retraction:
            self._registered(arrival)
        elif arrival.event.kind == LINK:
            self._linked(arrival)

    def _registered(self, arrival: Arrival) -> None:
        subject, since = arrival.event.subject, arrival.origin.appended_at
        known = self.draft.subject(subject)
        if known is None:
            self._know(subject, Subject(True, child_id(subject), 0, since))
        elif not known.registered:
            self._know(subject, replace(known, registered=True))

    def _linked(self, arrival: Arrival) -> None:
        link = _link(arrival)
        alias = arrival.event.subject
        held = self.draft.links(alias)
        if not stronger(link, held.get(link.identity)):
            return
        self.draft.put_link(link)
        standing = greatest(self.draft.links(alias).values())
        known = self.draft.subject(alias)
        if standing is not None:
            self._route(alias, known, child_id(standing.event.data["same_as"]), arrival.origin.appended_at)
        elif known is not None:
            self._route(alias, known, child_id(alias), arrival.origin.appended_at)

    def _route(self, alias: str, known: Subject | None, child: str, since: int) -> None:
        if known is not None and known.child == child:
            return
        before = known or Subject(False, child, 0, since)
        after = replace(before, child=child, epoch=before.epoch + 1)
        for told in {before.child, child}:
            meta = {"t": ROUTE, "subject": alias, "epoch": after.epoch, "child": child, "from": before.child}
            self._to_child(told, pack(meta))
        self._know(alias, after)

    def _know(self, subject: str, known: Subject) -> None:
        self.draft.know_subject(subject, known)
        if self.draft.parked(subject):
            self.pending.add(subject)

    def _park(self, arrival: Arrival) -> None:
        held = self.draft.parked(arrival.event.subject)
        if len(held) >= MOST_PARKED and _is_too_many(arrival, held.values()):
            self.overflowed.append((arrival, _overflow()))
        else:
            self.draft.park(arrival)

    def _to_center(self, arrival: Arrival, source_since: int) -> None:
        center = arrival.center_id
        value = arrival.sent(max(arrival.origin.appended_at, source_since))
        partition = partition_of(center, self.partitions)
        self.outputs.append(Output(topics.FACILITY_EVENTS, partition, center.encode(), value))

    def _to_child(self, child: str, value: bytes) -> None:
        partition = partition_of(child, self.partitions)
        self.outputs.append(Output(topics.CHILD_EVENTS, partition, child.encode(), value))


def may_go(draft: Draft, arrival: Arrival) -> bool:
    """True when a parked event need not wait any longer."""
    if draft.source_since(arrival.event.source) is None:
        return False
    if draft.subject(arrival.event.subject) is not None or (arrival.center_id and not arrival.counted):
        return True
    event = arrival.event
    if event.kind == LINK:  # one that is retracted or outdated makes nobody known
        return not event.retraction and stronger(_link(arrival), draft.links(event.subject).get(arrival.identity))
    return event.kind == REGISTRATION and not event.retraction


def _link(arrival: Arrival) -> Publication:
    return Publication(arrival.event, arrival.raw, str(arrival.origin), arrival.origin.appended_at, 0)


def _is_too_many(arrival: Arrival, held: Collection[Arrival]) -> bool:
    """True for the first record beyond the bound, and for yet another publication beyond the larger bound of these."""
    records = {waiting.identity for waiting in held} | {arrival.identity}
    return len(records) > MOST_PARKED or len(held) >= MOST_PUBLICATIONS


def _overflow() -> Problem:
    message = "too many records of this subject wait for its registration or link"
    return Problem("parking-overflow", "/subject", message, f"at most {MOST_PARKED:,} parked records of one subject")
