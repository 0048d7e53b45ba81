"""What is to be sent to whom, and what became of it. Pure: everything it knows is the fold of the log's entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any, NamedTuple

from streams.clinical.pack import RulePack
from streams.notify.entries import JSON, Entry
from streams.notify.message import body_of
from streams.notify.subscriptions import OPERATOR, Subscription
from streams.notify.timing import GIVEN_UP_AFTER_S, HOUR_S, due_at, pause_after

FAILED_DELIVERY = "delivery-failed"
RESOLVED = "resolved"


class Parcel(NamedTuple):
    """One message: all of `entries` in it, under one key for the receiver."""

    key: str
    subscription: Subscription
    entries: tuple[Entry, ...]

    @property
    def bodies(self) -> list[JSON]:
        return [entry.body for entry in self.entries]


@dataclass(frozen=True, slots=True)
class Desk:
    """Decides. `take` and `outcome` say what to write into the log; what is written is to be `noted`."""

    subscriptions: Mapping[str, Subscription]
    pack: RulePack
    zone: tzinfo
    waiting: dict[str, Entry]
    known: set[str]
    told: set[tuple[str, str]]
    planned_at: dict[str, list[float]]

    @classmethod
    def of(cls, subscriptions: Mapping[str, Subscription], pack: RulePack, zone: tzinfo) -> Desk:
        """One that knows nothing yet."""
        return cls(subscriptions, pack, zone, {}, set(), set(), {})

    def noted(self, entry: Entry) -> None:
        """An entry stands in the log."""
        self.known.add(entry.key)
        if entry.result == "planned":
            self.waiting[entry.key] = entry
            if not entry.bundled:
                recent = self.planned_at.get(entry.subscription, [])
                self.planned_at[entry.subscription] = [at for at in recent if at > entry.at - HOUR_S] + [entry.at]
        elif entry.result == "failed" and entry.key in self.waiting:
            held = self.waiting[entry.key]
            self.waiting[entry.key] = replace(held, attempt=entry.attempt, retry_at=entry.retry_at)
        elif entry.result != "failed":
            self.waiting.pop(entry.key, None)
            if entry.result == "sent":
                self.told.add((entry.subscription, entry.alert_id))

    def take(self, message: Mapping[str, Any], at: float) -> Iterator[Entry]:
        """What a transition of an alert calls for; nothing when it is read again.

        What waits about the same alert is withdrawn: it is over, or told as it is now. So is all that waits about a
        child that departed: it may have died.
        """
        row, version = message["row"], int(message["version"])
        state, child = row["state"], row["child_id"]
        has_left = state == RESOLVED and row["resolution"] == "departed" and child
        for entry in list(self.waiting.values()):
            is_older = entry.alert_id == row["alert_id"] and entry.version < version
            if is_older or (has_left and entry.child_id == child):
                yield replace(entry, result="withdrawn", at=at, reason=row["resolution"] or state, body={})
        for subscription in self.subscriptions.values():
            is_wanted = state != RESOLVED or (subscription.resolved and (subscription.id, row["alert_id"]) in self.told)
            if is_wanted and subscription.wants(row):
                yield from self._planned(row["alert_id"], version, child, subscription, row, at)

    def _planned(
        self, alert: str, version: int, child: str, subscription: Subscription, row: JSON, at: float
    ) -> Iterator[Entry]:
        key = f"{alert}-{version}-{subscription.id}"
        if key not in self.known:
            hour = self.planned_at.get(subscription.id, [])
            due, bundled = due_at(subscription, at, sum(told > at - HOUR_S for told in hour), self.zone)
            body = body_of(row, subscription, self.pack)
            names = (key, alert, version, subscription.id, subscription.channel.type)
            yield Entry(*names, "planned", at, due_at=due, bundled=bundled, child_id=child, body=body)

    def due(self, at: float) -> list[Parcel]:
        """What is to be sent now, the earliest first; only to those who are subscribed still."""
        ready = [e for e in self.waiting.values() if max(e.due_at, e.retry_at) <= at]
        parcels: dict[str, list[Entry]] = {}
        for entry in sorted(ready, key=lambda e: (e.due_at, e.key)):
            if entry.subscription in self.subscriptions:
                parcels.setdefault(_parcel_key(entry), []).append(entry)
        return [Parcel(key, self.subscriptions[e[0].subscription], tuple(e)) for key, e in parcels.items()]

    def outcome(self, parcel: Parcel, problem: str, at: float, jitter: float) -> list[Entry]:
        """What became of an attempt. `problem`: "" when the receiver took it."""
        found = [self._became(entry, problem, at, jitter) for entry in parcel.entries]
        if any(entry.result == "dead" for entry in found):
            found += self._to_operators(parcel, problem, at)
        return found

    def _became(self, entry: Entry, problem: str, at: float, jitter: float) -> Entry:
        attempt = entry.attempt + 1
        done = replace(entry, at=at, attempt=attempt, reason=problem, body={})
        if not problem:
            return replace(done, result="sent")
        if at - entry.due_at >= GIVEN_UP_AFTER_S:
            return replace(done, result="dead")
        return replace(done, result="failed", retry_at=at + pause_after(attempt, jitter))

    def _to_operators(self, parcel: Parcel, problem: str, at: float) -> Iterator[Entry]:
        """One message for each day on which nothing more is tried for a subscription; none about an operator's own."""
        if parcel.subscription.side == OPERATOR:
            return
        day = int(at // GIVEN_UP_AFTER_S)
        alert = f"{FAILED_DELIVERY}-{parcel.subscription.id}"
        row = failed_row(alert, parcel.subscription.id, problem)
        for subscription in self.subscriptions.values():
            if subscription.side == OPERATOR:
                yield from self._planned(alert, day, "", subscription, row, at)


def failed_row(alert: str, subscription: str, problem: str) -> JSON:
    """What an operator is told: which subscription, and why; nothing about children."""
    blank = dict.fromkeys(("resolution", "milestone", "clinic_id", "center_id", "raised_at", "changed_at"), "")
    row = {"alert_id": alert, "rule": FAILED_DELIVERY, "rule_version": 1, "severity": "serious", "state": "open"}
    return row | blank | {"due_on": None, "detail": {"subscription": subscription, "problem": problem}}


def _parcel_key(entry: Entry) -> str:
    return f"{entry.subscription}-{int(entry.due_at)}" if entry.bundled else entry.key


def fold(desk: Desk, entries: Iterable[Entry]) -> Desk:
    """A desk that has noted some entries."""
    for entry in entries:
        desk.noted(entry)
    return desk
