"""State and a store that another version of huiyu wrote: refused in one line, and made anew from the sources."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer

from streams.audit import audit
from streams.clock.wait import wait
from streams.demo.compare import compare
from streams.demo.county import County, days
from streams.embedded.stack import Stack
from streams.embedded.supervision import Supervisor
from streams.settings import Settings
from streams.simulate import simulate
from streams.store.client import connect
from streams.store.read import Queries
from tests.support.commands import huiyu, one_line
from tests.support.county import plan
from tests.support.pipeline import read_topic, until
from tests.support.stores import change

OFFSET = b"\0offset/"
PARTITIONS = "2"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("versions")


@pytest.fixture(scope="module")
def stack(folder: Path) -> Iterator[Stack]:
    simulate(plan(seed=78, faults="heavy", children=60, days=30), folder / "county")
    with Stack(folder / "data", partitions=int(PARTITIONS)) as running:
        with County(running.settings) as county:
            for day in days(folder / "county", "daily"):
                county.publish(day.messages)
                county.tick(day.tick_at)
        wait(running.settings, 120)
        yield running


def _huiyu(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return huiyu(*arguments, data=folder / "data", PARTITIONS=PARTITIONS, timeout_s=200, **settings)


def _write_version(stack: Stack, stage: str, version: bytes) -> None:
    """The stage's last offset record of partition 0 once more, as another version of huiyu would have written it."""
    topic = f"{stage}-state"
    offsets = [r for r in read_topic(stack.kafka, topic) if r.partition == 0 and r.key.startswith(OFFSET)]
    producer = KafkaProducer(bootstrap_servers=stack.kafka, acks="all")
    last = offsets[-1]
    producer.send(topic, last.value, last.key, [("state-version", version)], partition=0).get(30)
    producer.close()


def _process(folder: Path, name: str) -> dict[str, Any]:
    (found,) = [p for p in json.loads(_huiyu(folder, "status", "--json").stdout)["processes"] if p["process"] == name]
    return dict(found)


def _waits_because(folder: Path, reason: str) -> bool:
    process = _process(folder, "timeline")
    return process["state"] == "restarting" and reason in (process["reason"] or "")


def test_every_offset_record_says_which_version_wrote_it(stack: Stack) -> None:
    for stage, version in (("intake", b"3"), ("timeline", b"3"), ("centers", b"3")):
        offsets = [r for r in read_topic(stack.kafka, f"{stage}-state") if r.key.startswith(OFFSET)]
        assert {tuple(r.headers) for r in offsets} == {(("state-version", version),)}


def test_a_newer_store_is_refused(stack: Stack, folder: Path) -> None:
    note = "INSERT INTO huiyu_store.migrations SELECT 'store version', '{}', now64(3)"
    change(stack.settings, note.format(2))
    done = _huiyu(folder, "store", "migrate", CLICKHOUSE=stack.clickhouse)
    assert done.returncode == 15
    assert one_line(done.stderr) == "huiyu: the store is of version 2, this huiyu knows 1: upgrade huiyu"
    change(stack.settings, note.format(1))
    assert _huiyu(folder, "store", "migrate", CLICKHOUSE=stack.clickhouse).stdout == "the store is up to date\n"


def test_newer_state_ends_the_stage_with_its_reason_and_the_supervisor_backs_off(stack: Stack, folder: Path) -> None:
    _write_version(stack, "timeline", b"99")
    stack.kill("timeline")
    reason = "timeline-state/0 is of state version 99, this huiyu knows 3: upgrade huiyu"
    until(lambda: _waits_because(folder, reason), "it waits to be started again, and says why", 90)
    status = _huiyu(folder, "status")
    assert status.returncode == 1
    assert f"exit 15: {reason}" in status.stdout

    Supervisor(stack.layout).halt(["timeline"])
    env = {"HUIYU_KAFKA": stack.kafka, "HUIYU_PARTITIONS": PARTITIONS}
    alone = subprocess.run(
        [sys.executable, "-m", "streams.cli", "run", "timeline"],
        env={**os.environ, **env}, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert alone.returncode == 15
    said = json.loads(alone.stderr.splitlines()[-1])
    assert (said["event"], said["reason"]) == ("exit", reason)


def test_a_start_on_newer_state_is_refused_at_once(stack: Stack, folder: Path) -> None:
    assert _huiyu(folder, "down").returncode == 0
    done = _huiyu(folder, "up", "--clock", "manual")
    assert done.returncode == 15
    assert "state version 99, this huiyu knows 3: upgrade huiyu" in one_line(done.stderr)
    assert _huiyu(folder, "status").returncode == 3


def test_older_state_names_the_remedy_and_the_remedy_gives_the_countys_truth(folder: Path) -> None:
    with Stack(folder / "data", stages=(), partitions=int(PARTITIONS)) as bases:
        _write_version(bases, "timeline", b"0")
        running = _huiyu(folder, "rebuild", "--yes")
        assert (running.returncode, "huiyu down" in one_line(running.stderr)) == (12, True)
    done = _huiyu(folder, "up", "--clock", "manual")
    assert done.returncode == 15
    assert "`huiyu rebuild --yes`" in one_line(done.stderr)

    assert _huiyu(folder, "rebuild").returncode == 1
    rebuilt = _huiyu(folder, "rebuild", "--yes")
    assert (rebuilt.returncode, rebuilt.stderr) == (0, "")
    with Stack(folder / "data", partitions=int(PARTITIONS)) as stack:
        assert _huiyu(folder, "wait", "--timeout", "120").returncode == 0
        _assert_the_truth(stack.settings, folder / "county" / "truth")


def _assert_the_truth(settings: Settings, truth: Path) -> None:
    comparison = compare(Queries(connect(settings), settings), truth)
    assert comparison.rows["timeline"] > 500
    assert [str(difference) for difference in comparison.differences[:20]] == []
    assert [str(difference) for difference in audit(settings).differences[:20]] == []
