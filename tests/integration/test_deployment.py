"""The containers of docker-compose.yml as plain processes: the deployed broker options, the jobs, stages by threes."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from kafka import KafkaAdminClient

from streams.clock.wait import wait
from streams.demo.compare import compare
from streams.demo.county import County, days
from streams.embedded import broker
from streams.embedded.layout import Layout
from streams.embedded.ports import LOOPBACK, Ports, ports_of
from streams.embedded.probes import broker_answers
from streams.embedded.stack import Stack
from streams.serve.tokens import create
from streams.settings import Settings
from streams.simulate import simulate
from streams.store.client import connect
from streams.store.read import Queries
from tests.support.builders import a_checkup
from tests.support.commands import INHERITED
from tests.support.compose import ROOT, health_command, own, stages
from tests.support.county import plan
from tests.support.pipeline import until

WORKERS = 3
SCALED = ("intake", "timeline", "centers", "sink")


def _options(ports: Ports) -> str:
    """deploy/kafka/server.properties, its three addresses moved to free ports of the loopback, its folder to DATA."""
    here = {"9092": ports.broker, "9093": ports.controller, "9094": ports.store}  # no store runs in this DATA
    text = (ROOT / "deploy" / "kafka" / "server.properties").read_text("ascii")
    text = re.sub(r"(?:kafka|127\.0\.0\.1)?:(909\d)", lambda found: f"{LOOPBACK}:{here[found[1]]}", text)
    return text.replace("/var/lib/kafka/data", f"{broker.FOLDER}/log")


@contextmanager
def _deployed_broker(data: Path) -> Iterator[tuple[str, str]]:
    """Bootstrap servers as the containers know them, and as this machine does."""
    layout = Layout.of(data)
    layout.prepare()
    ports = ports_of(layout, [])
    command = broker.command(layout, ports)
    (layout.broker / "server.properties").write_text(_options(ports))
    with layout.log("broker").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=layout.data, env=os.environ | broker.ENVIRONMENT, stdout=log, stderr=log
        )
    inside, outside = f"{LOOPBACK}:{ports.broker}", f"{LOOPBACK}:{ports.store}"
    try:
        until(lambda: broker_answers(inside), "the broker answers")
        yield inside, outside
    finally:
        process.terminate()
        process.wait(60)


@dataclass(frozen=True)
class Container:
    """A service's process and the variables that it was given."""

    service: str
    process: subprocess.Popen[bytes]
    environment: Mapping[str, str]

    def healthy(self) -> bool:
        """What the service's health check says."""
        command = ["sh", "-c", health_command(stages()[self.service])]
        return (
            subprocess.run(command, env=dict(self.environment), stderr=subprocess.DEVNULL, check=False).returncode == 0
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)


