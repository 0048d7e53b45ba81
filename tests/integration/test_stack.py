"""The embedded stack as an operator uses it: up, down, status, env; two at once; after a kill of everything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import clickhouse_connect
import httpx
import psutil
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from streams.embedded.layout import Layout
from streams.embedded.marked import belonging_to, end
from streams.embedded.stack import Stack
from tests.support.builders import a_checkup, a_registration, a_source
from tests.support.commands import huiyu, one_line
from tests.support.pipeline import publish


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    end(belonging_to(Layout.of(tmp_path / "data")))


def _env(data: Path) -> dict[str, str]:
    lines = huiyu("env", data=data).stdout.splitlines()
    return dict(match.groups() for line in lines if (match := re.match(r"export HUIYU_(\w+)='?([^']+)'?", line)))


def test_up_returns_when_all_is_ready_and_down_ends_what_is_its_own(data: Path) -> None:
    started = huiyu("up", "--clock", "manual", data=data)
    assert started.returncode == 0, started.stderr
    assert "ready after" in started.stdout

    again = huiyu("up", data=data)
    assert (again.returncode, again.stdout.startswith("already running")) == (0, True)

    shown = json.loads(huiyu("status", "--json", data=data).stdout)
    assert {p["process"]: p["state"] for p in shown["processes"]} == dict.fromkeys(
        ("broker", "store", "intake", "timeline", "centers", "sink", "serve"), "running"
    )
    env = _env(data)
    assert set(env) == {"KAFKA", "CLICKHOUSE", "PAGE", "DATA"}
    assert httpx.get(f"{env['PAGE']}/readyz").status_code == 200
    assert clickhouse_connect.get_client(dsn=env["CLICKHOUSE"]).query("SELECT 1").result_rows == [(1,)]

    stopped = huiyu("down", data=data)
    assert (stopped.returncode, stopped.stdout.startswith("stopped")) == (0, True)
    assert belonging_to(Layout.of(data)) == []
    assert huiyu("status", data=data).returncode == 3


def test_after_a_kill_of_everything_up_continues_where_it_was(data: Path) -> None:
    assert huiyu("up", "--clock", "manual", data=data).returncode == 0
    env = _env(data)
    publish(
        env["KAFKA"],
        [a_source("clinic:chengguan"), a_registration("ann"), a_checkup("ann", "2025-09-02T09:00:00+08:00")],
    )
    assert huiyu("wait", "--timeout", "60", data=data).returncode == 0
    for process in belonging_to(Layout.of(data)):
        process.kill()
    psutil.wait_procs(belonging_to(Layout.of(data)), timeout=10)

    assert huiyu("up", "--clock", "manual", data=data).returncode == 0
    assert _env(data) == env
    publish(env["KAFKA"], [a_checkup("ann", "2025-12-02T09:00:00+08:00")])
    assert huiyu("wait", "--timeout", "60", data=data).returncode == 0
    counted = huiyu("query", "SELECT count() AS n FROM huiyu.timeline", "--json", data=data)
    assert json.loads(counted.stdout) == [{"n": 3}]


def test_two_stacks_run_side_by_side(tmp_path: Path) -> None:
    with Stack(tmp_path / "one", stages=()) as one, Stack(tmp_path / "two", stages=()) as two:
        assert one.kafka != two.kafka
        one.down()
        assert two.pid("broker") is not None
        assert two.pid("store") is not None
        assert [p for p in psutil.pids() if p == two.pid("broker")]


def test_the_store_speaks_clickhouse_to_stock_clients(tmp_path: Path) -> None:
    with Stack(tmp_path / "data", stages=()) as stack:
        client = clickhouse_connect.get_client(dsn=stack.clickhouse)
        client.command("CREATE TABLE t (n UInt64, s String) ENGINE = MergeTree ORDER BY n")
        client.insert("t", [[n, f"text {n}"] for n in range(20_000)], column_names=["n", "s"])
        asked = client.query("SELECT sum(n), {word:String} FROM t", parameters={"word": "and"})
        assert asked.result_rows == [(199_990_000, "and")]
        with client.query_row_block_stream("SELECT n FROM t") as blocks:
            assert sum(len(block) for block in blocks) == 20_000
        assert client.query("SELECT n FROM t WHERE n > 99999999").result_rows == []
        with pytest.raises(DatabaseError, match="Kafka"):
            client.command("CREATE TABLE k (n UInt64) ENGINE = Kafka")
        with pytest.raises(DatabaseError, match="UNKNOWN_TABLE"):
            client.query("SELECT * FROM nowhere")


def test_the_analyst_reads_and_cannot_write(tmp_path: Path) -> None:
    with Stack(tmp_path / "data", stages=()) as stack:
        password = json.loads((tmp_path / "data" / "secrets.json").read_text())["analyst"]
        host = stack.clickhouse.rpartition("@")[2]
        analyst = clickhouse_connect.get_client(dsn=f"http://analyst:{password}@{host}")
        assert analyst.query("SELECT count() FROM huiyu.timeline").result_rows == [(0,)]
        with pytest.raises(DatabaseError, match="READONLY"):
            analyst.command("CREATE TABLE t (n UInt64) ENGINE = Memory")
        assert one_line(huiyu("query", "SELECT 1", CLICKHOUSE=f"http://analyst:wrong@{host}", KAFKA=stack.kafka).stderr)
