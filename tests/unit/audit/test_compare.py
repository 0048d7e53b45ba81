"""What an audit finds: nothing in a store that agrees, and each thing that was changed in one, by its own check."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from streams.audit.compare import Report
from streams.audit.show import as_json, lines, table
from tests.support.builders import a_checkup, a_registration, a_source, an_event, child_of, subject_of
from tests.support.link_graphs import a_link
from tests.unit.audit.logs import (
    APPENDED_AT,
    Desk,
    Published,
    a_retraction,
    an_agreeing_store,
    changed,
    of_center,
    sent,
)

CHILD = child_of(subject_of("anna"))
VISIT = a_checkup("anna", "2025-09-01T10:00:00+08:00", recordid="V-1")
CAME = of_center("attendance.recorded", "anna", "2026-02-23T09:00:00+08:00", class_id="A", date="2026-02-23",
                 status="present", recordid="A-1")  # fmt: skip
COUNTY: list[Published] = [
    a_source("clinic:chengguan", cadence="irregular"), a_source("center:yucai"), a_registration("anna"), VISIT, VISIT,
    changed(VISIT, 2, weight_kg=8.3), CAME, a_checkup("ben", "2025-09-01T10:00:00+08:00", recordid="V-2"),
    sent(VISIT, value=b"spoiled"), a_checkup("anna", "2025-10-01T10:00:00+08:00", weight_kg=99),
]  # fmt: skip

# What is done to the store: (a change in SQL, the check that finds it, the problem it names).
CHANGES = [
    ("DELETE FROM store.timeline WHERE record_id = 'V-1'", "timeline", "missing"),
    ("INSERT INTO store.timeline FROM store.timeline WHERE record_id = 'V-1'", "timeline", "double"),
    ("INSERT INTO store.timeline SELECT * REPLACE ('V-9' AS record_id) FROM store.timeline LIMIT 1",
     "timeline", "unexpected"),
    ("UPDATE store.timeline SET revision = 1 WHERE record_id = 'V-1'", "timeline", "revision"),
    ("UPDATE store.timeline SET data = replace(data, '8.3', '8.4') WHERE record_id = 'V-1'", "timeline", "data"),
    ("UPDATE store.timeline SET age_days = age_days + 1 WHERE record_id = 'V-1'", "timeline", "age_days"),
    ("UPDATE store.timeline SET accepted_at = accepted_at + 1 WHERE record_id = 'V-1'", "timeline", "accepted_at"),
    ("UPDATE store.timeline SET origin = 'clinic-events/0/9' WHERE record_id = 'V-1'", "timeline", "origin"),
    ("UPDATE store.timeline SET waz = waz + 0.01 WHERE record_id = 'V-1'", "timeline", "waz"),
    ("UPDATE store.timeline SET wst_wfa = wst_wfa - 1 WHERE record_id = 'V-1'", "timeline", "wst_wfa"),
    ("UPDATE store.growth_months SET assessed = assessed + 1", "growth_months", "assessed"),
    ("UPDATE store.growth_months SET standard = 'WHO' WHERE starts_with(standard, 'WHO')", "growth_months", "missing"),
    ("UPDATE store.children SET sex = 'male'", "children", "sex"),
    ("UPDATE store.children SET open_alerts = 0", "children", "open_alerts"),
    ("UPDATE store.checkup_milestones SET status = 'missed' WHERE milestone = 'm3'", "checkup_milestones", "status"),
    ("DELETE FROM store.alerts", "active_alerts", "missing"),
    ("UPDATE store.alert_history SET state = 'open'", "alert_history", "state"),
    ("UPDATE store.center_days SET present = 2", "center_days", "present"),
    ("DELETE FROM store.center_days", "center_days", "missing"),
    ("UPDATE store.unlinked_subjects SET records = 2", "unlinked_subjects", "records"),
    ("UPDATE store.receipts SET state = 'accepted' WHERE state = 'superseded'", "receipts", "unexpected"),
    ("UPDATE store.receipts SET state = 'superseded' WHERE state = 'accepted'", "receipts", "missing"),
    ("DELETE FROM store.receipts WHERE state = 'rejected'", "receipts", "missing"),
    ("UPDATE store.receipts SET code = 'bad-value' WHERE state = 'rejected'", "receipts", "code"),
    ("UPDATE store.receipts SET source = 'clinic:other'", "receipts", "unexpected"),
    ("UPDATE store.receipts SET waits_for = 'source' WHERE state = 'parked'", "receipts", "waits_for"),
    ("UPDATE store.unlinked_subjects SET last_at = last_at + 1", "unlinked_subjects", "last_at"),
    ("UPDATE store.sources SET heard_until = heard_until + 1 WHERE source = 'center:yucai'", "sources", "heard_until"),
    ("UPDATE store.clinic_months SET due = due + 1 WHERE milestone = 'm1'", "clinic_months", "due"),
    ("UPDATE store.county_overview SET children = 2", "county_overview", "children"),
    ("DELETE FROM store.rejections WHERE code = 'not-json'", "rejections", "missing"),
    ("UPDATE store.rejections SET code = 'bad-value' WHERE code = 'not-json'", "rejections", "code"),
    ("UPDATE store.rejections SET source = 'clinic:other' WHERE source <> ''", "rejections", "source"),
    ("UPDATE store.rejections SET subject = 'x' WHERE source <> ''", "rejections", "subject"),
    ("UPDATE store.rejections SET type = '' WHERE source <> ''", "rejections", "type"),
    ("UPDATE store.rejections SET path = '/data' WHERE source <> ''", "rejections", "path"),
    ("UPDATE store.rejections SET detail = '[]' WHERE source <> ''", "rejections", "codes"),
    ("UPDATE store.alerts SET child_id = 'nobody', "
     "alert_id = substr(sha256(rule || '|nobody|' || milestone), 1, 32)", "alerts", "child"),
    ("UPDATE store.alerts SET milestone = 'm7', "
     "alert_id = substr(sha256(rule || '|' || child_id || '|m7'), 1, 32)", "alerts", "milestone"),
    ("UPDATE store.vaccination_status SET status = 'done' WHERE dose = 'MMR-1'", "vaccination_status", "status"),
    ("DELETE FROM store.alerts WHERE rule = 'vaccination-overdue'", "active_alerts", "missing"),
    ("UPDATE store.alerts SET state = 'resolved', resolution = 'forgotten'", "alerts", "resolution"),
    ("UPDATE store.alerts SET state = 'resolved', resolution = 'done', alert_id = 'x'", "alerts", "unexpected"),
    ("UPDATE store.alert_history SET state = 'resolved', resolution = 'done'", "alert_transitions", "verdict"),
    ("INSERT INTO store.alert_history SELECT alert_id, 1, state, resolution, 2 FROM store.alert_history",
     "alert_transitions", "verdict"),
    ("INSERT INTO store.alert_history SELECT alert_id, -1, 'resolved', 'done', 2 FROM store.alert_history",
     "alert_transitions", "verdict"),
    ("UPDATE store.current_versions SET content = 'older'", "versions", "content"),
    ("DELETE FROM store.newest_versions", "versions", "unexpected"),
    ("UPDATE store.events SET content = 'other' WHERE topic = 'center-events' AND via = 'child-events'",
     "completeness", "content"),
    ("DELETE FROM store.events WHERE topic = 'center-events' AND via = 'facility-events'", "completeness", "fate"),
    ("DELETE FROM store.events WHERE topic = 'registry-events'", "completeness", "fate"),
    ("UPDATE store.events SET child_id = 'another' WHERE topic = 'center-events' AND via = 'child-events'",
     "completeness", "fate"),
    ('UPDATE store.events SET "offset" = 99 WHERE topic = \'center-events\'', "completeness", "unexpected"),
]  # fmt: skip


def test_a_store_that_says_what_the_log_says_has_no_differences() -> None:
    with an_agreeing_store(*COUNTY) as desk:
        report = desk.compare()
    assert [str(difference) for difference in report.differences] == []
    compared = {check.name: check.compared for check in report.checks}
    assert compared["completeness"] == len(COUNTY)
    assert (compared["timeline"], compared["checkup_milestones"], compared["rejections"]) == (3, 13, 2)


@pytest.fixture(scope="module")
def county() -> Iterator[Desk]:
    """One store that agrees, for tests that change it and roll back."""
    with an_agreeing_store(*COUNTY) as desk:
        yield desk


@pytest.mark.parametrize(("change", "check", "problem"), CHANGES, ids=lambda value: str(value)[:40])
def test_one_change_in_the_store_is_found_and_named(county: Desk, change: str, check: str, problem: str) -> None:
    county.connection.begin()
    county.connection.execute(change)
    found = county.check(check).differences
    county.connection.rollback()
    assert problem in {difference.problem for difference in found}


def test_a_difference_names_the_record_the_column_and_both_values() -> None:
    with an_agreeing_store(*COUNTY) as desk:
        desk.connection.execute("UPDATE store.timeline SET revision = 7 WHERE record_id = 'V-1'")
        (difference,) = desk.compare().differences
    key = f"child_id={CHILD} kind=checkup.recorded source=clinic:chengguan record_id=V-1"
    assert str(difference) == f"timeline: revision: {key}: log '2', store '7'"


def test_data_that_is_only_written_otherwise_is_the_same() -> None:
    with an_agreeing_store(*COUNTY) as desk:
        desk.connection.execute("UPDATE store.timeline SET data = '{\"weight_kg\": 8.30, \"clinic_id\": \"chengguan\"}' WHERE record_id = 'V-1'")  # fmt: skip  # noqa: E501
        assert desk.check("timeline").differing == 0


def test_differences_are_all_counted_and_as_many_shown_as_asked_for() -> None:
    with an_agreeing_store(*COUNTY) as desk:
        desk.connection.execute("DELETE FROM store.checkup_milestones")
        check = desk.check("checkup_milestones", limit=2)
    assert (check.compared, check.differing, len(check.differences)) == (13, 13, 2)
    told = lines(Report([check], ["a note"]))
    assert told[2:] == [
        "checkup_milestones: 11 more",
        "note: a note",
        "13 rows compared in 1 checks, 13 differences",
    ]
    assert table(Report([check]))[0][:3] == ("checkup_milestones", "13", "13")
    assert as_json(Report([check]))["checks"][0]["shown"][0]["key"] == {"child_id": CHILD, "milestone": "home"}


def test_a_publication_that_did_not_win_is_accounted_for_all_the_same() -> None:
    with an_agreeing_store(*COUNTY) as desk:
        desk.connection.execute("DELETE FROM store.events WHERE topic = 'clinic-events' AND \"offset\" IN (1, 2)")
        assert desk.check("completeness").differing == 2


def test_what_a_moving_subject_leaves_behind_is_only_what_did_not_win() -> None:
    with an_agreeing_store(a_source("clinic:chengguan"), a_registration("anna"), VISIT, VISIT) as desk:
        moved = "UPDATE store.events SET child_id = 'former' WHERE topic = 'clinic-events' AND \"offset\" = {}"
        desk.connection.execute(moved.format(1))
        assert desk.check("completeness").differing == 0
        desk.connection.execute(moved.format(2))
        assert desk.check("completeness").differing == 2


def test_a_refusal_for_what_came_before_needs_a_reason() -> None:
    with an_agreeing_store(*COUNTY) as desk:
        place = "'clinic-events', 0, 1, '', '', '', 'parking-overflow', '', '[]', 1772000000000, '', 0"
        desk.connection.execute(f"INSERT INTO store.rejections VALUES ({place})")
        desk.connection.execute("CREATE OR REPLACE TABLE late AS SELECT seq, 'parking-overflow' AS code FROM log WHERE topic = 'clinic-events' AND \"offset\" = 1")  # fmt: skip  # noqa: E501
        assert [difference.problem for difference in desk.check("late_rejections").differences] == ["unexpected"]


def test_withdrawn_records_count_as_waiting_only_where_nobody_is_registered() -> None:
    withdrawn = [a_source("clinic:chengguan"), a_registration("anna"), VISIT, a_retraction(VISIT)]
    with an_agreeing_store(*withdrawn) as desk:
        assert desk.ask("FROM store.unlinked_subjects") == []
        assert desk.compare().differing == 0


def test_what_was_retracted_while_it_waited_is_not_waiting() -> None:
    other = a_checkup("ben", "2025-09-02T10:00:00+08:00", recordid="V-3")
    waiting = a_checkup("ben", "2025-09-01T10:00:00+08:00", recordid="V-2")
    with an_agreeing_store(a_source("clinic:chengguan"), waiting, a_retraction(waiting), other) as desk:
        assert desk.ask("SELECT records FROM store.unlinked_subjects") == [(1,)]
        assert desk.compare().differing == 0


def test_of_the_same_bytes_one_may_stand_for_all_and_none_for_none() -> None:
    events = [a_source("clinic:chengguan"), a_source("center:yucai"), a_registration("anna"), VISIT, VISIT, CAME, CAME]
    gone = "DELETE FROM store.events WHERE topic = '{}-events' AND \"offset\" = {}"
    with an_agreeing_store(*events) as desk:
        desk.connection.execute(gone.format("clinic", 2))
        desk.connection.execute(gone.format("center", 1))
        assert desk.check("completeness").differing == 0
        desk.connection.execute(gone.format("center", 0))
        assert desk.check("completeness").differing == 2


def overflowing(desk: Desk, topic: str, offset: int) -> None:
    """Refused for parking-overflow, in the store and in what was derived from it."""
    place = f"'{topic}', 0, {offset}, '', '', '', 'parking-overflow', '', '[]', 1772000000000, '', 0"
    desk.connection.execute(f"INSERT INTO store.rejections VALUES ({place})")
    desk.connection.execute(
        f"CREATE OR REPLACE TABLE late AS SELECT seq, 'parking-overflow' AS code FROM log WHERE topic = '{topic}' AND \"offset\" = {offset}"  # noqa: E501
    )


@pytest.mark.parametrize(("at_centre", "differing"), [(True, 0), (False, 1)])
def test_what_overflowed_must_be_in_its_centre(at_centre: bool, differing: int) -> None:
    with an_agreeing_store(a_source("center:yucai"), CAME) as desk:
        overflowing(desk, "center-events", 0)
        if not at_centre:
            desk.connection.execute("DELETE FROM store.events WHERE via = 'facility-events' AND center_id <> ''")
        assert desk.check("completeness").differing == differing
        assert desk.one("SELECT present FROM center_days WHERE date = '2026-02-23'") == 1


def linked_registration(*more: Published) -> list[Published]:
    """A registered alias of a subject that nobody registered, and a record of that subject."""
    alias = subject_of("anna", "birth-cert")
    link = an_event("identity.linked", "clinic:chengguan", alias, {"same_as": subject_of("anna")}, VISIT["time"],
                    recordid="L")  # fmt: skip
    return [a_source("clinic:chengguan"), {**a_registration("anna"), "subject": alias}, link, VISIT, *more]


def test_a_registered_alias_makes_the_subject_known_to_which_it_is_linked() -> None:
    with an_agreeing_store(*linked_registration()) as desk:
        assert desk.compare().differing == 0
        assert desk.one("SELECT child_id FROM store.timeline WHERE record_id = 'V-1'") == CHILD
        desk.connection.execute("DELETE FROM store.events WHERE topic = 'clinic-events' AND \"offset\" = 2")
        assert desk.check("completeness").differing == 1


def test_once_that_link_is_withdrawn_the_subjects_records_wait_wherever_they_are() -> None:
    link = linked_registration()[2]
    assert isinstance(link, dict)
    with an_agreeing_store(*linked_registration(a_retraction(link))) as desk:
        assert desk.check("completeness").differing == 0
        assert desk.ask("SELECT subject, records FROM store.unlinked_subjects") == [(subject_of("anna"), 1)]
        place = "'clinic-events', 0, 2, 'child-events', ?, '', ?, (SELECT md5(value) FROM log WHERE seq = 3)"
        desk.connection.execute(f"INSERT INTO store.events VALUES ({place})", [CHILD, APPENDED_AT])
        assert desk.check("completeness").differing == 0


@pytest.mark.parametrize("hidden_by", ["source", "registration", "link"])
def test_nothing_is_visible_before_all_that_it_waits_for_is_there(hidden_by: str) -> None:
    later = APPENDED_AT + 60_000
    events = dict(zip(("source", "registration", "link"), linked_registration(), strict=False))
    of_alias = {**VISIT, "subject": subject_of("anna", "birth-cert")}
    log: list[Published] = [sent(of_alias)]
    for name, event in events.items():
        assert isinstance(event, dict)
        log.append(sent(event, appended_at=later if name == hidden_by else APPENDED_AT))
    with an_agreeing_store(*log) as desk:
        told = "SELECT accepted_at FROM store.timeline WHERE record_id = 'V-1'"
        assert desk.one(told) == later
        desk.connection.execute(f"UPDATE store.timeline SET accepted_at = {APPENDED_AT} WHERE record_id = 'V-1'")
        assert [d.problem for d in desk.check("timeline").differences] == ["accepted_at"]


def test_an_alert_of_a_child_that_a_link_made_part_of_another_is_in_the_log() -> None:
    alias, child = subject_of("dora"), child_of(subject_of("dora"))
    joined = [a_registration("dora", recordid="R9"), a_link(alias, subject_of("anna"), recordid="L9")]
    named = f"'{child}' AS child_id, substr(sha256('checkup-overdue|{child}|' || milestone), 1, 32) AS alert_id"
    with an_agreeing_store(*COUNTY, *joined) as desk:
        desk.connection.execute(
            f"INSERT INTO store.alerts SELECT * REPLACE ({named}, 'resolved' AS state, 'corrected' AS resolution) "
            "FROM store.alerts LIMIT 1"
        )
        assert [str(difference) for difference in desk.check("alerts").differences] == []
