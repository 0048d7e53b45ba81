"""publish → queryable, event by event, at a fixed rate: an open-loop publisher and a query that is asked all the time.

What is published are records of the simulated county sent once more under record ids of their own, each of a kind and
child that is in the timeline. An event counts from the moment at which it was due to be published until the answer to
a query holds it. `known_at` would not do: it is when the broker had the message, not when the row could be queried.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
from clickhouse_connect.driver.client import Client
from kafka import KafkaProducer

from schemas.kinds import topic_for
from streams import endpoints
from streams.bench.pacing import due, due_by
from streams.bench.processes import Broken
from streams.demo.county import Message
from streams.intake.home import home_partition
from streams.settings import Settings
from streams.store.client import connect

POLL_S = 0.05
"""How often the store is asked."""
RECENT_S, ALL_EVERY_S = 3, 1.0
"""Most questions are only about rows that the broker had lately; each second one is about all."""
PATIENCE_S = 60.0
DIGITS = 8


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds of each event until it was seen, and until the broker had its row's message from timeline.

    `late_s`: by how much the publisher was behind its schedule at most.
    """

    seconds: tuple[float, ...]
    decided: tuple[float, ...]
    late_s: float


def known_records(county: Path) -> list[dict[str, object]]:
    """Events of the county whose records stand in the timeline by its own books."""
    truth = {
        (row["kind"], row["source"], row["record_id"])
        for row in map(orjson.loads, (county / "truth" / "timeline.jsonl").read_bytes().splitlines())
    }
    events = map(orjson.loads, (county / "events.jsonl").read_bytes().splitlines())
    return [e for e in events if (e["type"].removesuffix(".v1"), e["source"], e.get("recordid")) in truth]


def fresh_messages(events: Sequence[dict[str, object]], prefix: str, count: int, partitions: int) -> list[Message]:
    """`count` of the events, drawn at random, each as a new record named `prefix` and its number."""
    drawn = random.Random(prefix).choices(events, k=count)
    return [_message(event, f"{prefix}{number:0{DIGITS}}", partitions) for number, event in enumerate(drawn)]


def _message(event: dict[str, object], name: str, partitions: int) -> Message:
    body = event | {"id": name, "recordid": name, "revision": 1}
    subject = str(event["subject"])
    return Message(topic_for(body), subject.encode(), orjson.dumps(body), home_partition(subject, partitions))


def measure(settings: Settings, messages: Sequence[Message], prefix: str, rate: float) -> Latency:
    """Publish at `rate` events a second and wait until each was seen. Raises Broken when some never are."""
    client = connect(settings)
    publisher = Publisher(settings, messages, rate)
    seen: dict[int, float] = {}
    try:
        publisher.start()
        _look(client, prefix, len(messages), seen, PATIENCE_S + len(messages) / rate)
        publisher.join()
        decided = _decided(client, prefix)
    finally:
        publisher.stop()
        client.close()
    if publisher.error is not None:
        raise Broken(f"the paced publisher failed ({type(publisher.error).__name__})") from publisher.error
    return Latency(
        tuple(seen[n] - publisher.began - due(n, rate) for n in sorted(seen)),
        tuple(at - publisher.began_at - due(n, rate) for n, at in decided.items()),
        publisher.late_s,
    )


def _look(client: Client, prefix: str, total: int, seen: dict[int, float], patience_s: float) -> None:
    """Ask until all is seen; an event is seen when the answer that holds it has come."""
    began, asked_all = time.monotonic(), 0.0
    while len(seen) < total:
        asked = time.monotonic()
        if asked - began > patience_s:
            raise Broken(f"{total - len(seen)} of {total} events were not queryable after {patience_s:.0f} s")
        everything = asked - asked_all > ALL_EVERY_S
        asked_all = asked if everything else asked_all
        numbers = _visible(client, prefix, everything)
        answered = time.monotonic()
        for number in numbers:
            seen.setdefault(number, answered)
        time.sleep(max(0.0, POLL_S - (time.monotonic() - asked)))


def _visible(client: Client, prefix: str, everything: bool) -> list[int]:
    lately = "" if everything else f" AND known_at > now64(3) - INTERVAL {RECENT_S} SECOND"
    sql = (
        f"SELECT DISTINCT toUInt32(substring(record_id, {len(prefix) + 1})) FROM huiyu_store.timeline"
        f" WHERE startsWith(record_id, '{prefix}'){lately}"
    )
    return [int(number) for (number,) in client.query(sql).result_rows]


def _decided(client: Client, prefix: str) -> dict[int, float]:
    """When the broker, on this machine's clock, had the message that brought each row (s since 1970)."""
    sql = (
        f"SELECT toUInt32(substring(record_id, {len(prefix) + 1})), toUnixTimestamp64Milli(known_at) / 1000"
        f" FROM huiyu_store.timeline FINAL WHERE startsWith(record_id, '{prefix}')"
    )
    return {int(number): float(at) for number, at in client.query(sql).result_rows}


class Publisher(threading.Thread):
    """Sends each message when it is due, and never waits for an acknowledgement in between."""

    def __init__(self, settings: Settings, messages: Sequence[Message], rate: float) -> None:
        super().__init__(name="paced publisher", daemon=True)
        self._messages, self._rate = messages, rate
        self._stopping = threading.Event()
        self._producer = KafkaProducer(
            bootstrap_servers=endpoints.kafka(settings), acks="all", enable_idempotence=True, linger_ms=5
        )
        for topic in {message.topic for message in messages}:
            self._producer.partitions_for(topic)  # else the first sends would wait for it
        self.began, self.began_at, self.late_s = 0.0, 0.0, 0.0
        self.error: Exception | None = None

    def stop(self) -> None:
        self._stopping.set()
        self.join()
        self._producer.close()

    def run(self) -> None:
        try:
            for future in self._send():
                future.get(PATIENCE_S)
        except Exception as error:  # noqa: BLE001 - told by whoever started this thread
            self.error = error

    def _send(self) -> list[_Future]:
        self.began, self.began_at = time.monotonic(), time.time()
        sent: list[_Future] = []
        while len(sent) < len(self._messages) and not self._stopping.is_set():
            elapsed = time.monotonic() - self.began
            for message in self._messages[len(sent) : due_by(elapsed, self._rate, len(self._messages))]:
                self.late_s = max(self.late_s, elapsed - due(len(sent), self._rate))
                sent.append(self._producer.send(message.topic, message.value, message.key, partition=message.partition))
            self._stopping.wait(max(0.0, due(len(sent), self._rate) - (time.monotonic() - self.began)))
        return sent


class _Future:
    """What kafka-python's producer returns."""

    get: Callable[[float], object]
