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


class Told(NamedTuple):
    """What a subscriber was told last of an alert that is not over: its state, and since when it has it (UTC text)."""

    state: str
    since: str


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
    told: dict[tuple[str, str], Told]
    planned_at: dict[str, list[float]]

    @classmethod
    def of(cls, subscriptions: Mapping[str, Subscription], pack: RulePack, zone: tzinfo) -> Desk:
        """One that knows nothing yet."""
        return cls(subscriptions, pack, zone, {}, set(), {}, {})

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
            waited = self.waiting.pop(entry.key, None)
            if entry.result == "sent" and entry.state != RESOLVED and waited is not None:  # else it was over meanwhile
                self.told[entry.subscription, entry.alert_id] = Told(entry.state, entry.since)
            elif entry.result == "over":
                self.told.pop((entry.subscription, entry.alert_id), None)

    def take(self, message: Mapping[str, Any], at: float) -> Iterator[Entry]:
        """What a transition of an alert calls for; nothing when it is read again.

        What waits about the same alert is withdrawn: it is over, or told as it is now. So is all that waits about a
        child that departed: it may have died. A state that was told and is not over is not told again: stages whose
        state was rebuilt tell every alert anew.
        """
        row, version, since = message["row"], int(message["version"]), str(message["transition"]["at"])
        state, child = row["state"], row["child_id"]
        has_left = state == RESOLVED and row["resolution"] == "departed" and child
        for entry in list(self.waiting.values()):
            is_older = entry.alert_id == row["alert_id"] and entry.version < version
            if is_older or (has_left and entry.child_id == child):
                yield replace(entry, result="withdrawn", at=at, reason=row["resolution"] or state, body={})
        for subscription in self.subscriptions.values():
            told = self.told.get((subscription.id, row["alert_id"]))
            is_over = state == RESOLVED and told is not None and since >= told.since
            is_news = state != RESOLVED and (told is None or told.state != state)
            if (is_news or (is_over and subscription.resolved)) and subscription.wants(row):
                yield from self._planned(row["alert_id"], version, subscription, row, at, since)
            if is_over:
                key = f"{row['alert_id']}-{version}-{subscription.id}-over"
                names = (key, row["alert_id"], version, subscription.id, subscription.channel.type)
                yield Entry(*names, "over", at, due_at=at, reason=row["resolution"], state=state, since=since)

    def _planned(
        self, alert: str, version: int, subscription: Subscription, row: JSON, at: float, since: str = ""
    ) -> Iterator[Entry]:
        key = f"{alert}-{version}-{subscription.id}"
        if key not in self.known:
            hour = self.planned_at.get(subscription.id, [])
            due, bundled = due_at(subscription, at, sum(told > at - HOUR_S for told in hour), self.zone)
            body = body_of(row, subscription, self.pack)
            names = (key, alert, version, subscription.id, subscription.channel.type)
            planned = Entry(*names, "planned", at, due_at=due, bundled=bundled, body=body)
            yield replace(planned, child_id=row["child_id"], state=row["state"], since=since)

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
                yield from self._planned(alert, day, subscription, row, at)


def failed_row(alert: str, subscription: str, problem: str) -> JSON:
    """What an operator is told: which subscription, and why; nothing about children."""
    names = ("child_id", "resolution", "milestone", "clinic_id", "center_id", "raised_at", "changed_at")
    row = {"alert_id": alert, "rule": FAILED_DELIVERY, "rule_version": 1, "severity": "serious", "state": "open"}
    detail = {"subscription": subscription, "problem": problem}
    return row | dict.fromkeys(names, "") | {"due_on": None, "detail": detail}


def _parcel_key(entry: Entry) -> str:
    return f"{entry.subscription}-{int(entry.due_at)}" if entry.bundled else entry.key


def fold(desk: Desk, entries: Iterable[Entry]) -> Desk:
    """A desk that has noted some entries."""
    for entry in entries:
        desk.noted(entry)
    return desk
