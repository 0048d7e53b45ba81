"""Ways along links: to their end, broken at the least link of a cycle, and never too long."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import orjson
import pytest

from schemas.check import Accepted, check
from streams.intake.paths import MOST_HOPS, Path, ending, holding, packed, path_by, rank_of, root_of, unpacked
from streams.records import Publication
from tests.support.builders import subject_of
from tests.support.link_graphs import a_link, a_withdrawal

A, B, C = (subject_of(name, "birth-cert") for name in "abc")


def published(event: dict[str, Any]) -> Publication:
    raw = orjson.dumps(event)
    checked = check(raw, event["subject"].encode(), "clinic-events", 1_780_272_000_000)
    assert isinstance(checked, Accepted)
    return Publication(checked.event, raw, "clinic-events/0/0", 0, 0)


def by(*links: dict[str, Any]) -> Path:
    """The way of the first link's alias, each link leading to the next one's alias, the last to the end."""
    path = ending(links[-1]["data"]["same_as"])
    for link in reversed(links):
        path = path_by(published(link), path)
    return path


def test_a_way_leads_to_the_subject_that_no_link_leads_on_from() -> None:
    path = by(a_link(A, B), a_link(B, C))
    assert [hop.subject for hop in path] == [A, B, C]
    assert root_of(path) == C


@pytest.mark.parametrize("least", [0, 1, 2])
def test_a_cycle_breaks_at_its_least_link_for_all_of_it(least: int) -> None:
    days = [2, 2, 2]
    days[least] = 1
    links = [a_link(A, B, days[0]), a_link(B, C, days[1]), a_link(C, A, days[2])]
    for first in range(3):
        assert root_of(by(*links[first:], *links[:first])) == (A, B, C)[least]


def test_the_alias_of_the_least_link_says_that_the_way_ends_with_it() -> None:
    assert by(a_link(A, B, 1), a_link(B, A, 2)) == ending(A)


def test_links_of_one_moment_are_told_apart_by_source_record_and_alias() -> None:
    ranks = [rank_of(published(a_link(*names, recordid=r))) for names in ((A, B), (B, A)) for r in ("1", "2")]
    assert len(set(ranks)) == 4
    assert max(ranks)[2] == "2"


def test_a_way_that_is_too_long_leads_nowhere() -> None:
    names = [subject_of(f"{number}") for number in range(MOST_HOPS + 2)]
    links = [a_link(alias, to) for alias, to in pairwise(names)]
    assert root_of(by(*links[-MOST_HOPS + 1 :])) == names[-1]
    longer = by(*links[-MOST_HOPS:])
    assert len(longer) == MOST_HOPS
    assert root_of(longer) == longer[0].subject


def test_of_several_links_the_greatest_that_stands_and_leads_elsewhere_holds() -> None:
    links = [a_link(A, B, 1, recordid="1"), a_link(A, C, 2, recordid="2"), a_link(A, A, 3, recordid="3")]
    found = holding(map(published, links))
    assert found is not None
    assert found.event.data["same_as"] == C
    assert holding([published(a_withdrawal(links[0])), published(links[2])]) is None


def test_a_way_is_the_same_after_it_was_kept() -> None:
    path = by(a_link(A, B, 1), a_link(B, C, 2))
    assert unpacked(packed(path)) == path
