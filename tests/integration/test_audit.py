"""The audit on the real stack: silent when all is right, and a lost row, a double row, a wrong cell are each named."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import orjson
import pytest
from kafka import KafkaProducer

from streams.audit import Report, audit
from streams.clock.tick import tick
from streams.clock.wait import wait
from streams.embedded.stack import Stack
from streams.settings import Settings
from streams.store.client import connect
from streams.store.tables import TABLES
from tests.support.builders import a_checkup, a_registration, a_source, an_event, child_of, subject_of
from tests.support.pipeline import publish

CLINIC = "clinic:chengguan"
CHILD = child_of(subject_of("anna"))
VISIT = "checkup.recorded source=clinic:chengguan record_id=V-1"


def events() -> list[dict[str, object]]:
    """A child and its alias, a centre's day, a correction, a retraction, what waits, what is refused."""
    visit = a_checkup("anna", "2025-09-01T10:00:00+08:00", recordid="V-1")
    anna, alias = subject_of("anna"), subject_of("anna", "birth-cert")
    again = {**visit, "id": "again", "revision": 2, "data": {**visit["data"], "weight_kg": 8.3}}
    wrong = a_checkup("anna", "2025-10-01T10:00:00+08:00", recordid="V-2")
    gone = {"kind": "checkup.recorded", "reason": "another child's"}
    day = {"center_id": "yucai", "class_id": "A", "date": "2026-02-23", "status": "present"}
    return [
        again,
        a_checkup("ben", "2025-09-01T10:00:00+08:00", recordid="V-3"),
        a_checkup("anna", "2025-08-20T10:00:00+08:00", subject=alias, recordid="V-4"),
        a_source("clinic:chengguan"),
        a_source("center:yucai"),
        visit,
        visit,
        wrong,
        an_event("record.retracted", CLINIC, wrong["subject"], gone, wrong["time"], recordid="V-2", revision=2),
        a_checkup("anna", "2025-11-20T10:00:00+08:00", weight_kg=99, recordid="V-5"),
        an_event("attendance.recorded", "center:yucai", anna, day, "2026-02-23T09:00:00+08:00", recordid="A-1"),
        an_event("identity.linked", CLINIC, alias, {"same_as": anna}, "2025-08-21T10:00:00+08:00"),
        a_registration("anna"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A stack that has taken in the events and a tick behind them."""
    data = tmp_path_factory.mktemp("audit") / "data"
    with Stack(data=data, clock="manual") as stack:
        running = Settings(kafka=stack.kafka, clickhouse=stack.clickhouse, data=data, clock="manual")
        publish(stack.kafka, events())
        _spoil(stack.kafka)
        tick(running, datetime.fromisoformat("2026-02-25T16:00:00+08:00"))
        wait(running, 120)
        yield running


def _spoil(servers: str) -> None:
    """Bytes that are no event, and a key that says something else."""
    producer = KafkaProducer(bootstrap_servers=servers, acks="all")
    producer.send("clinic-events", b"\xff\xfe", b"nobody")
    producer.send("center-events", orjson.dumps(events()[10]), b"somebody else")
    producer.flush(30)
    producer.close()
    _abort(servers)


def _abort(servers: str) -> None:
    """What somebody took back before it was committed was never published; it may be the last of a partition."""
    producer = KafkaProducer(bootstrap_servers=servers, acks="all", transactional_id="somebody")
    producer.init_transactions()
    producer.begin_transaction()
    producer.send("registry-events", orjson.dumps(a_source("clinic:nowhere")), b"source:clinic:nowhere")
    producer.flush(30)
    producer.abort_transaction()
    producer.close()


@contextmanager
def planted(settings: Settings, table: str, select: str, *, logged: bool = True) -> Iterator[None]:
    """Put rows into a table of the store and, where it has one, into its log, and take them out again.

    Nothing is merged meanwhile: the row that a planted one replaces would be gone for good.
    """
    client = connect(settings, "huiyu_store")
    tables = TABLES[table].targets if logged else (table,)
    try:
        for each in tables:
            client.command(f"SYSTEM STOP MERGES {each}")
            client.command(f"INSERT INTO {each} {select}")
        yield
    finally:
        for each in tables:
            client.command(f"SYSTEM START MERGES {each}")
            client.command(f"DELETE FROM {each} WHERE known_at > '2098-01-01 00:00:00'")
        client.close()


def row(table: str, where: str, change: str) -> str:
    """A version of a row that is newer than the one that holds, with one change."""
    newer = f"version + 1 AS version, toDateTime64('2099-01-01 00:00:00', 3) AS known_at, {change}"
    return f"SELECT * REPLACE ({newer}) FROM (SELECT * FROM {table} FINAL WHERE {where})"


def told(report: Report) -> list[str]:
    return [str(difference) for difference in report.differences]


def test_log_and_store_agree(settings: Settings) -> None:
    report = audit(settings)
    assert told(report) == []
    compared = {check.name: check.compared for check in report.checks}
    assert (compared["completeness"], compared["rejections"]) == (len(events()) + 2, 3)
    assert (compared["timeline"], compared["checkup_milestones"], compared["center_days"]) == (5, 13, 1)
    assert (compared["active_alerts"], compared["unlinked_subjects"]) == (1, 1)


def test_a_lost_row_is_missing(settings: Settings) -> None:
    lost = row("timeline", "record_id = 'V-1'", "1 AS is_deleted")
    with planted(settings, "timeline", lost):
        report = audit(settings)
        of_timeline = [str(difference) for difference in report.differences if difference.check == "timeline"]
        assert of_timeline == [f"timeline: missing: child_id={CHILD} kind={VISIT}"]
        assert {difference.check for difference in report.differences} == {"timeline", "receipts", "growth_months"}


def test_a_row_too_many_is_unexpected(settings: Settings) -> None:
    double = row("timeline", "record_id = 'V-1'", "'V-1-again' AS record_id")
    with planted(settings, "timeline", double):
        assert told(audit(settings)) == [f"timeline: unexpected: child_id={CHILD} kind={VISIT}-again"]


def test_a_wrong_cell_is_named_with_both_values(settings: Settings) -> None:
    wrong = row("timeline", "record_id = 'V-1'", "93 AS age_days")
    with planted(settings, "timeline", wrong):
        assert told(audit(settings)) == [f"timeline: age_days: child_id={CHILD} kind={VISIT}: log '92', store '93'"]


def test_a_lost_event_and_a_lost_rejection_are_missed_in_the_log(settings: Settings) -> None:
    lost = row("events", "topic = 'center-events' AND via = 'facility-events'", "1 AS is_deleted")
    with planted(settings, "events", lost):
        (difference,) = audit(settings).differences
        assert (difference.check, difference.problem) == ("completeness", "fate")
        assert (difference.log, difference.store) == ("at its centre and at its child", "at its child")
    lost = row("rejections", "code = 'not-json'", "1 AS is_deleted")
    with planted(settings, "rejections", lost):
        found = {(difference.check, difference.problem) for difference in audit(settings).differences}
        assert found == {("completeness", "fate"), ("rejections", "missing"), ("receipts", "missing")}


@pytest.mark.parametrize("table", ["timeline", "children", "milestones", "vaccination_status", "alerts", "center_days"])
def test_what_queries_see_and_its_log_must_not_part(settings: Settings, table: str) -> None:
    newer = row(table, "true", "0 AS is_deleted")
    with planted(settings, table, newer, logged=False):
        differing = [difference for difference in audit(settings).differences if difference.check == "versions"]
        assert {dict(difference.key)["table_name"] for difference in differing} == {table}
        assert {difference.problem for difference in differing} == {"content"}


@pytest.mark.parametrize(
    ("table", "change", "check"),
    [
        ("center_days", "2 AS present", "center_days"),
        ("children", "'male' AS sex", "children"),
        ("alerts", "toDate('2001-01-01') AS due_on", "active_alerts"),
        ("unlinked", "7 AS records", "unlinked_subjects"),
        ("sources", "'weekly' AS cadence", "sources"),
    ],
)
def test_every_table_is_looked_at(settings: Settings, table: str, change: str, check: str) -> None:
    with planted(settings, table, row(table, "true", change)):
        assert check in {difference.check for difference in audit(settings).differences}
    assert audit(settings).differing == 0


def huiyu(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    where = {"HUIYU_KAFKA": str(settings.kafka), "HUIYU_CLICKHOUSE": str(settings.clickhouse)}
    command = [sys.executable, "-m", "streams.cli", "audit", *arguments]
    return subprocess.run(
        command, env={**os.environ, **where}, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_command_says_what_differs_and_exits_1(settings: Settings) -> None:
    agreed = huiyu(settings)
    assert agreed.returncode == 0, agreed.stderr
    assert agreed.stdout.splitlines()[-1].endswith(", 0 differences")
    wrong = row("milestones", "milestone = 'y6'", "'missed' AS status")
    with planted(settings, "milestones", wrong):
        shown, as_json = huiyu(settings), huiyu(settings, "--json", "--limit", "0")
    key = f"child_id={CHILD} milestone=y6"
    assert shown.returncode == as_json.returncode == 1
    assert f"checkup_milestones: status: {key}: log 'upcoming', store 'missed'" in shown.stdout.splitlines()
    assert orjson.loads(as_json.stdout)["differences"] == 1


def test_without_a_broker_it_says_so_in_one_line(settings: Settings, tmp_path: Path) -> None:
    away = huiyu(settings.model_copy(update={"kafka": "127.0.0.1:1"}))
    assert away.returncode == 4
    assert len(away.stderr.strip().splitlines()) == 1
