"""Which child a subject's records go to, since when, and whom a link makes known."""

from __future__ import annotations

from typing import Any

import pytest

from streams.topics import CHILD_EVENTS
from tests.support.builders import a_checkup, a_registration, a_source, child_of, subject_of
from tests.unit.intake.shard import Sent, Shard, link, retracted

CLINIC = a_source("clinic:chengguan")
ALIAS, BO = subject_of("al", "birth-cert"), subject_of("bo")
AT = "2026-01-02T09:00:00+08:00"
ALIAS_REGISTERED = {**a_registration("al"), "subject": ALIAS, "id": "registration-of-al"}


def routes(shard: Shard) -> list[Sent]:
    return [each for each in shard.sent(CHILD_EVENTS) if each.meta["t"] == "route"]


def visible(shard: Shard, event: dict[str, Any]) -> int:
    (found,) = [each for each in shard.sent(CHILD_EVENTS) if each.event.get("id") == event["id"]]
    return int(found.meta["v"])


def test_a_route_tells_when_the_link_was_appended() -> None:
    shard = Shard()
    shard.send(CLINIC, a_checkup("", AT, subject=ALIAS))
    (first,) = shard.send(link(ALIAS, BO))
    assert [(r.meta["epoch"], r.meta["child"], r.meta["v"]) for r in routes(shard)] == [
        (1, child_of(BO), first.timestamp)
    ]


@pytest.mark.parametrize("registered", [True, False])
def test_what_comes_after_a_link_is_visible_since_the_link_or_itself(registered: bool) -> None:
    shard, late = Shard(), a_checkup("", AT, subject=ALIAS)
    shard.send(CLINIC, *([ALIAS_REGISTERED] if registered else [link(ALIAS, subject_of("cy"), recordid="K")]))
    (relinked,) = shard.send(link(ALIAS, BO))
    assert routes(shard)[-1].meta["v"] == relinked.timestamp
    (stored,) = shard.send(late)
    assert visible(shard, late) == stored.timestamp > relinked.timestamp


def test_what_was_parked_for_its_source_while_the_child_changed_is_visible_since_the_last_of_both() -> None:
    shard, early = Shard(), a_checkup("", AT, subject=ALIAS, clinic="new")
    (source,) = shard.publish(a_source("clinic:new"))
    shard.runner.positions["registry-events"] = source.offset + 1  # read later
    shard.send(CLINIC, early, ALIAS_REGISTERED)
    (relinked,) = shard.send(link(ALIAS, BO))
    shard.runner.positions["registry-events"] = source.offset
    shard.settle()
    assert visible(shard, early) == relinked.timestamp


def test_a_withdrawn_link_tells_when_it_was_withdrawn() -> None:
    shard, linked = Shard(), link(ALIAS, BO)
    shard.send(CLINIC, linked)
    (withdrawn,) = shard.send(retracted(linked))
    assert {(r.key.decode(), r.meta["child"], r.meta["v"]) for r in routes(shard) if r.meta["epoch"] == 2} == {
        (told, child_of(ALIAS), withdrawn.timestamp) for told in (child_of(ALIAS), child_of(BO))
    }


def test_a_link_whose_source_is_registered_later_holds_since_then() -> None:
    shard = Shard()
    shard.send(link(ALIAS, BO))
    (source,) = shard.send(CLINIC)
    assert [r.meta["v"] for r in routes(shard)] == [source.timestamp]


@pytest.mark.parametrize("first", ["link", "registration"])
def test_a_registered_alias_lets_go_what_waits_of_the_subject_it_is_linked_to(first: str) -> None:
    shard, own = Shard(), a_checkup("bo", AT)
    shard.send(CLINIC)
    shard.send(own)
    steps = [link(ALIAS, BO), ALIAS_REGISTERED]
    *_, last = shard.send(*(steps if first == "link" else steps[::-1]))
    assert shard.unlinked() == {}
    assert visible(shard, own) == max(last.timestamp, *(s.timestamp for s in shard.broker.all("clinic-events", 1)))
    assert [e.key.decode() for e in shard.sent(CHILD_EVENTS) if e.event.get("id") == own["id"]] == [child_of(BO)]


def test_an_alias_that_nobody_registered_names_nobody() -> None:
    shard = Shard()
    shard.send(CLINIC, a_checkup("bo", AT))
    shard.send(link(ALIAS, BO))
    assert shard.unlinked() == {(BO, "clinic:chengguan"): 1}


def test_a_registered_alias_lets_go_what_waits_at_the_end_of_a_chain_of_links() -> None:
    shard, cy = Shard(), subject_of("cy")
    shard.send(CLINIC, a_checkup("cy", AT), ALIAS_REGISTERED, link(ALIAS, BO))
    assert shard.unlinked() == {(cy, "clinic:chengguan"): 1}
    shard.send(link(BO, cy, recordid="M"))
    assert shard.unlinked() == {}


def test_thousands_of_links_of_one_subject_move_it_once_in_a_decision() -> None:
    shard = Shard()
    shard.send(CLINIC, link(ALIAS, BO))
    targets = [subject_of(f"{number}") for number in range(3_000)]
    shard.send(*(link(ALIAS, target, recordid=f"M{number:04}") for number, target in enumerate(targets)))
    assert [(r.meta["epoch"], r.meta["child"]) for r in routes(shard)][-1] == (2, child_of(targets[-1]))
    assert len(routes(shard)) == 3, "the first child, and then both of the move"


@pytest.mark.parametrize("first", ["near", "far"])
def test_at_the_end_of_a_chain_records_are_visible_since_the_last_of_its_links(first: str) -> None:
    shard, cy = Shard(), subject_of("cy")
    shard.send(CLINIC, a_registration("cy"))
    links = [link(ALIAS, BO), link(BO, cy, recordid="M")]
    *_, last = [shard.send(each)[0] for each in (links if first == "near" else links[::-1])]
    newest = max(routes(shard), key=lambda r: (r.meta["subject"] == ALIAS, r.meta["epoch"]))
    assert (newest.meta["child"], newest.meta["v"]) == (child_of(cy), last.timestamp)
