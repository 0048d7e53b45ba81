"""Which subjects a child has, and by whose records: read from its standing registrations and links. Pure: no I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]


def subjects_of(child_id: str, said: Iterable[Row], records: Mapping[str, int]) -> list[dict[str, Any]]:
    """Each subject of a child with what says so, the root first.

    `said`: its standing registrations and links (subject, kind, source, record_id, occurred_at, accepted_at, same_as);
    `records`: how many of its records came under which subject. A link counts unless it is another's turn: of one alias
    the greatest (time, source, record id) does, never one to itself, and none of the root.
    """
    said = list(said)
    names = {*records, *(row["same_as"] for row in said if row["same_as"])}
    found = [_subject(name, name_of_child(name) == child_id, said, records.get(name, 0)) for name in names]
    return sorted(found, key=lambda each: (not each["root"], each["since"] is None, each["since"], each["subject"]))


def name_of_child(subject: str) -> str:
    """The child_id of whom a subject is the root of."""
    return hashlib.sha256(subject.encode()).hexdigest()[:32]


def _subject(name: str, root: bool, said: list[Row], records: int) -> dict[str, Any]:
    own = [row for row in said if row["subject"] == name]
    links = [row for row in own if row["same_as"] not in ("", name) and not root]
    counts = max(links, key=_rank, default=None)
    told = [
        {key: value for key, value in row.items() if key != "subject"} | {"counts": _counts(row, counts)} for row in own
    ]
    naming = [row for row in said if row["same_as"] == name != row["subject"]]
    since = min((row["accepted_at"] for row in [r for r in own if _counts(r, counts)] or naming), default=None)
    return {"subject": name, "root": root, "since": since, "records": records, "said_by": sorted(told, key=_rank)}


def _counts(row: Row, link: Row | None) -> bool:
    return row["kind"] == "child.registered" or row is link


def _rank(row: Row) -> tuple[Any, ...]:
    return row["occurred_at"], row["source"], row["record_id"]