class Containers:
    """Starts what the services run, with the services' own variables; only what lies elsewhere here is changed."""

    def __init__(self, folder: Path, kafka: str, clickhouse: str) -> None:
        url = urlsplit(clickhouse)
        (folder / "password").write_text(f"{url.password}\n")
        self._folder, self.work, self._made = folder, folder / "work", list[Container]()
        self.work.mkdir()
        self._elsewhere = {
            "HUIYU_KAFKA": kafka,
            "HUIYU_CLICKHOUSE": f"http://{url.username}@{url.hostname}:{url.port}",
            "HUIYU_CLICKHOUSE_PASSWORD_FILE": str(folder / "password"),
            "HUIYU_DATA": str(folder / "serve-data"),
            "HUIYU_SERVE_PORT": str(ports_of(Layout.of(folder / "kafka"), []).page),
        }

    def start(self, service: str) -> Container:
        environment = self._environment(service)
        process = subprocess.Popen(self._command(service), env=environment, cwd=self.work, stderr=subprocess.DEVNULL)
        self._made.append(Container(service, process, environment))
        return self._made[-1]

    def job(self, service: str) -> str:
        """What a job says; it must succeed."""
        command, environment = self._command(service), self._environment(service)
        done = subprocess.run(command, env=environment, cwd=self.work, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stop(self) -> list[int]:
        """End all as Docker does; what they returned."""
        for container in self._made:
            container.process.terminate()
        return [container.process.wait(30) for container in self._made]

    def _environment(self, service: str) -> dict[str, str]:
        given = {name: self._elsewhere.get(name, value) for name, value in own()[service]["environment"].items()}
        if "HUIYU_READY_FILE" in given:
            given["HUIYU_READY_FILE"] = str(self._folder / f"ready-{len(self._made)}")
        return {name: os.environ[name] for name in INHERITED if name in os.environ} | given

    @staticmethod
    def _command(service: str) -> list[str]:
        return [sys.executable, "-m", "streams.cli", *own()[service]["command"]]


def _joined(admin: KafkaAdminClient) -> bool:
    """Every stage's group has its workers, and they have shared its partitions out."""
    groups = admin.describe_groups([f"huiyu-{stage}" for stage in SCALED])
    return all((group["group_state"], len(group["members"])) == ("Stable", WORKERS) for group in groups.values())


def _takes_an_event(containers: Containers, tokens: Path) -> None:
    """The service of the HTTP API, with a token made as the page says: by `exec` in its container."""
    serve = containers.start("serve")
    until(serve.healthy, "the API is healthy")
    token = create(tokens, "clinic:chengguan", datetime.now(UTC))
    base = f"http://{LOOPBACK}:{serve.environment['HUIYU_SERVE_PORT']}"
    event = a_checkup("a", "2026-03-02T09:30:00+08:00")
    answer = httpx.post(f"{base}/api/events", json=event, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1), answer.text


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[tuple[Containers, Settings]]:
    with ExitStack() as running:
        inside, outside = running.enter_context(_deployed_broker(tmp_path / "kafka"))
        settings = Settings(kafka=outside, clock="manual", data=tmp_path / "data")
        stack = running.enter_context(Stack(tmp_path / "data", stages=(), settings=settings))
        containers = Containers(tmp_path, inside, stack.clickhouse)
        running.callback(containers.stop)
        yield containers, stack.settings


def test_three_workers_of_each_stage_lose_nothing_when_one_of_each_is_killed(
    deployment: tuple[Containers, Settings], tmp_path: Path
) -> None:
    containers, settings = deployment
    assert containers.job("topics") == "all topics are there\n"
    assert containers.job("store") == "the store is up to date\n"
    workers = [containers.start(stage) for stage in SCALED for _ in range(WORKERS)]
    simulate(plan(seed=107, faults="light", children=60, days=30), tmp_path / "county")
    (county,) = days(tmp_path / "county", "end")
    random.Random(107).shuffle(county.messages)
    until(lambda: all(worker.healthy() for worker in workers), "every worker is healthy", 120)
    with KafkaAdminClient(bootstrap_servers=settings.kafka) as admin:
        until(lambda: _joined(admin), "every worker joined", 120)

    half = len(county.messages) // 2
    with County(settings) as publishing:
        publishing.publish(county.messages[:half])
        killed = workers[::WORKERS]
        for worker in killed:
            worker.kill()
        publishing.publish(county.messages[half:])
        publishing.tick(county.tick_at)
    wait(settings, 120)

    comparison = compare(Queries(connect(settings), settings), tmp_path / "county" / "truth")
    assert comparison.rows["timeline"] > half // 2
    assert [str(difference) for difference in comparison.differences[:20]] == []
    assert [worker for worker in workers if worker.healthy() == (worker in killed)] == []
    clock = containers.start("clock")  # last: its tick is the machine's now
    until(clock.healthy, "the clock is healthy")
    _takes_an_event(containers, tmp_path / "serve-data" / "source-tokens.json")
    assert list(containers.work.iterdir()) == []  # a container's file system cannot be written
