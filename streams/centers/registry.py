"""The registry's entities as rows: of several standing records of one entity and kind the greatest holds. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from streams.clock.moments import utc_text
from streams.records import Publication, ended_on, greatest

Row = dict[str, Any]
Rows = dict[tuple[str, str], Row]
"""(table, key within it) → row."""


def entity_id(subject: str) -> str:
    """The entity's own id: what follows the subject's scheme."""
    return subject.partition(":")[2]


def rows_of(subject: str, publications: Iterable[Publication]) -> Rows:
    """All rows that the standing records of one subject make."""
    by_kind: dict[str, list[Publication]] = {}
    for publication in publications:
        if publication.stands:
            by_kind.setdefault(publication.event.kind, []).append(publication)
    scheme, _, name = subject.partition(":")
    makers = {"center": _center, "clinic": _clinic, "contract": _contract, "staff": _staff}
    makers |= {"calendar": _calendar, "region": _region, "source": _source}
    return {(table, key): row for table, key, row in makers[scheme](name, by_kind)}


ByKind = dict[str, list[Publication]]
Made = Iterable[tuple[str, str, Row]]


def _newest(by_kind: ByKind, kind: str) -> Publication | None:
    return greatest(by_kind.get(kind, ()))


def _ended(began: Publication, ended: Publication | None) -> str | None:
    day = ended_on(began, ended)
    return None if day is None else day.isoformat()


def _center(name: str, by_kind: ByKind) -> Made:
    filed = _newest(by_kind, "center.filed")
    if filed is not None:
        closed_on = _ended(filed, _newest(by_kind, "center.closed"))
        columns = ("name", "kind", "ownership", "places", "inclusive_places", "lat", "lon")
        row = {"center_id": name} | _given(filed, columns) | {"community": filed.event.data.get("community") or ""}
        yield "centers", name, row | {"filed_at": utc_text(filed.at), "closed_on": closed_on}
    for visit in by_kind.get("guidance.delivered", ()):
        data = visit.event.data
        row = {"center_id": name, "source": visit.event.source, "record_id": visit.event.recordid}
        row |= {"clinic_id": data.get("clinic_id") or "", "findings": data.get("findings") or ""}
        yield "guidance_visits", _own(visit), row | _given(visit, ("topics", "date"))


def _clinic(name: str, by_kind: ByKind) -> Made:
    listed = _newest(by_kind, "clinic.listed")
    if listed is not None:
        row = {"clinic_id": name} | _given(listed, ("name", "kind", "lat", "lon"))
        yield "clinics", name, row | {"listed_at": utc_text(listed.at)}


def _contract(name: str, by_kind: ByKind) -> Made:
    signed = _newest(by_kind, "contract.signed")
    if signed is not None:
        row = {"contract_id": name} | _given(signed, ("center_id", "clinic_id", "services", "from_date", "until"))
        yield "contracts", name, row | {"ended_on": _ended(signed, _newest(by_kind, "contract.ended"))}


def _staff(name: str, by_kind: ByKind) -> Made:
    certified = _newest(by_kind, "staff.certified")
    if certified is not None:
        row = {"staff_id": name} | _given(certified, ("center_id", "role", "certificate", "valid_until"))
        left_on = _ended(certified, _newest(by_kind, "staff.left"))
        yield "staff", name, row | {"certified_at": utc_text(certified.at), "left_on": left_on}
    for training in by_kind.get("training.completed", ()):
        row = {"staff_id": name, "source": training.event.source, "record_id": training.event.recordid}
        yield "trainings", _own(training), row | _given(training, ("center_id", "course", "hours", "date"))


def _calendar(name: str, by_kind: ByKind) -> Made:
    published = _newest(by_kind, "calendar.published")
    if published is not None:
        yield "calendars", name, {"year": int(name)} | _given(published, ("days_off", "extra_workdays"))


def _region(name: str, by_kind: ByKind) -> Made:
    reported = _newest(by_kind, "population.reported")
    if reported is not None:
        yield "populations", name, {"region": name} | _given(reported, ("residents", "births", "under3", "as_of"))


def _source(name: str, by_kind: ByKind) -> Made:
    registered = _newest(by_kind, "source.registered")
    if registered is not None:
        row = {"source": name} | _given(registered, ("side", "cadence"))
        yield "sources", name, row | {"registered_at": utc_text(registered.at)}


def _given(publication: Publication, columns: Iterable[str]) -> Row:
    return {column: publication.event.data.get(column) for column in columns}


def _own(publication: Publication) -> str:
    return f"{publication.event.source}/{publication.event.recordid}"
