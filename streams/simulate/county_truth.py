"""What the registry must show, and the county at a glance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from streams.simulate.books import JSON, Books, Entry
from streams.simulate.entries import happened, newest
from streams.simulate.facilities import BUREAU
from streams.simulate.strangers import UNLISTED
from streams.simulate.truth import Truth


def registry(books: Books) -> dict[str, list[JSON]]:
    """Table → rows of the registry's entities."""
    by_kind: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for entry in books.entries:
        if entry.stands and entry.source == BUREAU:
            by_kind[entry.kind][entry.subject.partition(":")[2]].append(entry)

    def entities(kind: str, key: str, *columns: str) -> list[JSON]:
        return [
            {key: int(name) if key == "year" else name}
            | {column: newest(entries).data.get(column) for column in columns}
            for name, entries in by_kind[kind].items()
        ]

    def ended(kind: str, begun: str, name: str) -> str | None:
        """The day on which something ended, unless it began anew at a later time."""
        if not by_kind[kind].get(name):
            return None
        end, begin = newest(by_kind[kind][name]), newest(by_kind[begun][name])
        return None if happened(begin) > happened(end) else str(end.data["date"])

    def with_end(rows: list[JSON], key: str, column: str, kind: str, begun: str) -> list[JSON]:
        return [row | {column: ended(kind, begun, row[key])} for row in rows]

    filed = entities(
        "center.filed",
        "center_id",
        "name",
        "kind",
        "ownership",
        "places",
        "inclusive_places",
        "lat",
        "lon",
        "community",
    )
    signed = entities("contract.signed", "contract_id", "center_id", "clinic_id", "services", "from_date", "until")
    certified = entities("staff.certified", "staff_id", "center_id", "role", "certificate", "valid_until")
    return {
        "centers": with_end(filed, "center_id", "closed_on", "center.closed", "center.filed"),
        "clinics": entities("clinic.listed", "clinic_id", "name", "kind", "lat", "lon"),
        "contracts": with_end(signed, "contract_id", "ended_on", "contract.ended", "contract.signed"),
        "staff": with_end(certified, "staff_id", "left_on", "staff.left", "staff.certified"),
        "calendars": entities("calendar.published", "year", "days_off", "extra_workdays"),
        "populations": entities("population.reported", "region", "residents", "births", "under3", "as_of"),
        "trainings": list(_each(by_kind["training.completed"], "staff_id", "center_id", "course", "hours", "date")),
        "guidance_visits": list(
            _each(by_kind["guidance.delivered"], "center_id", "clinic_id", "topics", "date", "findings")
        ),
        "sources": [
            *entities("source.registered", "source", "side", "cadence"),
            {"source": BUREAU, "side": "registry", "cadence": "irregular"},
            *(
                [{"source": UNLISTED, "state": "unregistered"}]
                if any(e.source == UNLISTED for e in books.entries)
                else []
            ),
        ],
    }


def _each(entities: dict[str, list[Entry]], key: str, *columns: str) -> Iterable[JSON]:
    for name, entries in entities.items():
        for entry in entries:
            row = {key: name, "source": entry.source, "record_id": entry.record}
            yield row | {column: entry.data.get(column) for column in columns if column != key}


def overview(truth: Truth, tables: dict[str, list[JSON]], residents: int) -> JSON:
    """The county's one row on the last day."""
    today = truth.today.isoformat()
    centers = [row for row in tables["centers"] if _goes_on(row["closed_on"], today)]
    inclusive = sum(center["inclusive_places"] for center in centers)
    contracted = {
        row["center_id"]
        for row in tables["contracts"]
        if row["from_date"] <= today <= (row["until"] or today) and _goes_on(row["ended_on"], today)
    }
    staff = [member for member in tables["staff"] if _goes_on(member["left_on"], today)]
    certified = [member for member in staff if member["valid_until"] >= today]
    return {
        "centers": len(centers),
        "inclusive_places": inclusive,
        "residents": residents,
        "places_per_1000": inclusive * 1000 / residents,
        "enrolled": sum(row["enrolled"] for row in tables["center_days"] if row["date"] == today),
        "contracted_centers_pct": 100 * sum(center["center_id"] in contracted for center in centers) / len(centers),
        "certified_staff_pct": 100 * len(certified) / len(staff),
        "children": sum(row["status"] == "active" for row in tables["children"]),
        "checkups_due": sum(row["due"] for row in tables["clinic_months"]),
        "checkups_missed": sum(row["missed"] for row in tables["clinic_months"]),
        "active_alerts": len(tables["alerts"]),
    }


def _goes_on(ended: str | None, today: str) -> bool:
    return ended is None or ended > today
