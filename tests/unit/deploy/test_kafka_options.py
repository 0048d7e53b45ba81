"""deploy/kafka/server.properties: equal in meaning to the embedded broker's, and accepted by Kafka itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

from streams.embedded import broker
from streams.embedded.layout import Layout
from streams.embedded.ports import Ports
from tests.support.compose import ROOT

WHERE = {"controller.quorum.voters", "listeners", "advertised.listeners", "log.dirs"}
ONLY_DEPLOYED = {"listener.security.protocol.map"}
ONLY_EMBEDDED = {
    "broker.session.timeout.ms",
    "broker.heartbeat.interval.ms",
    "group.initial.rebalance.delay.ms",
    "group.min.session.timeout.ms",
    "num.io.threads",
    "num.network.threads",
}
"""Kept short for a stack that comes and goes with a test; a broker that stays has Kafka's own defaults."""


def properties(text: str) -> dict[str, str]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


DEPLOYED = (ROOT / "deploy" / "kafka" / "server.properties").read_text("ascii")


def test_what_the_pipeline_relies_on_is_the_same_as_in_the_embedded_broker() -> None:
    deployed = properties(DEPLOYED)
    embedded = properties(broker._properties(Ports(broker=1, controller=2, store=3)))
    assert {*deployed} - {*embedded} == ONLY_DEPLOYED
    assert {*embedded} - {*deployed} == ONLY_EMBEDDED
    assert {name for name in embedded if name in deployed and deployed[name] != embedded[name]} == WHERE


def test_kafka_itself_accepts_the_options(tmp_path: Path) -> None:
    """The tool that the image runs at its start reads and checks all of them."""
    layout = Layout.of(tmp_path)
    layout.prepare()
    broker.command(layout, Ports(broker=1, controller=2, store=3))  # leaves java.args
    written = tmp_path / "server.properties"
    written.write_text(DEPLOYED.replace("/var/lib/kafka/data", str(tmp_path / "kafka")))
    tool = [*broker._java(), "kafka.tools.StorageTool", "format", "-t", broker.cluster_id(tmp_path), "-c", written]
    done = subprocess.run(tool, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "kafka" / "meta.properties").exists()
