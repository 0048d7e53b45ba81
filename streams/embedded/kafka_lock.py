"""`python -m streams.embedded.kafka_lock`: resolves Kafka's dependencies anew and pins each jar in kafka.json."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

GROUP, ARTIFACT, VERSION = "org.apache.kafka", "kafka_2.13", "4.3.1"
SCOPES = ("compile", "runtime")
LOGGER = ("org.slf4j", "slf4j-simple", "1.7.36")
"""Kafka's own dependencies name no logger: without one the broker would fail in silence."""


def main() -> None:
    """Write kafka.json beside this module."""
    jars = {_coordinate(artifact): _digest(artifact) for artifact in _artifacts()}
    path = Path(__file__).with_name("kafka.json")
    path.write_text(json.dumps({"version": VERSION, "jars": jars}, indent=1) + "\n")


def _artifacts() -> list[Any]:
    from jgo.maven import MavenContext, Model, PythonResolver

    context = MavenContext(resolver=PythonResolver())
    kafka = context.project(GROUP, ARTIFACT).at_version(VERSION)
    dependencies = Model(kafka.pom(), context).dependencies()[0]
    group, name, version = LOGGER
    logger = context.project(group, name).at_version(version).artifact()
    return [kafka.artifact(), *(d.artifact for d in dependencies if d.scope in SCOPES), logger]


def _coordinate(artifact: Any) -> str:
    return f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"


def _digest(artifact: Any) -> str:
    return hashlib.sha256(Path(artifact.resolve()).read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
