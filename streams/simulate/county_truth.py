"""What the registry must show, and the county at a glance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from streams.simulate.books import JSON, Books, Entry
from streams.simulate.facilities import BUREAU
from streams.simulate.strangers import UNLISTED
from streams.simulate.truth import Truth, newest


def registry(books: Books) -> dict[str, list[JSON]]:
    """Table → rows of the registry's entities."""
    by_kind: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for entry in books.entries:
        if entry.stands and entry.source == BUREAU:
            by_kind[entry.kind][entry.subject.partition(":")[2]].append(entry)

    def entities(kind: str, key: str, *columns: str) -> list[JSON]:
        return [
            {key: name} | {column: newest(entries).data.get(column) for column in columns}
            for name, entries in by_kind[kind].items()
        ]

    return {
        "centers": entities("center.filed", "center_id", "name", "kind", "ownership", "places", "inclusive_places"),
        "clinics": entities("clinic.listed", "clinic_id", "name", "kind", "lat", "lon"),
        "contracts": entities("contract.signed", "contract_id", "center_id", "clinic_id", "services", "from_date"),
        "staff": entities("staff.certified", "staff_id", "center_id", "role", "certificate", "valid_until"),
        "trainings": list(_each(by_kind["training.completed"], "staff_id", "center_id", "course", "hours", "date")),
        "guidance_visits": list(_each(by_kind["guidance.delivered"], "center_id", "clinic_id", "topics", "date")),
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
    inclusive = sum(center["inclusive_places"] for center in tables["centers"])
    contracted = {contract["center_id"] for contract in tables["contracts"]}
    today = truth.today.isoformat()
    certified = [member for member in tables["staff"] if member["valid_until"] >= today]
    return {
        "centers": len(tables["centers"]),
        "inclusive_places": inclusive,
        "residents": residents,
        "places_per_1000": inclusive * 1000 / residents,
        "enrolled": sum(row["enrolled"] for row in tables["center_days"] if row["date"] == today),
        "contracted_centers_pct": 100 * len(contracted) / len(tables["centers"]),
        "certified_staff_pct": 100 * len(certified) / len(tables["staff"]),
        "children": sum(row["status"] == "active" for row in tables["children"]),
        "checkups_due": sum(row["due"] for row in tables["clinic_months"]),
        "checkups_missed": sum(row["missed"] for row in tables["clinic_months"]),
        "active_alerts": len(tables["alerts"]),
    }
