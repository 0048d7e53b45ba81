"""Who is who by the audit's own SQL: chains, cycles, withdrawn links; and what of it contradicts itself."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings

from tests.support.builders import a_checkup, a_registration, a_source, child_of, subject_of
from tests.support.link_graphs import (
    SOURCES,
    SUBJECTS,
    Event,
    a_link,
    a_withdrawal,
    children,
    link_graphs,
    roots,
)
from tests.unit.audit.logs import Desk, a_log, an_agreeing_store, changed, of_center

A, B, C, D, E = SUBJECTS


def registered(subject: str, born: str = "2025-06-01", **more: object) -> Event:
    event = a_registration("", born, at="2026-01-05T08:00:00+08:00", **{"recordid": "R1", **more})
    return event | {"subject": subject}


def enrolled(name: str, from_date: str, recordid: str = "E1") -> Event:
    place = {"class_id": "A", "band": "toddler", "service": "full-day", "from_date": from_date}
    return of_center("child.enrolled", name, "2026-01-05T09:00:00+08:00", recordid=recordid, **place)


def issues(desk: Desk) -> list[tuple[object, ...]]:
    desk.check("identity_issues")
    return desk.ask("SELECT subject, problem, records FROM said ORDER BY ALL")


@settings(max_examples=40, deadline=None)
@given(link_graphs())
def test_every_subject_is_the_child_of_its_root_and_registered_with_it(events: list[Event]) -> None:
    with a_log(*SOURCES, *events) as desk:
        found = dict(desk.ask("SELECT subject, child_id FROM subjects"))
        lives = desk.ask("SELECT child_id FROM lives ORDER BY ALL")
    top = roots(events)
    assert found == {event["subject"]: child_of(top[event["subject"]]) for event in events}
    assert [child for (child,) in lives] == sorted(children(events))


def test_a_store_that_shows_a_chain_as_one_child_agrees() -> None:
    visit = a_checkup("", "2026-01-06T09:00:00+08:00", subject=A)
    with an_agreeing_store(*SOURCES, visit, a_link(B, C, recordid="L2"), a_link(A, B), registered(B)) as desk:
        assert [str(d) for d in desk.compare().differences] == []
        assert desk.ask("SELECT DISTINCT child_id FROM store.timeline") == [(child_of(C),)]
        desk.connection.execute("UPDATE store.timeline SET child_id = ? WHERE subject = ?", [child_of(B), A])
        assert {d.problem for d in desk.check("timeline").differences} == {"missing", "unexpected"}


def test_an_issue_that_the_store_lacks_or_tells_otherwise_is_found() -> None:
    told = [*SOURCES, registered(A), a_link(B, A), a_link(B, C, 1, recordid="L2"), registered(C)]
    changes = {
        "DELETE FROM store.identity_issues": "missing",
        "UPDATE store.identity_issues SET records = ['x']": "records",
        "UPDATE store.identity_issues SET since = since + 1": "since",
        "UPDATE store.identity_issues SET child_id = ''": "child_id",
    }
    for change, problem in changes.items():
        with an_agreeing_store(*told) as desk:
            assert desk.check("identity_issues").differing == 0
            desk.connection.execute(change)
            assert {d.problem for d in desk.check("identity_issues").differences} == {problem}


def children_of(*links: Event) -> dict[str, str]:
    with a_log(*SOURCES, *links) as desk:
        return dict(desk.ask("SELECT subject, child_id FROM subjects"))


def test_a_way_of_more_than_thirty_two_subjects_leads_nowhere() -> None:
    names = [subject_of(f"{n}", "local") for n in range(34)]
    found = children_of(*(a_link(alias, to) for alias, to in pairwise(names)))
    assert [found[name] for name in names[:2]] == [child_of(name) for name in names[:2]]
    assert {found[name] for name in names[2:-1]} == {child_of(names[-1])}


def test_a_cycle_of_more_than_thirty_two_subjects_leads_nowhere() -> None:
    names = [subject_of(f"{n}", "local") for n in range(33)]
    apart = children_of(*(a_link(alias, to) for alias, to in pairwise([*names, names[0]])))
    assert apart == {name: child_of(name) for name in names}
    joined = children_of(*(a_link(alias, to) for alias, to in pairwise([*names[:-1], names[0]])))
    assert set(joined.values()) == {child_of(min(names[:-1]))}


def test_links_of_one_alias_to_several_contradict_each_other_until_one_is_withdrawn() -> None:
    second = a_link(A, C, 1, recordid="L2")
    told = [*SOURCES, registered(B), registered(C), a_link(A, B), second]
    with a_log(*told) as desk:
        names = ["clinic:chengguan/identity.linked/L1", "clinic:chengguan/identity.linked/L2"]
        assert (A, "contradicting-links", names[1:]) not in issues(desk)
        assert (A, "contradicting-links", names) in issues(desk)
    with a_log(*told, a_withdrawal(second)) as desk:
        assert all(problem != "contradicting-links" for _, problem, _ in issues(desk))


def test_the_aliases_of_a_cycle_and_a_link_to_itself_are_told_and_who_leads_there_is_not() -> None:
    cycle = [a_link(A, B, recordid="L1"), a_link(B, C, recordid="L2"), a_link(C, A, recordid="L3")]
    aside = [a_link(D, A, recordid="L4"), a_link(E, E, 9, recordid="L5"), a_link(E, A, recordid="L6")]
    with a_log(*SOURCES, registered(A), *cycle, *aside) as desk:
        told = [(subject, records) for subject, problem, records in issues(desk) if problem == "link-cycle"]
    links = {A: "L1", B: "L2", C: "L3", E: "L5"}
    assert told == sorted((subject, [f"clinic:chengguan/identity.linked/{name}"]) for subject, name in links.items())


def test_one_record_number_under_two_children_is_told_of_both() -> None:
    twins = [a_checkup("", "2026-01-06T09:00:00+08:00", subject=subject, recordid="V1") for subject in (A, B)]
    with a_log(*SOURCES, registered(A), registered(B, recordid="R2"), *twins) as desk:
        name = ["clinic:chengguan/checkup.recorded/V1"]
        assert issues(desk) == sorted((subject, "same-identity-two-children", name) for subject in (A, B))


def test_registrations_contradict_each_other_by_birth_date_or_sex_where_both_are_known() -> None:
    def problems(**data: str) -> list[object]:
        other = registered(A, recordid="R2")
        with a_log(*SOURCES, registered(A), changed(other, 1, **data)) as desk:
            return [problem for _, problem, _ in issues(desk)]

    assert problems() == problems(sex="unknown") == problems(clinic_id="dongguan") == []
    assert problems(sex="male") == problems(birth_date="2025-06-02") == ["contradicting-registrations"]


def test_a_child_who_attends_and_is_not_registered_is_told_after_thirty_days() -> None:
    """The log's last tick is on the 25th of February."""
    told = [a_source("center:yucai"), enrolled("late", "2026-01-26"), enrolled("new", "2026-01-27")]
    with a_log(*told) as desk:
        assert issues(desk) == [(subject_of("late"), "enrolled-unregistered", ["center:yucai/child.enrolled/E1"])]
    with a_log(*told, *SOURCES, registered(subject_of("late"))) as desk:
        assert issues(desk) == []
