"""Random families of linked subjects, and by plain root-following what they mean. Shares nothing with the pipeline.

A link's identity is (alias, source, recordid): it is resolved before it is known whose child the alias is. A cycle's
least link is the least (time, source, recordid); where two are equal in all three, the one of the lesser alias.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import rfc8785
from hypothesis import strategies as st

from tests.support.builders import a_checkup, a_registration, a_source, an_event, child_of, subject_of

Event = dict[str, Any]
CLINICS = ("chengguan", "dongguan")
LINKERS = ("clinic:chengguan", "clinic:dongguan", "registry:bureau")
SOURCES = [
    a_source(name, cadence="irregular") for name in (*(f"clinic:{clinic}" for clinic in CLINICS), "registry:bureau")
]
SCHEMES = {"a": "birth-cert", "b": "cn-id", "c": "local", "d": "cn-id", "e": "local"}
SUBJECTS = [subject_of(name, scheme) for name, scheme in SCHEMES.items()]
START = datetime(2026, 1, 5, 9, tzinfo=timezone(timedelta(hours=8)))


def a_link(alias: str, to: str, day: int = 0, source: str = LINKERS[0], **more: Any) -> Event:
    """`alias` is another name of whom `to` names; as of `day` days after the graphs' first day."""
    at = (START + timedelta(days=day)).isoformat()
    return an_event("identity.linked", source, alias, {"same_as": to}, at, **{"recordid": "L1", "revision": 1, **more})


def a_withdrawal(event: Event, revision: int | None = None) -> Event:
    """The retraction of a record; one revision above it unless told."""
    data = {"kind": event["type"].removesuffix(".v1"), "reason": "wrong child"}
    more = {"recordid": event.get("recordid", event["id"]), "revision": revision or event.get("revision", 1) + 1}
    return an_event("record.retracted", event["source"], event["subject"], data, event["time"], **more)


def standing_links(events: Iterable[Event]) -> list[Event]:
    """The links whose winning publication is no retraction; of one alias there may be several."""
    named = [event for event in events if _kind(event) == "identity.linked"]
    return _standing(named, lambda event: (event["subject"], event["source"], _record(event)))


def winning_links(events: Iterable[Event]) -> dict[str, Event]:
    """Alias → the link that holds for it; links to itself never do."""
    held: dict[str, Event] = {}
    for link in sorted(standing_links(events), key=_rank):
        if link["subject"] != link["data"]["same_as"]:
            held[link["subject"]] = link
    return held


def roots(events: Iterable[Event]) -> dict[str, str]:
    """Every subject that the events name, as their own or in a link → its root. Other kinds than links may be there."""
    events = list(events)
    held = winning_links(events)
    for link in list(_broken(held)):
        del held[link["subject"]]
    named = {event["subject"] for event in events} | {link["data"]["same_as"] for link in standing_links(events)}
    return {subject: _followed(subject, held)[-1] for subject in named}


def children(events: Iterable[Event]) -> dict[str, set[str]]:
    """child_id → the subjects that are that child, of the children that are registered under one of them."""
    events = list(events)
    root = roots(events)
    registrations = [event for event in events if _kind(event) == "child.registered"]
    standing = _standing(registrations, lambda event: (root[event["subject"]], event["source"], _record(event)))
    registered = {root[event["subject"]] for event in standing}
    return {child_of(top): {s for s, of in root.items() if of == top} for top in registered}


@st.composite
def link_graphs(draw: st.DrawFn, subjects: int = 5, links: int = 7) -> list[Event]:
    """Links, their revisions and retractions, registrations and checkups of few subjects, in any order.

    `SOURCES` registers those who send them. Record ids are few, so that two subjects often use the same one.
    """
    names = SUBJECTS[:subjects]
    events = draw(st.lists(_links(names), max_size=links))
    events += [a_withdrawal(link, draw(st.sampled_from((None, link["revision"])))) for link in _some(draw, events)]
    registrations = [_registration(draw, subject) for subject in _some(draw, names)]
    events += registrations + [a_withdrawal(event) for event in _some(draw, registrations) if draw(st.booleans())]
    events += [_checkup(draw, subject) for subject in _some(draw, names)]
    return draw(st.permutations(events))


def _links(names: list[str]) -> st.SearchStrategy[Event]:
    alias, day, revision = st.sampled_from(names), st.integers(0, 4), st.integers(1, 3)
    record = st.sampled_from(("L1", "L2"))
    return st.builds(a_link, alias, alias, day, st.sampled_from(LINKERS), recordid=record, revision=revision)


def _some(draw: st.DrawFn, things: list[Any]) -> list[Any]:
    return [thing for thing in things if draw(st.booleans())]


def _registration(draw: st.DrawFn, subject: str) -> Event:
    clinic, day = draw(st.sampled_from(CLINICS)), draw(st.integers(0, 4))
    at, record = (START + timedelta(days=day)).isoformat(), draw(st.sampled_from(("R1", "R2")))
    born = draw(st.sampled_from(("2025-06-01", "2025-06-02")))
    return a_registration("", born, clinic, at, recordid=record) | {"subject": subject}


def _checkup(draw: st.DrawFn, subject: str) -> Event:
    clinic, day = draw(st.sampled_from(CLINICS)), draw(st.integers(0, 40))
    at, record = (START + timedelta(days=day)).isoformat(), draw(st.sampled_from(("V1", "V2")))
    return a_checkup("", at, clinic, subject, recordid=record)


def _kind(event: Event) -> str:
    kind = str(event["type"]).removesuffix(".v1")
    return str(event["data"]["kind"]) if kind == "record.retracted" else kind


def _record(event: Event) -> str:
    return str(event.get("recordid", event["id"]))


def _rank(link: Event) -> tuple[datetime, str, str, str]:
    return datetime.fromisoformat(link["time"]), link["source"], _record(link), link["subject"]


def _strength(event: Event) -> tuple[int, str]:
    body = {"time": event["time"], "subject": event["subject"], "data": event["data"]}
    return event.get("revision", 1), hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def _standing(events: Iterable[Event], identity: Any) -> list[Event]:
    records = defaultdict(list)
    for event in events:
        records[identity(event)].append(event)
    winners = [max(publications, key=_strength) for publications in records.values()]
    return [event for event in winners if event["type"] != "record.retracted.v1"]


def _followed(subject: str, held: dict[str, Event]) -> list[str]:
    """The subjects on the way, up to the one without a link, or to the last before the way meets itself."""
    way = [subject]
    while way[-1] in held and (after := held[way[-1]]["data"]["same_as"]) not in way:
        way.append(after)
    return way


def _broken(held: dict[str, Event]) -> Iterator[Event]:
    """Of each cycle the one link that does not count."""
    seen: set[str] = set()
    for subject in held:
        way = _followed(subject, held)
        if way[-1] in held and way[-1] not in seen:
            cycle = way[way.index(held[way[-1]]["data"]["same_as"]) :]
            seen.update(cycle)
            yield min((held[alias] for alias in cycle), key=_rank)
