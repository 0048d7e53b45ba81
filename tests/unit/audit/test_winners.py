"""Which publication of a record holds, whose child it is, and what waits: by the audit's own SQL."""

from __future__ import annotations

import hashlib

import rfc8785

from tests.support.builders import a_checkup, a_registration, a_source, an_event, child_of, subject_of
from tests.unit.audit.logs import Desk, a_log, a_retraction, changed

SOURCE = a_source("clinic:chengguan")
ANNA, CHILD = a_registration("anna"), child_of(subject_of("anna"))
VISIT = a_checkup("anna", "2025-09-01T10:00:00+08:00", recordid="V-1")


def a_link(alias: str, name: str, at: str = "2025-08-01T10:00:00+08:00", recordid: str = "L-1") -> dict[str, object]:
    return an_event(
        "identity.linked", "clinic:chengguan", subject_of(alias, "birth-cert"), {"same_as": subject_of(name)}, at,
        recordid=recordid,
    )  # fmt: skip


def weights(desk: Desk) -> list[float]:
    sql = "SELECT (data ->> '$.weight_kg')::DOUBLE FROM standing WHERE kind = 'checkup.recorded' ORDER BY record_id"
    return [row[0] for row in desk.ask(sql)]


def test_the_highest_revision_wins_whatever_came_last() -> None:
    with a_log(SOURCE, ANNA, changed(VISIT, 3, weight_kg=9.0), VISIT, changed(VISIT, 2, weight_kg=7.0)) as desk:
        assert weights(desk) == [9.0]


def test_at_equal_revision_the_greater_digest_wins_in_both_orders() -> None:
    rivals = [VISIT, changed(VISIT, 1, weight_kg=8.4)]
    digests = [
        hashlib.sha256(rfc8785.dumps({k: e[k] for k in ("time", "subject", "data")})).hexdigest() for e in rivals
    ]
    strongest = rivals[digests.index(max(digests))]["data"]["weight_kg"]
    for order in (rivals, rivals[::-1]):
        with a_log(SOURCE, ANNA, *order) as desk:
            assert weights(desk) == [strongest]


def test_a_retraction_removes_and_a_higher_revision_brings_back() -> None:
    with a_log(SOURCE, ANNA, VISIT, a_retraction(VISIT)) as desk:
        assert weights(desk) == []
    with a_log(SOURCE, ANNA, a_retraction(VISIT), changed(VISIT, 3, weight_kg=8.8), VISIT) as desk:
        assert weights(desk) == [8.8]


def test_an_alias_brings_its_records_to_the_child_it_is_linked_to() -> None:
    visit = a_checkup("ben", "2025-09-01T10:00:00+08:00", subject=subject_of("ben", "birth-cert"))
    with a_log(visit, SOURCE, a_link("ben", "anna"), ANNA) as desk:
        assert desk.one("SELECT child_id FROM standing WHERE kind = 'checkup.recorded'") == CHILD


def test_of_two_links_the_later_holds_and_a_withdrawn_one_does_not() -> None:
    later = a_link("ben", "cara", at="2025-08-02T10:00:00+08:00", recordid="L-2")
    alias = subject_of("ben", "birth-cert")
    with a_log(SOURCE, a_link("ben", "anna"), later) as desk:
        assert desk.one("SELECT child_id FROM subjects WHERE subject = ?", alias) == child_of(subject_of("cara"))
    with a_log(SOURCE, a_link("ben", "anna"), later, a_retraction(later)) as desk:
        assert desk.one("SELECT child_id FROM subjects WHERE subject = ?", alias) == CHILD


def test_one_identity_under_two_subjects_of_a_child_is_one_record() -> None:
    alias = subject_of("ben", "birth-cert")
    twin = a_checkup("ben", "2025-09-01T10:00:00+08:00", subject=alias, recordid="V-1", revision=2, weight_kg=9.9)
    with a_log(SOURCE, ANNA, VISIT, twin, a_link("ben", "anna")) as desk:
        assert weights(desk) == [9.9]


def test_nothing_of_an_unregistered_source_stands() -> None:
    with a_log(ANNA, VISIT) as desk:
        assert desk.ask("FROM winners") == []


def test_what_has_no_registration_waits_counted_once_a_record() -> None:
    again = changed(VISIT, 2, weight_kg=8.5)
    with a_log(SOURCE, VISIT, VISIT, again) as desk:
        desk.connection.execute("INSERT INTO store.unlinked_subjects VALUES (?, 'clinic:chengguan', 1, 1772000000000, 1772000000000)", [subject_of("anna")])  # fmt: skip  # noqa: E501
        assert desk.check("unlinked_subjects").differing == 0


def test_a_registration_that_was_withdrawn_leaves_its_records_waiting() -> None:
    with a_log(SOURCE, ANNA, VISIT, a_retraction(ANNA)) as desk:
        assert desk.ask("FROM lives") == []
        assert [str(d) for d in desk.check("unlinked_subjects").differences] == [
            f"unlinked_subjects: missing: subject={subject_of('anna')} source=clinic:chengguan"
        ]


def test_a_registration_under_the_alias_counts_for_the_child() -> None:
    alias = subject_of("ben", "birth-cert")
    later = {**a_registration("ben", born="2025-05-30", at="2025-07-01T10:00:00+08:00"), "subject": alias}
    with a_log(SOURCE, ANNA, later, a_link("ben", "anna")) as desk:
        assert desk.ask("SELECT child_id, subject, born::VARCHAR, registered_on::VARCHAR FROM lives") == [
            (CHILD, alias, "2025-05-30", "2025-06-01")
        ]
