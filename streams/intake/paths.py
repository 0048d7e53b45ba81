"""Where a subject's links lead: the way from alias to alias up to the subject under which the child is. Pure.

Of each subject its home knows its own link, and what the home of the link's target last told of the way from there.
A way is told anew when it changes, so after as many turns as it is long everybody's is right, whatever came first.
Each hop bears its link's rank. So who finds itself on the way from its own target knows the whole cycle; the cycle
is broken at its link of least rank, whose alias is then the root of all, and nothing goes round for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson

from streams.records import Publication, greatest

MOST_HOPS = 32
"""Subjects on a way. One that is longer, also round a cycle, leads nowhere: its subject stays a child of its own."""

Rank = tuple[int, str, str, str]
"""Of a link: its time (µs since 1970), source, recordid and alias."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Hop(NamedTuple):
    """A subject on the way, and the rank of the link that leads on from it: None where the way ends.

    `since`: append time (ms since 1970) of what made that link hold.
    """

    subject: str
    rank: Rank | None = None
    since: int = 0


Path = tuple[Hop, ...]


def ending(subject: str) -> Path:
    """The way of a subject that no link leads on from."""
    return (Hop(subject),)


def holding(links: Iterable[Publication]) -> Publication | None:
    """Of an alias's links the greatest that stands; one that leads to the alias itself says nothing."""
    return greatest(link for link in links if link.stands and target_of(link) != link.event.subject)


def target_of(link: Publication) -> str:
    return str(link.event.data["same_as"])


def path_by(link: Publication, onward: Path) -> Path:
    """An alias's way by the link that holds for it and its target's way."""
    alias, rank = link.event.subject, rank_of(link)
    before = onward[: next((place for place, hop in enumerate(onward) if hop.subject == alias), len(onward))]
    if len(before) < len(onward) and all(hop.rank is None or rank < hop.rank for hop in before):
        return ending(alias)
    return (Hop(alias, rank, link.visible_at), *before)[:MOST_HOPS]


def rank_of(link: Publication) -> Rank:
    event = link.event
    return ((link.at - EPOCH) // timedelta(microseconds=1), event.source, event.recordid, event.subject)


def root_of(path: Path) -> str:
    """The subject whose child all on the way belong to.

    A way that goes on from its last hop is too long, or is one round of a cycle: then that breaks at its least link.
    """
    if path[-1].rank is None:
        return path[-1].subject
    if len(path) >= MOST_HOPS:
        return path[0].subject
    return min(path, key=lambda hop: hop.rank or ()).subject


def since_of(path: Path) -> int:
    """Append time (ms since 1970) of the last of what made the way what it is."""
    return max(hop.since for hop in path)


def packed(path: Path) -> bytes:
    """A state value."""
    return orjson.dumps(hops_of(path))


def unpacked(value: bytes) -> Path:
    return path_of(orjson.loads(value))


def hops_of(path: Path) -> list[list[Any]]:
    """For JSON."""
    return [[*hop] for hop in path]


def path_of(hops: Iterable[list[Any]]) -> Path:
    """From JSON."""
    return tuple(Hop(subject, None if rank is None else tuple(rank), since) for subject, rank, since in hops)
