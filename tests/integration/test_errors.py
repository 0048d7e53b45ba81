"""Whatever a user or an operator can get wrong is told in one line, with an exit code of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from streams.clock.tick import Ticker
from streams.embedded.alone import alone
from streams.embedded.layout import Layout
from streams.embedded.stack import Stack
from tests.support.commands import huiyu, one_line
from tests.support.pipeline import until


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("errors") / "data", stages=()) as running:
        yield running


def _unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_no_stack(tmp_path: Path) -> None:
    done = huiyu("overview", data=tmp_path / "nothing")
    assert done.returncode == 3
    assert "huiyu up" in one_line(done.stderr)


def test_broker_away(tmp_path: Path) -> None:
    done = huiyu("tick", "--at", "2026-03-01", KAFKA=f"127.0.0.1:{_unused_port()}", data=tmp_path)
    assert done.returncode == 4
    assert "127.0.0.1" in one_line(done.stderr)


def test_store_away(tmp_path: Path) -> None:
    done = huiyu("overview", CLICKHOUSE=f"http://huiyu:x@127.0.0.1:{_unused_port()}", data=tmp_path)
    assert done.returncode == 5
    assert ":x@" not in one_line(done.stderr)


def test_wrong_password(stack: Stack, tmp_path: Path) -> None:
    host = stack.clickhouse.rpartition("@")[2]
    done = huiyu("overview", CLICKHOUSE=f"http://huiyu:wrong@{host}", data=tmp_path)
    assert done.returncode == 6
    assert "password" in one_line(done.stderr).lower()


def test_topics_with_other_partitions_than_configured(stack: Stack, tmp_path: Path) -> None:
    done = huiyu("topics", "apply", KAFKA=stack.kafka, PARTITIONS="3", data=tmp_path)
    assert done.returncode == 7
    assert "HUIYU_PARTITIONS=3" in one_line(done.stderr)


@pytest.mark.parametrize("stage", ["timeline", "sink", "clock"])
def test_a_stage_without_a_broker(stack: Stack, stage: str, tmp_path: Path) -> None:
    away = f"127.0.0.1:{_unused_port()}"
    done = huiyu("run", stage, KAFKA=away, CLICKHOUSE=stack.clickhouse, data=tmp_path)
    assert done.returncode == 4
    assert f"no Kafka broker answers at {away}" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_stage_of_which_a_topic_has_other_partitions(stack: Stack, tmp_path: Path) -> None:
    done = huiyu("run", "timeline", KAFKA=stack.kafka, CLICKHOUSE=stack.clickhouse, PARTITIONS="3", data=tmp_path)
    assert done.returncode == 7
    assert "topic child-events has 8 partitions, HUIYU_PARTITIONS says 3" in one_line(done.stderr)


def test_data_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = huiyu("up", data=tmp_path / "file" / "data")
    assert done.returncode == 8
    assert "HUIYU_DATA" in one_line(done.stderr)


def test_data_of_another_version(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "version").write_text("99\n")
    done = huiyu("up", data=tmp_path / "data")
    assert done.returncode == 8
    assert "layout 99" in one_line(done.stderr)


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = {"broker": taken.getsockname()[1], "controller": _unused_port(), "store": _unused_port()}
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "ports.json").write_text(json.dumps(ports))
        done = huiyu("up", data=tmp_path / "data")
    assert done.returncode == 9
    assert str(ports["broker"]) in one_line(done.stderr)


def test_unknown_command_and_malformed_settings(tmp_path: Path) -> None:
    assert huiyu("fly").returncode == 2
    done = huiyu("overview", PARTITIONS="many", data=tmp_path)
    assert done.returncode == 2
    assert "HUIYU_PARTITIONS" in one_line(done.stderr)
    assert "Mars/Olympus" in one_line(huiyu("overview", TIMEZONE="Mars/Olympus", data=tmp_path).stderr)


def test_a_tick_into_the_past(stack: Stack, tmp_path: Path) -> None:
    where = {"KAFKA": stack.kafka}
    assert huiyu("tick", "--at", "2026-03-02", data=tmp_path, **where).returncode == 0
    done = huiyu("tick", "--at", "2026-03-01", data=tmp_path, **where)
    assert done.returncode == 1
    assert "before the pipeline's now" in one_line(done.stderr)
    assert huiyu("tick", "--at", "yesterday", data=tmp_path, **where).returncode == 1


def test_a_live_clock_behind_the_last_tick_goes_on_and_says_so(stack: Stack, tmp_path: Path) -> None:
    with Ticker(stack.settings) as ticker:
        ticker.tick(datetime.now(UTC) + timedelta(hours=5, minutes=1))
    env = {**os.environ, "HUIYU_KAFKA": stack.kafka, "HUIYU_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "streams.cli", "run", "clock"]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as clock:
        assert clock.stderr is not None
        said = json.loads(clock.stderr.readline())
        clock.terminate()
    assert (said["event"], said["level"], clock.returncode) == ("clock behind the last tick", "warning", 0)
    assert "before the pipeline's now" in said["reason"]
    shown = huiyu("status", data=tmp_path, KAFKA=stack.kafka, CLICKHOUSE=stack.clickhouse)
    assert "5 h 0 min ahead of this machine's clock" in shown.stdout


def test_a_second_start_by_whatever_path_changes_nothing(stack: Stack, tmp_path: Path) -> None:
    """By a link, and by a second mount of the folder, which no path resolves to."""
    before = {name: stack.pid(name) for name in ("broker", "store")}
    (tmp_path / "link").symlink_to(stack.layout.data)
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    by_link = huiyu("up", data=tmp_path / "link")
    inside = f"mount --bind {stack.layout.data} {mounted} && exec {sys.executable} -m streams.cli up --data {mounted}"
    by_mount = subprocess.run(["unshare", "--mount", "sh", "-c", inside], capture_output=True, text=True, check=False)
    for again in (by_link, by_mount):
        assert (again.returncode, again.stdout.startswith("already running")) == (0, True), again.stderr
    assert {name: stack.pid(name) for name in ("broker", "store")} == before


def test_a_start_beside_a_start(tmp_path: Path) -> None:
    layout = Layout.of(tmp_path / "data")
    layout.prepare()
    with alone(layout):
        done = huiyu("up", data=tmp_path / "data")
    assert done.returncode == 12
    assert "another huiyu command" in one_line(done.stderr)


def test_after_the_kill_of_a_supervisor_its_orphans_are_told_and_ended(tmp_path: Path) -> None:
    with Stack(tmp_path / "data", stages=()) as killed:
        broker = killed.pid("broker")
        supervisor = int((killed.layout.run / "supervisor.pid").read_text())
        os.kill(supervisor, signal.SIGKILL)
        until(lambda: not psutil.pid_exists(supervisor) or psutil.Process(supervisor).status() == "zombie", "its end")
        told = huiyu("status", data=tmp_path / "data")
        assert (told.returncode, "2 of its processes live on" in one_line(told.stderr)) == (3, True)
        with Stack(tmp_path / "data", stages=()) as again:
            assert again.pid("broker") not in (None, broker)
            assert not psutil.pid_exists(broker or 0)


def test_a_data_whose_disk_is_full(tmp_path: Path) -> None:
    inside = (
        f"mount -t tmpfs -o size=1m tmpfs {tmp_path} && head -c 2M /dev/zero > {tmp_path}/all 2>/dev/null; "
        f"exec {sys.executable} -m streams.cli up --data {tmp_path}/data"
    )
    done = subprocess.run(["unshare", "--mount", "sh", "-c", inside], capture_output=True, text=True, check=False)
    assert done.returncode == 17
    assert "No space left on device: make room on its disk" in one_line(done.stderr)


def test_a_full_disk_at_the_store_is_told_and_survived(tmp_path: Path) -> None:
    """On a file system of a few megabytes of its own, mounted in a namespace of its own."""
    script = """
import os
import sys
from pathlib import Path
import clickhouse_connect
from streams.embedded.stack import Stack
from streams.store.client import _failure
with Stack(Path(sys.argv[1]), stages=()) as stack:
    client = clickhouse_connect.get_client(dsn=stack.clickhouse)
    client.command("CREATE TABLE big (n UInt64, s String) ENGINE = MergeTree ORDER BY n")
    try:
        for _ in range(200):
            client.insert("big", [[number, os.urandom(500).hex()] for number in range(5_000)])
        print("never full")
    except Exception as error:
        print("told" if "NOT_ENOUGH_SPACE" in str(error) or "No space left" in str(error) else repr(error))
        print(_failure(error, "here").exit_code)
    client.command("TRUNCATE TABLE big")
    print(client.query("SELECT 'alive'").result_rows[0][0])
"""
    mount = tmp_path / "small"
    mount.mkdir()
    inside = f"mount -t tmpfs -o size=160m tmpfs {mount} && exec {sys.executable} - {mount}/data"
    command = ["unshare", "--mount", "sh", "-c", inside]
    done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=200, check=False)
    assert done.stdout.split() == ["told", "17", "alive"], done.stdout + done.stderr[-2000:]
