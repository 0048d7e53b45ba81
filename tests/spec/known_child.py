"""A child that a test tells about, and what huiyu knows of it: sentences instead of events."""

from __future__ import annotations

from typing import Any

from tests.support.builders import a_checkup, a_registration, a_source, an_event, child_of, subject_of
from tests.unit.timeline.shard import Message, Shard, event_message, fact, heard, only, watermark

Event = dict[str, Any]
MILESTONES = ("home", "m1", "m3", "m6", "m8", "m12", "m18", "m24", "m30", "m36", "y4", "y5", "y6")


class KnownChild:
    """Ann, registered at birth unless said otherwise. Each statement is published at once.

    `rule`: the one rule that raises alerts about her.
    """

    def __init__(
        self,
        born: str = "2025-06-01",
        registered: str = "",
        clinic: str = "chengguan",
        rule: str = "checkup-overdue",
        **data: Any,
    ) -> None:
        self.shard = Shard(pack=only(rule))
        self.subject = subject_of("ann")
        self.registration = self.registered(registered or born, born=born, clinic=clinic, recordid="R-1")
        if data:
            self.registration = self.corrected(self.registration, **data)

    # what is published
    def publish(self, *events: Event) -> Event:
        """Events of one batch; returns the last."""
        self.shard.send(*(self.message(event, place) for place, event in enumerate(events)))
        return events[-1]

    def message(self, event: Event, place: int = 0) -> Message:
        return event_message(event, number=self.shard.end + place)

    def says_checkup(self, on: str, milestone: str = "", **more: Any) -> Event:
        named = {"milestone": milestone} if milestone else {}
        return a_checkup("ann", f"{on}T09:00:00+08:00", **named, **more)

    def says_departed(self, on: str, reason: str = "moved", entered: str = "") -> Event:
        data, at = {"date": on, "reason": reason}, f"{entered or on}T15:00:00+08:00"
        return an_event("child.departed", "clinic:chengguan", self.subject, data, at)

    def registered(self, on: str, born: str = "2025-06-01", clinic: str = "chengguan", **more: Any) -> Event:
        return self.publish(a_registration("ann", born, clinic, at=f"{on}T10:00:00+08:00", **more))

    def checkup(self, on: str, milestone: str = "", **more: Any) -> Event:
        return self.publish(self.says_checkup(on, milestone, **more))

    def departed(self, on: str, reason: str = "moved", entered: str = "") -> Event:
        return self.publish(self.says_departed(on, reason, entered))

    def enrolled(self, from_date: str, center: str = "yucai", until: str = "", **more: Any) -> Event:
        data = {"center_id": center, "class_id": "c1", "band": "toddler", "service": "full-day", "from_date": from_date}
        data |= {"until": until} if until else {}
        at = f"{from_date}T08:00:00+08:00"
        return self.publish(an_event("child.enrolled", f"center:{center}", self.subject, data, at, **more))

    def withdrawn(self, on: str, center: str = "yucai") -> Event:
        data, at = {"center_id": center, "date": on}, f"{on}T08:00:00+08:00"
        return self.publish(an_event("child.withdrawn", f"center:{center}", self.subject, data, at))

    def corrected(self, event: Event, revision: int = 2, at: str = "", **data: Any) -> Event:
        """The same record again, with other values."""
        recordid = event.get("recordid", event["id"])
        more = {"recordid": recordid, "revision": revision, "id": f"{recordid}-{revision}"}
        return self.publish({**event, **more, "time": at or event["time"], "data": event["data"] | data})

    def retracted(self, event: Event, revision: int = 2) -> Event:
        kind, recordid = event["type"].removesuffix(".v1"), event.get("recordid", event["id"])
        data = {"kind": kind, "reason": "entered by mistake"}
        more = {"recordid": recordid, "revision": revision}
        at = "2026-01-01T08:00:00+08:00"
        return self.publish(an_event("record.retracted", event["source"], self.subject, data, at, **more))

    def on(self, day: str) -> KnownChild:
        """The clock strikes noon of a day."""
        self.shard.send(watermark(day))
        return self

    def clinic_says(self, kind: str, on: str, **data: Any) -> Event:
        """Any other record of her clinic."""
        more = {name: data.pop(name) for name in ("recordid",) if name in data}
        at = f"{on}T09:00:00+08:00"
        return self.publish(an_event(kind, "clinic:chengguan", self.subject, data, at, **more))

    def center_says(self, kind: str, on: str, **data: Any) -> Event:
        """Any other record of a centre."""
        told = {"center_id": "yucai", **data}
        return self.publish(an_event(kind, "center:yucai", self.subject, told, f"{on}T10:00:00+08:00"))

    def vaccinated(self, vaccine: str, dose_no: int, on: str) -> Event:
        return self.clinic_says("vaccination.recorded", on, clinic_id="chengguan", vaccine=vaccine, dose_no=dose_no)

    def deferred(self, vaccine: str, dose_no: int, on: str, reason: str, **until: str) -> Event:
        told = {"clinic_id": "chengguan", "vaccine": vaccine, "dose_no": dose_no, "reason": reason, **until}
        return self.clinic_says("vaccination.deferred", on, **told)

    def clinic_reports(self, cadence: str) -> KnownChild:
        """Her clinic is registered, and says how often it reports."""
        self.shard.send(fact(a_source("clinic:chengguan", cadence=cadence)))
        return self

    def on_heard(self, day: str, until: str) -> KnownChild:
        """The clock strikes noon of a day; her clinic was heard until another."""
        self.shard.send(heard(day, chengguan=until), watermark(day))
        return self

    # what is known
    @property
    def alert(self) -> dict[str, Any] | None:
        """The alert that is active; None without one."""
        active = [row for row in self.shard.tables.of("alerts") if row["state"] != "resolved"]
        assert len(active) <= 1
        return active[0] if active else None

    @property
    def state(self) -> str:
        """open or escalated; else how the last alert was resolved, "" when there was none."""
        if self.alert:
            return str(self.alert["state"])
        return self.shard.tables.history[-1]["resolution"] if self.shard.tables.history else ""

    def dose(self, name: str) -> dict[str, Any]:
        return self.shard.tables.rows["vaccination_status"][child_of(self.subject), name]

    @property
    def row(self) -> dict[str, Any]:
        [row] = self.shard.tables.of("children")
        return row

    def milestone(self, name: str) -> dict[str, Any]:
        return self.shard.tables.rows["milestones"][child_of(self.subject), name]

    def status(self, name: str) -> str:
        return str(self.milestone(name)["status"])

    @property
    def statuses(self) -> dict[str, str]:
        return {name: self.status(name) for name in MILESTONES}

    @property
    def alerts(self) -> dict[str, dict[str, Any]]:
        return {row["milestone"]: row for row in self.shard.tables.of("alerts")}

    @property
    def active(self) -> dict[str, str]:
        """Milestone → state of the active alerts."""
        return {name: row["state"] for name, row in self.alerts.items() if row["state"] != "resolved"}

    @property
    def history(self) -> list[tuple[str, str]]:
        """Every transition: (milestone, open, escalated or why it was resolved)."""
        return [(told["milestone"], told["resolution"] or told["state"]) for told in self.shard.tables.history]

    @property
    def timeline(self) -> list[dict[str, Any]]:
        return self.shard.tables.of("timeline")
