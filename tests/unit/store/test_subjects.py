"""Which subjects a child has, and who says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from streams.store.subjects import subjects_of
from tests.support.builders import child_of

START = datetime.fromisoformat("2026-01-05T09:00:00+08:00")


def said(subject: str, to: str = "", day: int = 0, record: str = "R1") -> dict[str, Any]:
    """A registration, or where there is one to name a link; accepted a day after it happened."""
    kind = "identity.linked" if to else "child.registered"
    at = START + timedelta(days=day)
    more = {"occurred_at": at, "accepted_at": at + timedelta(days=1), "same_as": to}
    return {"subject": subject, "kind": kind, "source": "clinic:a", "record_id": record, **more}


def told(root: str, *rows: dict[str, Any], **records: int) -> list[tuple[Any, ...]]:
    """(subject, root, since which day, records, what counts) of each subject."""
    found = subjects_of(child_of(root), rows, records)
    return [
        (
            each["subject"],
            each["root"],
            each["since"] and (each["since"] - START).days - 1,
            each["records"],
            [row["record_id"] for row in each["said_by"] if row["counts"]],
        )
        for each in found
    ]


def test_a_registered_child_with_one_subject() -> None:
    assert told("a", said("a"), a=3) == [("a", True, 0, 3, ["R1"])]


def test_a_chain_is_told_from_its_root_on_and_each_subject_with_its_link() -> None:
    chain = [said("b", "c", 2, "L2"), said("a", "b", 1, "L1"), said("c", day=0)]
    assert told("c", *chain, a=1, b=1, c=1) == [
        ("c", True, 0, 1, ["R1"]),
        ("a", False, 1, 1, ["L1"]),
        ("b", False, 2, 1, ["L2"]),
    ]


def test_of_two_links_the_later_counts_and_one_to_itself_never() -> None:
    rows = [said("a", "b", 1, "L1"), said("a", "c", 2, "L2"), said("a", "a", 3, "L3")]
    found = {name: counting for name, *_, counting in told("c", *rows, a=3)}
    assert found["a"] == ["L2"]


def test_a_root_that_others_only_name_is_known_since_they_name_it() -> None:
    assert told("b", said("a", "b", 1, "L1"), said("a"), a=2) == [
        ("b", True, 1, 0, []),
        ("a", False, 0, 2, ["R1", "L1"]),
    ]


def test_where_links_go_round_the_link_of_the_root_does_not_count() -> None:
    assert told("a", said("a", "b", 1, "L1"), said("b", "a", 2, "L2"), a=1, b=1) == [
        ("a", True, 2, 1, []),
        ("b", False, 2, 1, ["L2"]),
    ]
