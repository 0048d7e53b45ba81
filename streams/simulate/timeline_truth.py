"""The row of a record that stands, as the books have it."""

from __future__ import annotations

from streams.simulate.books import JSON, Entry
from streams.simulate.entries import happened, local_day
from streams.simulate.growth_truth import growth_of
from streams.simulate.schedule_truth import ChildTruth, opens

MEASURED = ("checkup.recorded", "measurement.recorded")


def timeline_row(entry: Entry, child: ChildTruth) -> JSON:
    row = {
        "child_id": child.child_id,
        "subject": entry.subject,
        "kind": entry.kind,
        "source": entry.source,
        "record_id": entry.record,
        "revision": entry.revision,
        "occurred_at": entry.time,
        "local_date": local_day(entry).isoformat(),
        "age_days": (local_day(entry) - child.born).days,
        "center_id": entry.data.get("center_id", ""),
        "class_id": entry.data.get("class_id", ""),
        "clinic_id": entry.data.get("clinic_id", ""),
        "data": entry.data,
        "recorded_at": entry.recorded or entry.time,
        "flags": sorted(_flags(entry, child)),
    }
    if entry.kind not in MEASURED:
        return row
    growth = growth_of(child.registration.data, local_day(entry), entry.data)
    return row | growth | {"flags": sorted(row["flags"] + growth["flags"])}


def _flags(entry: Entry, child: ChildTruth) -> list[str]:
    named = entry.data.get("milestone") if entry.kind == "checkup.recorded" else None
    early = named is not None and happened(entry).date() < opens(child.born, named)
    return ["equal-revision-conflict"] * entry.conflict + ["milestone-too-early"] * early
