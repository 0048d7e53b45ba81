"""What a source is told of what it sent, on the real stack: by the view, by the SDK, by the command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.audit import audit
from streams.clock.tick import tick
from streams.clock.wait import wait
from streams.embedded.stack import Stack
from streams.settings import Settings
from streams.store.receipts import Receipts, Told
from tests.support.builders import a_checkup, a_registration, a_source, an_event, subject_of
from tests.support.pages import BLOCK, ROOT, shell
from tests.support.pipeline import publish, until

CLINIC, CENTER, STRANGER = "clinic:chengguan", "center:yucai", "clinic:anping"
AT = "2026-02-20T10:00:00+08:00"
ANNA, BEN, CHEN = (subject_of(name) for name in ("anna", "ben", "chen"))


def a_day(name: str, number: str) -> dict[str, Any]:
    data = {"center_id": "yucai", "class_id": "A", "date": "2026-02-20", "status": "present"}
    return an_event("attendance.recorded", CENTER, subject_of(name), data, AT, recordid=number, id=f"e-{number}")


def events() -> list[dict[str, Any]]:
    checkup = a_checkup("anna", AT, recordid="V-1", id="e-1")
    gone = {"kind": "checkup.recorded", "reason": "another child's"}
    clinic = {"name": "Chengguan", "kind": "township"}
    return [
        a_source(CLINIC),
        a_source(CENTER),
        a_registration("anna", recordid="R-1", id="e-0"),
        checkup,
        checkup | {"id": "e-1b", "revision": 2, "data": {**checkup["data"], "weight_kg": 9.1}},
        a_checkup("anna", AT, recordid="V-2", id="e-2"),
        an_event("record.retracted", CLINIC, ANNA, gone, AT, recordid="V-2", id="e-2b", revision=2),
        a_checkup("anna", AT, recordid="V-3", id="e-3", weight_kg=960),
        a_checkup("ben", AT, recordid="V-4", id="e-4"),
        a_checkup("ben", AT, recordid="V-5", id="e-5"),
        a_checkup("chen", AT, clinic="anping", recordid="V-6", id="e-6"),
        a_day("anna", "A-1"),
        a_day("ben", "A-2"),
        an_event("clinic.listed", "registry:bureau", "clinic:chengguan", clinic, AT, recordid="L-1", id="e-7"),
    ]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    data = tmp_path_factory.mktemp("receipts") / "data"
    with Stack(data=data, clock="manual") as stack:
        running = Settings(kafka=stack.kafka, clickhouse=stack.clickhouse, data=data, clock="manual")
        publish(stack.kafka, events())
        tick(running, datetime.fromisoformat("2026-02-25T16:00:00+08:00"))
        wait(running, 120)
        yield running


def told(settings: Settings, source: str, **more: Any) -> dict[str, Told]:
    """By the event's id, or by the subject where records wait."""
    with Receipts(settings, source, **more) as receipts:
        return {each.event_id or each.subject: each for each in receipts}


def states(found: dict[str, Told]) -> dict[str, tuple[str, str]]:
    return {key: (each.state, each.waits_for) for key, each in found.items()}


def huiyu(settings: Settings, *arguments: str) -> subprocess.Popen[str]:
    env = {**os.environ, "HUIYU_KAFKA": settings.kafka or "", "HUIYU_CLICKHOUSE": settings.clickhouse or ""}
    command = [sys.executable, "-m", "streams.cli", "receipts", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, text=True)


def test_a_clinic_is_told_what_became_of_each_of_its_events(settings: Settings) -> None:
    assert states(told(settings, CLINIC)) == {
        "e-0": ("accepted", ""),
        "e-1": ("superseded", ""),
        "e-1b": ("accepted", ""),
        "e-2": ("retracted", ""),
        "e-2b": ("accepted", ""),
        "e-3": ("rejected", ""),
        BEN: ("parked", "child"),
    }


def test_a_refusal_is_told_with_every_problem_and_the_ids_as_sent(settings: Settings) -> None:
    refused = told(settings, CLINIC)["e-3"]
    assert (refused.record_id, refused.subject, refused.kind) == ("V-3", ANNA, "checkup.recorded")
    assert (refused.code, refused.path) == ("bad-value", "/data/weight_kg")
    assert [problem["allowed"] for problem in refused.problems] == ["number from 0.3 to 60"]


