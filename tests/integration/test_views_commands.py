"""The commands that read, as a person or a script runs them: aligned text, JSON, local times, clear refusals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from streams.settings import Settings
from streams.sink.rows import Row
from tests.support.builders import child_of, subject_of
from tests.support.stores import a_migrated_stack, a_row, store
from tests.unit.sink.messages import a_timeline_row, an_alert_row

SUBJECT, ALIAS, WAITING = subject_of("lin"), subject_of("lin", "birth-cert"), subject_of("nobody yet")
CHILD = child_of(SUBJECT)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_migrated_stack(tmp_path_factory.mktemp("stack")) as settings:
        child = {"child_id": CHILD, "subject": SUBJECT, "sex": "female", "birth_date": "2025-06-01"}
        store(
            settings,
            a_row("children", **child, clinic_id="chengguan", status="active", center_id="yucai"),
            Row("timeline", 1, False, 0, a_timeline_row(child_id=CHILD, subject=SUBJECT)),
            Row("timeline", 2, False, 0, a_timeline_row(child_id=CHILD, subject=ALIAS, record_id="V-2")),
            Row("alerts", 1, False, 0, an_alert_row(alert_id="a1", child_id=CHILD)),
            Row("alerts", 1, False, 0, an_alert_row(alert_id="a2", clinic_id="other", state="resolved")),
            a_row("unlinked", subject=WAITING, source="clinic:x", writer="intake", partition=0, records=4),
        )
        yield settings


def huiyu(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"HUIYU_CLICKHOUSE": str(settings.clickhouse)}
    command = [sys.executable, "-m", "streams.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_a_timeline_is_shown_in_local_time(settings: Settings) -> None:
    ran = huiyu(settings, "timeline", CHILD)
    assert ran.returncode == 0, ran.stderr
    head, names, first, *_ = ran.stdout.splitlines()
    assert head.split(" · ") == [
        *(CHILD, "female", "born 2025-06-01", "clinic chengguan"),
        *("active", "enrolled at yucai", "active alerts: 1"),
    ]
    assert names.split() == ["when", "age", "kind", "by", "what", "notes"]
    assert first.startswith("2026-03-02 09:30:00  281 d  checkup.recorded  clinic:chengguan  weight_kg=9.6")


@pytest.mark.parametrize("name", [CHILD, SUBJECT, ALIAS])
def test_a_child_is_found_by_id_and_by_every_subject(settings: Settings, name: str) -> None:
    records = json.loads(huiyu(settings, "timeline", name, "--json").stdout)
    assert [record["record_id"] for record in records] == ["V-1", "V-2"]
    assert records[0]["data"] == {"clinic_id": "chengguan", "weight_kg": 9.6}
    assert records[0]["occurred_at"] == "2026-03-02T09:30:00.250000+08:00"


def test_a_child_that_is_not_there_is_said_so(settings: Settings) -> None:
    ran = huiyu(settings, "timeline", "0" * 32)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "no child 0000" in ran.stderr


def test_a_child_whose_records_wait_is_said_so(settings: Settings) -> None:
    ran = huiyu(settings, "timeline", WAITING)
    assert ran.returncode == 1
    assert "not registered yet: 4 of its records wait" in ran.stderr


def test_alerts_are_filtered_by_clinic_and_state(settings: Settings) -> None:
    def found(*filters: str) -> list[str]:
        return [alert["alert_id"] for alert in json.loads(huiyu(settings, "alerts", "--json", *filters).stdout)]

    assert found() == ["a1", "a2"]
    assert found("--clinic", "other") == ["a2"]
    assert found("--state", "open") == ["a1"]
    assert found("--state", "open", "--clinic", "other") == []


def test_no_alert_is_said_so(settings: Settings) -> None:
    assert huiyu(settings, "alerts", "--clinic", "nowhere").stdout == "(no rows)\n"


def test_the_overview_names_its_numbers_in_two_languages(settings: Settings) -> None:
    lines = huiyu(settings, "overview").stdout.splitlines()
    children = next(line for line in lines if "在管儿童数" in line)
    assert children.split() == ["在管儿童数", "active", "registered", "children", "1"]
    assert json.loads(huiyu(settings, "overview", "--json").stdout)["active_alerts"] == 1


def test_a_query_is_asked_of_the_views(settings: Settings) -> None:
    ran = huiyu(settings, "query", "SELECT record_id, revision FROM timeline ORDER BY record_id")
    assert ran.stdout.splitlines() == ["record_id  revision", "V-1        2", "V-2        2"]
    rows = json.loads(
        huiyu(settings, "query", "SELECT record_id, due_on FROM timeline, alerts LIMIT 1", "--json").stdout
    )
    assert rows == [{"record_id": "V-1", "due_on": "2026-01-02"}]


def test_a_wrong_query_is_told_in_one_line(settings: Settings) -> None:
    ran = huiyu(settings, "query", "SELECT nonsense FROM timeline")
    assert ran.returncode == 6
    assert ran.stderr.count("\n") == 1
    assert "nonsense" in ran.stderr


def test_who_may_only_read_reads_with_every_command(settings: Settings) -> None:
    password = json.loads((settings.data / "secrets.json").read_text())["analyst"]
    host = str(settings.clickhouse).rpartition("@")[2]
    analyst = settings.model_copy(update={"clickhouse": f"http://analyst:{password}@{host}"})
    for command in (
        ("query", "SELECT count() FROM timeline"),
        ("overview",),
        ("timeline", CHILD),
        ("child", CHILD),
        ("alerts",),
    ):
        ran, by_owner = huiyu(analyst, *command, "--json"), huiyu(settings, *command, "--json")
        assert (ran.returncode, ran.stdout) == (0, by_owner.stdout), ran.stderr
    ran = huiyu(analyst, "query", "TRUNCATE TABLE huiyu_store.timeline")
    assert (ran.returncode, "readonly" in ran.stderr.lower()) == (6, True)


def test_a_query_cannot_write(settings: Settings) -> None:
    ran = huiyu(settings, "query", "TRUNCATE TABLE huiyu_store.timeline")
    assert ran.returncode == 6
    assert "readonly" in ran.stderr.lower()
