"""Publishes a simulated county as its clinics and centres would: events, faults, and the clock's ticks in between."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import orjson
from kafka import KafkaProducer

from schemas.kinds import topic_for
from streams import endpoints
from streams.clock.tick import Ticker
from streams.intake.home import home_partition
from streams.settings import Settings

Ticks = Literal["daily", "end"]
FLUSH_S = 120


@dataclass(frozen=True, slots=True)
class Message:
    """One record to publish; `partition`: where it is to lie, modulo as many as there are, whatever its key says."""

    topic: str
    key: bytes | None
    value: bytes
    partition: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """What is published up to a tick."""

    messages: list[Message]
    tick_at: datetime


def days(folder: Path, ticks: Ticks = "daily") -> Iterator[Day]:
    """The county's publication day by day, or all of it before its last tick."""
    schedule = orjson.loads((folder / "schedule.json").read_bytes())
    misrouted = {int(line): number for day in schedule for line, number in day["partitions"].items()}
    if ticks == "end":
        schedule = schedule[-1:]
    faults = list(_faults(folder / "faults.jsonl"))
    done, fault = 0, 0
    with (folder / "events.jsonl").open("rb") as lines:
        for day in schedule:
            messages = []
            while done < day["lines"]:
                done += 1
                messages.append(_message(next(lines).rstrip(b"\n"), misrouted.get(done)))
                while fault < len(faults) and faults[fault][0] <= done:
                    messages.append(faults[fault][1])
                    fault += 1
            yield Day(messages, datetime.fromisoformat(day["tick_at"]))


def _message(line: bytes, partition: int | None) -> Message:
    event = orjson.loads(line)
    return Message(topic_for(event), event["subject"].encode(), line, partition)


def _faults(path: Path) -> Iterator[tuple[int, Message]]:
    for line in path.read_bytes().splitlines():
        fault = orjson.loads(line)
        value = _bytes(fault, "value") or b""
        yield fault["after"], Message(fault["topic"], _bytes(fault, "key"), value, fault.get("partition"))


def _bytes(fault: dict[str, Any], name: str) -> bytes | None:
    encoded = fault.get(f"{name}_base64")
    if encoded is not None:
        return base64.b64decode(encoded)
    text: str | None = fault.get(name)
    return None if text is None else text.encode()


class County:
    """A producer and a clock for a county's days; a context manager."""

    def __init__(self, settings: Settings) -> None:
        self._partitions = settings.partitions
        self._producer = KafkaProducer(
            bootstrap_servers=endpoints.kafka(settings),
            acks="all",
            enable_idempotence=True,
            linger_ms=5,
            batch_size=256 << 10,
            max_request_size=2 << 20,
            reconnect_backoff_max_ms=endpoints.RECONNECT_MS,
        )
        self._ticker = Ticker(settings)
        self.published = 0

    def __enter__(self) -> County:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close()
        self._ticker.__exit__()

    def publish(self, messages: Iterable[Message]) -> None:
        """Send messages and wait until the broker has acknowledged each; raises what the broker refused."""
        sent = [self._send(message) for message in messages]
        self._producer.flush(FLUSH_S)
        for future in sent:
            future.get(FLUSH_S)
        self.published += len(sent)

    def tick(self, at: datetime) -> None:
        self._ticker.tick(at)

    def _send(self, message: Message) -> Any:
        return self._producer.send(message.topic, message.value, message.key, partition=self._partition(message))

    def _partition(self, message: Message) -> int | None:
        if message.partition is not None:
            return message.partition % self._partitions
        # The home partition is remembered per subject: murmur2 in Python costs more than the rest of a send.
        return home_partition(message.key.decode("utf-8", "replace"), self._partitions) if message.key else None
