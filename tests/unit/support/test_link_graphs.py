"""What the families of linked subjects mean: by example, and by what must hold for all of them."""

from __future__ import annotations

from hypothesis import given

from tests.support.builders import a_registration, child_of, subject_of
from tests.support.link_graphs import (
    SUBJECTS,
    Event,
    a_link,
    a_withdrawal,
    children,
    link_graphs,
    roots,
    winning_links,
)

A, B, C, D, _ = SUBJECTS


def test_a_chain_leads_to_its_last_subject() -> None:
    assert roots([a_link(A, B), a_link(B, C)]) == {A: C, B: C, C: C}


def test_the_latest_link_of_an_alias_holds_and_withdrawn_the_one_before_it() -> None:
    before, after = a_link(A, B, 1), a_link(A, C, 2, recordid="L2")
    assert roots([after, before])[A] == C
    assert roots([a_withdrawal(after), after, before])[A] == B


def test_a_link_to_itself_hides_no_other() -> None:
    assert roots([a_link(A, A, 9, recordid="L2"), a_link(A, B)]) == {A: B, B: B}


def test_a_cycle_is_rooted_at_the_alias_of_its_least_link() -> None:
    cycle = [a_link(A, B, 2), a_link(B, C, 1), a_link(C, A, 3)]
    assert roots([*cycle, a_link(D, A)]) == {A: B, B: B, C: B, D: B}


def test_a_child_is_all_its_subjects_once_one_is_registered() -> None:
    linked = [a_link(A, subject_of("ann"))]
    assert children(linked) == {}
    assert children([*linked, a_registration("ann")]) == {child_of(subject_of("ann")): {A, subject_of("ann")}}


@given(link_graphs())
def test_roots_are_their_own_roots_and_aliases_go_with_their_links(events: list[Event]) -> None:
    found = roots(events)
    assert all(found[top] == top for top in found.values())
    joined = {alias: link["data"]["same_as"] for alias, link in winning_links(events).items()}
    assert all(found[alias] == found[to] for alias, to in joined.items())


@given(link_graphs())
def test_sent_twice_or_backwards_means_the_same(events: list[Event]) -> None:
    assert (roots(events[::-1] + events), children(events[::-1] + events)) == (roots(events), children(events))
