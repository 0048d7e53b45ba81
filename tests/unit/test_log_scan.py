"""The search for children's data in logs finds what is planted there, and nothing in a clean one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import orjson
import pytest

from streams.simulate import simulate
from tests.support.county import plan
from tests.support.log_scan import leaks, secrets_of

CLEAN = """\
{"stage": "timeline", "partition": 0, "keys": 596, "event": "shard opened", "timestamp": "2026-05-31T06:22:31.246000Z"}
[2026-05-31 06:22:31,246] WARN [QuorumController id=1] clinic-events-0 checkup.recorded.v1 clinic:chengguan 1234567
"""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scan")
    simulate(plan(seed=9, faults="heavy", children=30, days=20), folder)
    return folder


def _planted(county: Path) -> dict[str, str]:
    events = [orjson.loads(line) for line in (county / "events.jsonl").read_bytes().splitlines()]
    checkup = next(event for event in events if event["type"] == "checkup.recorded.v1")
    faults = (county / "faults.jsonl").read_text()
    identity = next(part for part in faults.replace('"', " ").replace("\\", " ").split() if part.startswith("110105"))
    subject = checkup["subject"]
    return {
        "subject": subject,
        "token": subject.partition(":")[2],
        "child": hashlib.sha256(subject.encode()).hexdigest()[:32],
        "event": checkup["id"],
        "record": checkup["recordid"],
        "identity number": identity,
    }


@pytest.mark.parametrize("what", ["subject", "token", "child", "event", "record", "identity number"])
def test_what_is_planted_is_found(county: Path, what: str, tmp_path: Path) -> None:
    (tmp_path / "timeline.log").write_text(f"{CLEAN}ValueError: x'{_planted(county)[what]}'\n{CLEAN}")
    assert leaks(tmp_path, secrets_of(county)) == ["timeline.log:3"]


def test_what_is_escaped_is_found(tmp_path: Path) -> None:
    (tmp_path / "intake.log").write_text(json.dumps({"event": "张小明的母亲电话"}) + "\n")
    assert leaks(tmp_path, {"张小明的母亲"}) == ["intake.log:1"]


def test_a_clean_log_holds_nothing(county: Path, tmp_path: Path) -> None:
    (tmp_path / "timeline.log").write_text(CLEAN)
    assert leaks(tmp_path, secrets_of(county)) == []
