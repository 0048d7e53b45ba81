"""What people do about alerts: beside the state, the latest counts, and a resolution ends it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kafka import KafkaProducer

from streams.embedded.stack import Stack
from streams.settings import Settings
from streams.sink.rows import Row
from streams.topics import ALERT_ACTIONS, ALERTS
from tests.support.stores import a_row, ask, change, eventually, store
from tests.unit.sink.messages import an_alert_row

ALERT = "0123456789abcdef" * 2
SHOWN = "acknowledged_action, acknowledged_by, toString(acknowledged_until), acknowledged_reason, quiet"
NOBODY = ("", "", None, "", 0)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(data=tmp_path_factory.mktemp("stack"), stages=("sink",), partitions=2) as stack:
        yield stack


@pytest.fixture
def county(stack: Stack) -> Settings:
    """A store that knows nothing of alerts, on 2 March."""
    found = Settings(kafka=stack.kafka, clickhouse=stack.clickhouse, partitions=2)
    for table in ("alerts", "alerts_log", "alert_history", "alert_actions", "rejections", "watermarks"):
        change(found, f"TRUNCATE TABLE huiyu_store.{table}")
    store(found, *(a_row("watermarks", stage="timeline", partition=p, now="2026-03-02T04:00:00.000Z") for p in (0, 1)))
    return found


def ack(county: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"HUIYU_KAFKA": str(county.kafka), "HUIYU_CLICKHOUSE": str(county.clickhouse)}
    command = [sys.executable, "-m", "streams.cli", "ack", ALERT, "--by", "nurse-3", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def tells(county: Settings, state: str, version: int, resolution: str = "") -> None:
    """A transition, as a stage tells it."""
    row = an_alert_row(alert_id=ALERT, state=state, resolution=resolution)
    at = "2026-03-02T04:00:00.000Z"
    body = {"version": version, "transition": {"at": at, "state": state, "resolution": resolution}, "row": row}
    send(county, ALERTS, b"k", orjson.dumps(body))
    eventually(lambda: (version,) in ask(county, "SELECT transition FROM alert_history"), "told to the store")


def send(county: Settings, topic: str, key: bytes, value: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=county.kafka, acks="all")
    producer.send(topic, value, key, partition=0).get(30)
    producer.close()


def shown(county: Settings) -> tuple[Any, ...]:
    return tuple(ask(county, f"SELECT {SHOWN} FROM alerts WHERE alert_id = '{ALERT}'")[0])


def test_an_acknowledgement_stands_beside_the_alert_until_it_is_resolved(county: Settings) -> None:
    tells(county, "open", 1)
    assert shown(county) == NOBODY
    assert ack(county, "--reason", "will come on Friday").stdout == f"acknowledged: alert {ALERT}\n"
    eventually(lambda: shown(county) == ("acknowledged", "nurse-3", None, "will come on Friday", 0), "shown")
    assert ask(county, "SELECT state FROM alerts") == [("open",)]
    tells(county, "resolved", 2, "done")
    assert shown(county) == NOBODY
    tells(county, "open", 3)
    assert shown(county) == NOBODY, "what was done before it was over does not come back"
    assert ask(county, "SELECT action, by FROM alert_actions") == [("acknowledged", "nurse-3")]


def test_a_snoozed_alert_is_quiet_until_its_date_or_until_it_escalates(county: Settings) -> None:
    tells(county, "open", 1)
    assert ack(county, "--snooze", "2026-03-03").returncode == 0
    eventually(lambda: shown(county) == ("snoozed", "nurse-3", "2026-03-03", "", 1), "quiet")
    store(county, *(a_row("watermarks", stage="timeline", partition=p, now="2026-03-02T16:00:00.000Z") for p in (0, 1)))
    assert shown(county)[-1] == 0, "its day has come"
    assert ack(county, "--snooze", "2026-03-09").returncode == 0
    eventually(lambda: shown(county)[-1] == 1, "quiet again")
    tells(county, "escalated", 2)
    assert shown(county) == ("snoozed", "nurse-3", "2026-03-09", "", 0)


def test_what_is_said_of_an_unknown_alert_waits_for_it_and_reopening_takes_it_back(county: Settings) -> None:
    assert ack(county, "--done-elsewhere", "2026-03-01").returncode == 0
    eventually(lambda: ask(county, "SELECT count() FROM alert_actions") == [(1,)], "in the store")
    tells(county, "open", 1)
    assert shown(county)[:2] == ("done-elsewhere", "nurse-3")
    assert ack(county, "--reopen").returncode == 0
    eventually(lambda: shown(county) == NOBODY, "taken back")
    assert ask(county, "SELECT action FROM alert_actions ORDER BY at") == [("done-elsewhere",), ("reopened",)]


def test_what_is_malformed_is_refused_at_once_by_the_command_and_by_the_store(county: Settings) -> None:
    ran = ack(county, "--wrong")
    assert (ran.returncode, "/reason" in ran.stderr) == (1, True), ran.stderr
    assert ack(county, "--snooze", "2026-03-09", "--reopen").returncode == 1
    good = {"alert_id": ALERT, "action": "acknowledged", "at": "2026-03-02T09:00:00+08:00", "by": "nurse-3"}
    send(county, ALERT_ACTIONS, ALERT.encode(), b"\xff not JSON")
    send(county, ALERT_ACTIONS, ALERT.encode(), json.dumps(good | {"by": "13812345678"}).encode())
    send(county, ALERT_ACTIONS, ALERT.encode(), json.dumps(good).encode())
    eventually(lambda: ask(county, "SELECT count() FROM alert_actions") == [(1,)], "the good one behind them")
    told = ask(county, "SELECT code, path FROM rejections WHERE topic = 'alert-actions' ORDER BY offset")
    assert told == [("not-json", ""), ("raw-identifier", "/by")]


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["acknowledged", "snoozed", "wrong", "reopened"]),
        st.sampled_from(["2026-03-01T00:00:00.000Z", "2026-03-01T01:00:00.000Z", "2026-03-01T02:00:00.000Z"]),
        st.sampled_from(["ann", "bo"]),
        st.sampled_from(["", "x"]),
    ),
    min_size=1,
    max_size=6,
    unique=True,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTIONS, st.randoms(use_true_random=False))
def test_in_whatever_order_and_however_often_they_come_the_latest_counts(
    county: Settings, actions: list[tuple[str, str, str, str]], rng: Any
) -> None:
    for table in ("alerts", "alerts_log", "alert_actions"):
        change(county, f"TRUNCATE TABLE huiyu_store.{table}")
    rows = [
        Row("alert_actions", n, False, 1_772_400_000_000 + n, _action(n, *action)) for n, action in enumerate(actions)
    ]
    rows += rows[:2]
    rng.shuffle(rows)
    store(county, Row("alerts", 1, False, 0, an_alert_row(alert_id=ALERT)), *rows)
    action, _, by, reason = max(actions, key=lambda told: (told[1], told[0], told[2], told[3]))
    wanted = NOBODY[:2] if action == "reopened" else (action, by)
    assert shown(county)[:2] == wanted
    assert shown(county)[3] == ("" if action == "reopened" else reason)


def _action(number: int, action: str, at: str, by: str, reason: str) -> dict[str, Any]:
    return {"alert_id": ALERT, "partition": 0, "offset": number, "action": action, "at": at, "by": by, "reason": reason}


def test_what_was_known_at_a_moment_is_told_as_it_was(county: Settings) -> None:
    known = 1_772_400_000_000  # 2026-03-02T05:20:00+08:00
    store(county, Row("alerts", 1, False, known, an_alert_row(alert_id=ALERT)))
    store(
        county,
        Row(
            "alert_actions", 1, False, known + 60_000, _action(1, "acknowledged", "2026-03-01T00:00:00.000Z", "ann", "")
        ),
    )
    as_of = "SELECT acknowledged_by FROM alerts_as_of(as_of = '{}')"
    assert ask(county, as_of.format("2026-03-02T05:20:30+08:00")) == [("",)]
    assert ask(county, as_of.format("2026-03-02T05:21:30+08:00")) == [("ann",)]
