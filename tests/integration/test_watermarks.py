"""Intake under kills on a real broker: nothing lost, nothing doubled, and no record behind a tick that it preceded."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from kafka import KafkaProducer

from streams.clock.tick import Ticker
from streams.embedded.stack import Stack
from streams.settings import Settings
from tests.support.builders import a_registration, a_source
from tests.support.pipeline import read_topic, topic_of, until, worker
from tests.support.sent_on import SentOn, sent_on

PARTITIONS = 4
INJURIES = (signal.SIGKILL, signal.SIGTERM) * 3


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    with Stack(data=tmp_path / "data", stages=(), partitions=PARTITIONS) as stack:
        yield Settings(kafka=stack.kafka, data=tmp_path / "data", clock="manual", partitions=PARTITIONS)


def _env(settings: Settings) -> dict[str, str]:
    return {
        "HUIYU_KAFKA": str(settings.kafka),
        "HUIYU_DATA": str(settings.data),
        "HUIYU_PARTITIONS": str(settings.partitions),
    }


class Publisher(threading.Thread):
    """Registers children one after the other, sometimes in the wrong partition; notes when each was acknowledged."""

    def __init__(self, bootstrap: str) -> None:
        super().__init__(daemon=True)
        self._producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
        self.acknowledged: dict[str, float] = {}
        self.failed: list[BaseException] = []
        self.enough = threading.Event()

    def run(self) -> None:
        number = -1
        while not self.enough.is_set():
            number += 1
            event = a_registration(f"child {number}", at="2026-01-01T10:00:00+08:00", id=str(number))
            astray = {"partition": number // 7 % PARTITIONS} if number % 7 == 0 else {}
            sent = self._producer.send(topic_of(event), orjson.dumps(event), event["subject"].encode(), **astray)
            sent.add_callback(lambda _, name: self.acknowledged.__setitem__(name, time.time()), event["id"])
            sent.add_errback(self.failed.append)
            if number % 4 == 0:
                self._producer.flush(30)
        self._producer.flush(30)
        self._producer.close()


def _leave_an_aborted_transaction(settings: Settings) -> None:
    """Every source partition now ends in aborted records and a marker: a position there is no record's offset."""
    producer = KafkaProducer(bootstrap_servers=settings.kafka, transactional_id="a clinic's system", acks="all")
    producer.init_transactions()
    producer.begin_transaction()
    for partition in range(PARTITIONS):
        event = a_registration(f"never {partition}", id=f"aborted {partition}")
        for topic in ("clinic-events", "center-events", "registry-events"):
            producer.send(topic, orjson.dumps(event), event["subject"].encode(), partition=partition)
    producer.flush(30)
    producer.abort_transaction()
    producer.close()


def _sent_on(settings: Settings, acknowledged: dict[str, float]) -> SentOn:
    return sent_on(read_topic(str(settings.kafka), "child-events"), PARTITIONS, acknowledged)


def test_under_kills_every_record_is_sent_on_once_and_ahead_of_the_ticks_behind_it(settings: Settings) -> None:
    workers = [worker("intake", _env(settings)) for _ in range(2)]
    publisher = Publisher(str(settings.kafka))
    ticker = Ticker(settings)
    try:
        source = a_source("clinic:chengguan")
        first = KafkaProducer(bootstrap_servers=settings.kafka, acks="all")
        first.send("registry-events", orjson.dumps(source), source["subject"].encode()).get(30)
        first.close()
        publisher.start()
        for injury in INJURIES:
            reached = len(publisher.acknowledged) + 800
            while len(publisher.acknowledged) < reached:
                ticker.tick(datetime.now(UTC))
            victim = workers.pop(0)
            victim.send_signal(injury)
            victim.wait(30)
            workers.append(worker("intake", _env(settings)))
        publisher.enough.set()
        publisher.join(60)
        assert not publisher.failed
        _leave_an_aborted_transaction(settings)
        last = ticker.tick(datetime.now(UTC))

        def all_sent() -> bool:
            found = _sent_on(settings, publisher.acknowledged)
            return len(found.sent) >= len(publisher.acknowledged) and found.finals == {last}

        until(all_sent, "the last tick is every partition's now", 90)
    finally:
        ticker.__exit__()
        for process in workers:
            process.kill()
            process.wait(30)
    names = [str(number) for number in range(len(publisher.acknowledged))]
    found = _sent_on(settings, publisher.acknowledged)
    assert sorted(found.sent, key=int) == names
    assert found.differences(names) == []
