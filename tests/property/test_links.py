"""Families of linked subjects through intake and timeline: chains, cycles, links withdrawn and sent in any order.

In the end each child is what plain root-following over the standing links says, and nobody was alerted about on the way
who need not be.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import event, given, settings
from hypothesis import strategies as st

from streams.topics import REJECTED_EVENTS
from tests.property.test_timeline_behind_intake import Line, Owners, each_transition_was_called_for, unlinked_shown
from tests.property.test_timeline_order import matches
from tests.property.test_timeline_routes import only, tables_of
from tests.property.timeline_oracle import Event
from tests.support.builders import a_checkup, a_registration, child_of, subject_of
from tests.support.link_graphs import SOURCES, SUBJECTS, a_link, children, link_graphs, roots, winning_links
from tests.support.simulated_broker import run_to_end

DAYS = ("2026-01-20", "2026-02-20", "2026-04-01")


@settings(max_examples=150, deadline=None)
@given(link_graphs(), st.sampled_from(DAYS), st.integers(0, 10_000))
def test_children_are_what_following_the_standing_links_says(graph: list[Event], last: str, seed: int) -> None:
    published = [*SOURCES, *graph]
    line = Line(seed)
    line.run(published, last)
    tables, owners, today = tables_of(line.broker), Owners(published), date.fromisoformat(last)
    assert line.told(REJECTED_EVENTS) == []
    assert not line.is_anything_on_its_way()
    for subject in SUBJECTS:
        matches(only(tables, child_of(subject)), owners.truth(child_of(subject), today))
    assert {row["child_id"] for row in tables.of("children")} == children(graph).keys()
    retracted = {(e["subject"], e["source"]) for e in graph if e["type"].startswith("record.retracted")}
    differing = set(unlinked_shown(tables).items()) ^ set(owners.unlinked(today).items())
    assert {waits for waits, _ in differing} <= retracted
    event(f"longest way: {_longest(graph)}")


@settings(max_examples=150, deadline=None)
@given(link_graphs(), st.lists(st.sampled_from(DAYS), min_size=1, unique=True), st.integers(0, 10_000))
def test_no_tick_passes_what_links_published_before_it_set_in_motion(
    graph: list[Event], ticks: list[str], seed: int
) -> None:
    published = [*SOURCES, *graph]
    line, owners = Line(seed), Owners(published)
    line.publish_all(published)
    for day in sorted(ticks):
        line.tick(day)
    run_to_end(line.runners, line.rng, most=line.rng.choice((1, 3, 40)), reload_rate=0.1)
    each_transition_was_called_for(line, owners)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 12), st.booleans(), st.integers(0, 10_000))
def test_a_chain_or_a_ring_of_any_length_is_one_child(length: int, ring: bool, seed: int) -> None:
    names = [subject_of(f"link {number}", "birth-cert") for number in range(length)]
    pairs = [*pairwise(names), *([(names[-1], names[0])] if ring else [])]
    links = [a_link(alias, to, day, recordid=f"L{day}") for day, (alias, to) in enumerate(pairs)]
    of_first = a_registration("") | {"subject": names[0]}
    visits = [a_checkup("", "2026-01-10T09:00:00+08:00", subject=name, recordid=f"V{name}") for name in names]
    line = Line(seed)
    line.run([*SOURCES, of_first, *links, *visits], DAYS[-1])
    tables = tables_of(line.broker)
    # A ring breaks at its least link, which is its first: its alias is whose child all are.
    (child,) = {row["child_id"] for row in tables.of("children")}
    assert child == child_of(names[0] if ring else names[-1])
    assert len(tables.of("timeline")) == 1 + len(links) + length
    assert {row["child_id"] for row in tables.of("timeline")} == {child}


def _longest(graph: list[Event]) -> int:
    held, top = winning_links(graph), roots(graph)
    return max((_steps(subject, held, top) for subject in top), default=0)


def _steps(subject: str, held: dict[str, Event], top: dict[str, str]) -> int:
    steps = 0
    while subject != top[subject] and steps < len(held):
        subject, steps = held[subject]["data"]["same_as"], steps + 1
    return steps
