"""Who is who in the county's books: whose subject each is, link by link, and what does not fit together about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from streams.simulate.books import JSON, Entry, digest
from streams.simulate.entries import happened

Rank = tuple[datetime, str, str, str]
UNREGISTERED_FOR = timedelta(days=30)


def owners(entries: Iterable[Entry]) -> dict[str, str]:
    """Linked subject → the one whose child it is: where its links lead, the latest of each subject counting.

    Where they go round, the earliest of those on the way round does not count.
    """
    held = holding(entries)
    found = {}
    for subject in held:
        way = _way(subject, held)
        last = way[-1]
        if last in held:
            last = min(_round(last, held), key=lambda alias: rank(held[alias]))
        found[subject] = last
    return found


def holding(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Subject → the link of it that holds; one to itself never does."""
    held: dict[str, Entry] = {}
    for entry in entries:
        if entry.kind == "identity.linked" and entry.stands and entry.data["same_as"] != entry.subject:
            known = held.get(entry.subject)
            held[entry.subject] = entry if known is None else max(known, entry, key=rank)
    return held


def rank(entry: Entry) -> Rank:
    return happened(entry), entry.source, entry.record, entry.subject


def _way(subject: str, held: Mapping[str, Entry]) -> list[str]:
    """Where the links lead from a subject: to one without a link, or to the last before the way meets itself."""
    way = [subject]
    while way[-1] in held and held[way[-1]].data["same_as"] not in way:
        way.append(held[way[-1]].data["same_as"])
    return way


def _round(member: str, held: Mapping[str, Entry]) -> list[str]:
    """All that is on the way round from one that is."""
    return _way(held[member].data["same_as"], held)


def one_of_each(entries: Iterable[Entry]) -> list[Entry]:
    """A child's records: what was sent under two of its subjects with one number is one, the stronger of the two."""
    best: dict[tuple[str, str, str], Entry] = {}
    for entry in entries:
        number = (entry.kind, entry.source, entry.record)
        known = best.get(number)
        best[number] = entry if known is None else max(known, entry, key=lambda e: (e.revision, digest(e, e.data)))
    return list(best.values())


def issues(children: Mapping[str, list[Entry]], unregistered: Iterable[Entry], today: date) -> Iterator[JSON]:
    """Rows of identity_issues. `children`: child_id → what stands of it; `unregistered`: entries of all others."""
    told: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    shared: dict[str, set[str]] = defaultdict(set)
    for child, entries in children.items():
        for entry in entries:
            shared[name(entry)].add(child)
        for problem, find in PROBLEMS.items():
            for subject, entry in find(entries):
                told[child, subject, problem].add(name(entry))
    for child, entries in children.items():
        for entry in entries:
            if len(shared[name(entry)]) > 1:
                told[child, entry.subject, "same-identity-two-children"].add(name(entry))
    for entry in unregistered:
        if entry.kind == "child.enrolled" and entry.stands and _begun(entry) + UNREGISTERED_FOR <= today:
            told["", entry.subject, "enrolled-unregistered"].add(name(entry))
    for (child, subject, problem), records in told.items():
        yield {"subject": subject, "problem": problem, "child_id": child, "records": sorted(records)}


def name(entry: Entry) -> str:
    return f"{entry.source}/{entry.kind}/{entry.record}"


def _begun(enrolment: Entry) -> date:
    return date.fromisoformat(enrolment.data["from_date"])


Told = Iterable[tuple[str, Entry]]
"""Whom a problem is about, and a record that is part of it."""


def _contradicting_links(entries: list[Entry]) -> Told:
    targets: dict[str, set[str]] = defaultdict(set)
    links = [e for e in entries if e.kind == "identity.linked" and e.data["same_as"] != e.subject]
    for link in links:
        targets[link.subject].add(link.data["same_as"])
    return [(link.subject, link) for link in links if len(targets[link.subject]) > 1]


def _link_cycle(entries: list[Entry]) -> Told:
    held = holding(entries)
    for subject, link in held.items():
        if held.get(_way(subject, held)[-1]) and subject in _round(_way(subject, held)[-1], held):
            yield subject, link
    for entry in entries:
        if entry.kind == "identity.linked" and entry.data["same_as"] == entry.subject:
            yield entry.subject, entry


def _contradicting_registrations(entries: list[Entry]) -> Told:
    registrations = [entry for entry in entries if entry.kind == "child.registered"]
    births = {entry.data["birth_date"] for entry in registrations}
    sexes = {entry.data["sex"] for entry in registrations} - {"unknown"}
    if len(births) > 1 or len(sexes) > 1:
        return [(subject, entry) for subject in {e.subject for e in registrations} for entry in registrations]
    return []


def _conflicts(entries: list[Entry]) -> Told:
    return [(entry.subject, entry) for entry in entries if entry.conflict]


PROBLEMS: Mapping[str, Callable[[list[Entry]], Told]] = {
    "contradicting-links": _contradicting_links,
    "link-cycle": _link_cycle,
    "contradicting-registrations": _contradicting_registrations,
    "equal-revision-conflict": _conflicts,
}