def test_records_that_wait_are_told_by_subject_with_what_they_wait_for(settings: Settings) -> None:
    assert (told(settings, CLINIC)[BEN].records, told(settings, STRANGER)[CHEN].records) == (2, 1)
    assert states(told(settings, STRANGER)) == {CHEN: ("parked", "source")}


def test_a_centre_is_told_that_its_record_counts_and_that_the_childs_timeline_waits(settings: Settings) -> None:
    assert states(told(settings, CENTER)) == {
        "e-A-1": ("accepted", ""),
        "e-A-2": ("accepted", "child"),
        BEN: ("parked", "child"),
    }


def test_the_bureau_is_told_of_what_is_in_the_registry(settings: Settings) -> None:
    found = told(settings, "registry:bureau")
    assert {each.state for each in found.values()} == {"accepted"}
    assert found["e-7"].kind == "clinic.listed"


def test_nobody_is_told_of_anothers_events(settings: Settings) -> None:
    assert told(settings, "clinic:nobody") == {}
    assert all("e-A" not in key for key in told(settings, CLINIC))


def test_only_what_the_store_was_told_since_then(settings: Settings) -> None:
    all_of_it = told(settings, CLINIC)
    last = max(each.told_at for each in all_of_it.values())
    assert told(settings, CLINIC, since=last + timedelta(milliseconds=1)) == {}
    assert 0 < len(told(settings, CLINIC, since=last)) < len(all_of_it)


def test_the_command_shows_it_to_a_person_and_as_json(settings: Settings) -> None:
    shown, _ = huiyu(settings, "--source", CLINIC).communicate(timeout=60)
    assert "bad-value /data/weight_kg is out of range (allowed: number from 0.3 to 60)" in shown
    assert "2 records wait for the registration of the child, or a link" in shown
    lines, _ = huiyu(settings, "--source", CLINIC, "--json").communicate(timeout=60)
    assert {line["event_id"] or line["subject"] for line in map(orjson.loads, lines.splitlines())} == set(
        told(settings, CLINIC)
    )
    _, error = huiyu(settings, "--source", CLINIC, "--since", "yesterday").communicate(timeout=60)
    assert error.startswith("huiyu: --since 'yesterday' is no RFC 3339 time")


def test_the_clinics_page_asks_as_it_can_be_asked(settings: Settings, tmp_path: Path) -> None:
    found = BLOCK.findall((ROOT / "docs" / "clinic-system.md").read_text("utf-8"))
    (script,) = [text for language, more, text in found if (language, more.strip()) == ("sh", "receipts")]
    ran = shell(script, tmp_path, HUIYU_CLICKHOUSE=str(settings.clickhouse))
    assert (ran.returncode, "huiyu: " in ran.stdout) == (0, False), ran.stdout
    assert "bad-value /data/weight_kg" in ran.stdout


def test_the_audit_finds_the_same_in_the_log(settings: Settings) -> None:
    report = audit(settings)
    assert [str(difference) for difference in report.differences] == []
    compared = {check.name: check.compared for check in report.checks}
    assert compared["receipts"] == len(events()) - 3 + 3  # three wait: they are told by subject, Ben's of both sources


def test_who_follows_hears_of_a_refusal_and_of_a_release_and_of_nothing_twice(settings: Settings) -> None:
    now = datetime.now(UTC).isoformat()
    following = huiyu(settings, "--source", CLINIC, "--follow", "--json", "--since", now)
    assert following.stdout is not None
    publish(
        settings.kafka or "",
        [a_checkup("anna", AT, recordid="V-9", id="e-9", weight_kg=960), a_registration("ben", id="e-r")],
    )
    found: dict[str, str] = {}

    def all_told() -> bool:
        line = orjson.loads(following.stdout.readline())  # type: ignore[union-attr]
        key = line["event_id"] or line["subject"]
        assert found.get(key) != line["state"]
        found[key] = line["state"]
        return {"e-9", "e-r", "e-4", "e-5"} <= found.keys()

    until(all_told, "the refusal, the registration and what it sets free are told")
    assert (found["e-9"], found["e-4"], found["e-5"]) == ("rejected", "accepted", "accepted")
    following.terminate()
    following.communicate(timeout=30)
