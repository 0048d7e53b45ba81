"""What integration tests need of the real stack: publish with plain kafka-python, run workers, read topics."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

TOPIC_OF_SIDE = {"clinic": "clinic-events", "center": "center-events", "registry": "registry-events"}
REGISTRY_THINGS = {"source", "center", "clinic", "contract", "staff", "training", "guidance", "calendar", "population"}
CENTER_KINDS = {
    "child.enrolled",
    "child.withdrawn",
    "attendance.recorded",
    "health-check.recorded",
    "measurement.recorded",
    "development.observed",
    "incident.recorded",
}


def topic_of(event: dict[str, Any]) -> str:
    """The topic an event belongs to, from the contract's tables and not from our code."""
    kind = event["type"].removesuffix(".v1")
    if kind == "record.retracted":
        kind = event["data"]["kind"]
    if kind == "reporting.completed":
        return TOPIC_OF_SIDE[event["source"].partition(":")[0]]
    if kind in CENTER_KINDS:
        return "center-events"
    return "registry-events" if kind.partition(".")[0] in REGISTRY_THINGS else "clinic-events"


def publish(bootstrap: str, events: Iterable[dict[str, Any]]) -> int:
    """Send events with a stock producer, as any clinic's system would; returns how many were acknowledged."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    sent = [producer.send(topic_of(e), orjson.dumps(e), e["subject"].encode()) for e in events]
    producer.flush(60)
    producer.close()
    for future in sent:
        future.get(0)
    return len(sent)


def read_topic(bootstrap: str, topic: str) -> list[Any]:
    """Every committed record of a topic, partition by partition, in order."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed", enable_auto_commit=False)
    tps = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic))]
    ends = consumer.end_offsets(tps)
    consumer.assign(tps)
    consumer.seek_to_beginning(*tps)
    found: dict[TopicPartition, list[Any]] = {tp: [] for tp in tps}
    until(lambda: _drain(consumer, found, ends), "topic read to its end")
    consumer.close()
    return [record for tp in tps for record in found[tp]]


def _drain(consumer: KafkaConsumer, found: dict[TopicPartition, list[Any]], ends: dict[TopicPartition, int]) -> bool:
    for tp, records in consumer.poll(200).items():
        found[tp].extend(records)
    return all(consumer.position(tp) >= end for tp, end in ends.items())


def until(condition: Callable[[], Any], what: str, timeout_s: float = 60.0) -> Any:
    """Wait for a condition; returns its value. Fails, naming what was waited for."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {timeout_s} s: {what}")


def worker(stage: str, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """One `huiyu run STAGE` process."""
    command = [sys.executable, "-m", "streams.cli", "run", stage]
    return subprocess.Popen(command, env={**os.environ, **env}, stdout=subprocess.DEVNULL)
