"""identity_issues: what of a small store does not fit together, and that it goes when its records do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import rfc8785

from streams.settings import Settings
from streams.sink.rows import Row
from tests.support.builders import an_event
from tests.support.stores import PARTITIONS, a_migrated_stack, a_row, ask, store, truncate
from tests.unit.sink.messages import a_timeline_row

HEARD = "2026-03-02T02:00:00.000Z"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_migrated_stack(tmp_path_factory.mktemp("stack")) as settings:
        yield settings


@pytest.fixture
def empty(settings: Settings) -> Settings:
    truncate(settings)
    return settings


def a_record(subject: str, kind: str, record: str, version: int = 1, deleted: bool = False, **more: Any) -> Row:
    """A record of the child c1 unless told."""
    told = {"child_id": "c1", "flags": [], "accepted_at": HEARD} | more
    return Row("timeline", version, deleted, 0, a_timeline_row(subject=subject, kind=kind, record_id=record, **told))


def a_link(alias: str, to: str, record: str, day: int = 1, **more: Any) -> Row:
    at = f"2026-03-{day:02}T01:00:00.000Z"
    return a_record(alias, "identity.linked", record, data={"same_as": to}, occurred_at=at, **more)


def a_registration(subject: str, record: str, born: str = "2025-06-01", sex: str = "female") -> Row:
    return a_record(subject, "child.registered", record, data={"birth_date": born, "sex": sex})


def waiting(subject: str, source: str = "center:yucai", records: int = 1) -> Row:
    return a_row("unlinked", subject=subject, source=source, writer="intake", partition=0, records=records)


def an_enrolment(subject: str, from_date: str, **more: Any) -> dict[str, Any]:
    data = {"center_id": "yucai", "class_id": "A", "band": "toddler", "service": "full-day", "from_date": from_date}
    return an_event("child.enrolled", "center:yucai", subject, data, "2026-01-05T08:00:00+08:00", recordid="E1") | more


def passed_on(*events: dict[str, Any]) -> list[Row]:
    """Events at their centre, as intake passed them on."""
    place = {"topic": "center-events", "partition": 0, "via": "facility-events", "child_id": "", "center_id": "yucai"}
    at = {"appended_at": 1_772_416_800_000, "visible_at": 1_772_416_800_000}
    return [a_row("events", offset=n, raw=orjson.dumps(event), **place, **at) for n, event in enumerate(events)]


def today(settings: Settings, day: str, *stages: str) -> None:
    for stage in stages or ("timeline", "centers"):
        now = f"{day}T04:00:00.000Z"
        store(settings, *(a_row("watermarks", stage=stage, partition=p, now=now) for p in range(PARTITIONS)))


def issues(settings: Settings, problem: str) -> dict[str, list[str]]:
    """Subject → the records concerned, by their ids."""
    sql = f"SELECT subject, records FROM identity_issues WHERE problem = '{problem}'"
    return {subject: [record.rpartition("/")[2] for record in records] for subject, records in ask(settings, sql)}


def test_an_alias_linked_to_two_is_told_until_one_link_goes(empty: Settings) -> None:
    store(empty, a_link("a", "b", "L1"), a_link("a", "b", "L2"), a_link("a", "a", "L3"))
    assert issues(empty, "contradicting-links") == {}
    store(empty, a_link("a", "c", "L4", day=2, accepted_at="2026-03-04T02:00:00.000Z"))
    assert issues(empty, "contradicting-links") == {"a": ["L1", "L2", "L4"]}
    told = ask(empty, "SELECT child_id, records[1], toString(since) FROM identity_issues WHERE problem LIKE '%links'")
    assert told == [("c1", "clinic:chengguan/identity.linked/L1", "2026-03-04 10:00:00.000")]
    store(empty, a_link("a", "c", "L4", version=2, deleted=True))
    assert issues(empty, "contradicting-links") == {}


def test_who_is_on_a_cycle_is_told_and_who_only_leads_to_it_is_not(empty: Settings) -> None:
    store(empty, a_link("a", "b", "L1"), a_link("b", "c", "L2"), a_link("c", "a", "L3"), a_link("d", "a", "L4"))
    store(empty, a_link("e", "e", "L5"), a_link("e", "a", "L6"))
    assert issues(empty, "link-cycle") == {"a": ["L1"], "b": ["L2"], "c": ["L3"], "e": ["L5"]}


def test_only_the_link_that_holds_makes_a_cycle(empty: Settings) -> None:
    store(empty, a_link("a", "b", "L1", day=1), a_link("b", "a", "L2", day=1), a_link("b", "c", "L3", day=2))
    assert issues(empty, "link-cycle") == {}


def test_one_record_number_under_two_children_is_told_of_both(empty: Settings) -> None:
    later = "2026-03-05T02:00:00.000Z"
    store(empty, a_record("a", "checkup.recorded", "V1"), a_record("a", "vaccination.recorded", "V1"))
    store(empty, a_record("b", "checkup.recorded", "V1", child_id="c2", accepted_at=later))
    assert issues(empty, "same-identity-two-children") == {"a": ["V1"], "b": ["V1"]}
    assert ask(empty, "SELECT DISTINCT toString(since) FROM identity_issues") == [("2026-03-05 10:00:00.000",)]


def test_a_revision_with_two_contents_is_told(empty: Settings) -> None:
    flags = ["milestone-too-early", "equal-revision-conflict"]
    store(empty, a_record("a", "checkup.recorded", "V1", flags=flags), a_record("a", "checkup.recorded", "V2"))
    assert issues(empty, "equal-revision-conflict") == {"a": ["V1"]}


@pytest.mark.parametrize(
    ("second", "told"),
    [({}, False), ({"sex": "unknown"}, False), ({"sex": "male"}, True), ({"born": "2025-06-02"}, True)],
)
def test_registrations_that_do_not_agree_are_told_of_each_registered_subject(
    empty: Settings, second: dict[str, str], told: bool
) -> None:
    store(empty, a_registration("a", "R1"), a_registration("b", "R2", **second), a_link("c", "a", "L1"))
    assert issues(empty, "contradicting-registrations") == ({"a": ["R1", "R2"], "b": ["R1", "R2"]} if told else {})


def test_an_enrolled_child_without_a_registration_is_told_on_the_thirtieth_day(empty: Settings) -> None:
    store(empty, waiting("a"), *passed_on(an_enrolment("a", "2026-01-10"), an_enrolment("b", "2026-01-10")))
    assert issues(empty, "enrolled-unregistered") == {}
    today(empty, "2026-02-09", "timeline")
    assert issues(empty, "enrolled-unregistered") == {}
    today(empty, "2026-02-08", "centers")
    assert issues(empty, "enrolled-unregistered") == {}
    today(empty, "2026-02-09", "centers")
    assert issues(empty, "enrolled-unregistered") == {"a": ["E1"]}


def test_an_enrolment_counts_as_its_centre_has_it(empty: Settings) -> None:
    old, new = "2026-01-01", "2026-02-01"
    taken = {"type": "record.retracted.v1", "revision": 2, "data": {"kind": "child.enrolled", "reason": "wrong child"}}
    store(empty, *(waiting(name) for name in "abc"))
    sent = [an_enrolment(name, old) for name in "abc"]
    sent += [an_enrolment("b", new, revision=2), an_enrolment("c", old) | taken]
    store(empty, *passed_on(*sent))
    today(empty, "2026-02-09")
    assert issues(empty, "enrolled-unregistered") == {"a": ["E1"]}


def test_of_two_enrolments_at_one_revision_the_greater_digest_counts(empty: Settings) -> None:
    rivals = [an_enrolment(name, day) for name in "abcdef" for day in ("2026-01-01", "2026-02-01")]
    store(empty, *(waiting(name) for name in "abcdef"), *passed_on(*rivals))
    today(empty, "2026-02-09")

    def digest(event: dict[str, Any]) -> str:
        return hashlib.sha256(rfc8785.dumps({k: event[k] for k in ("time", "subject", "data")})).hexdigest()

    held = {e["subject"]: e for e in sorted(rivals, key=digest)}
    early = {name for name, event in held.items() if event["data"]["from_date"] == "2026-01-01"}
    assert 0 < len(early) < len(held)
    assert set(issues(empty, "enrolled-unregistered")) == early
