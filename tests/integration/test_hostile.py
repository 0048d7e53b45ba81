"""Hostile records on the real stack: one answer each, neighbours untouched, nothing restarted, no number kept."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import orjson
import pytest
from kafka import KafkaProducer
from kafka.producer.future import RecordMetadata

from streams.audit import audit
from streams.clock.tick import tick
from streams.clock.wait import wait
from streams.embedded.stack import STAGES, Stack
from streams.settings import Settings
from tests.fuzz import oracle
from tests.fuzz.inputs import CLASSES, MOBILES, RESIDENTS, WIDE, Hostile
from tests.fuzz.judge import shown
from tests.support.builders import a_checkup, a_registration, a_source
from tests.support.pipeline import publish, read_topic
from tests.support.stores import ask

PROCESSES = ("broker", "store", *STAGES)
SOURCES = ("clinic:chengguan", "center:yucai", "clinic:shiliting")
GOOD = tuple(f"good {n}" for n in range(20))
OF_EACH_CLASS = 20
AT = "2026-03-02T09:30:00+08:00"
NUMBERS = (*RESIDENTS, *MOBILES)


@dataclass(frozen=True)
class Published:
    """A hostile record, and where the broker has it."""

    sent: Hostile
    at: RecordMetadata

    @property
    def place(self) -> tuple[str, int, int]:
        return (self.at.topic, self.at.partition, self.at.offset)

    @property
    def codes(self) -> frozenset[str]:
        sent = self.sent
        return oracle.codes(sent.topic, sent.key, sent.value, self.at.timestamp, sent.planted)


@dataclass(frozen=True)
class Taken:
    """A stack that has taken them all in; `pids` from before."""

    stack: Stack
    settings: Settings
    published: list[Published]
    pids: dict[str, int | None]


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    data = tmp_path_factory.mktemp("hostile") / "data"
    with Stack(data=data, clock="manual", partitions=2) as stack:
        publish(stack.kafka, [*map(a_source, SOURCES), *(a_registration(name) for name in GOOD)])
        pids = {name: stack.pid(name) for name in PROCESSES}
        published = _published(stack.kafka)
        tick(stack.settings, datetime.fromisoformat("2026-06-01T16:00:00+08:00"))
        wait(stack.settings, 200)
        yield Taken(stack, stack.settings, published, pids)


def _published(servers: str) -> list[Published]:
    """Some of each class, a good record of another child behind each; by plain kafka-python."""
    rng = random.Random(20_261_125)
    hostile = [make(rng) for make, _ in CLASSES.values() for _ in range(OF_EACH_CLASS)]
    rng.shuffle(hostile)
    producer = KafkaProducer(bootstrap_servers=servers, acks="all", max_request_size=1 << 21)
    futures = []
    for number, sent in enumerate(hostile):
        headers = [(name, value) for name, value in sent.headers]
        futures.append(producer.send(sent.topic, sent.value, sent.key, headers))
        good = a_checkup(GOOD[number % len(GOOD)], AT, recordid=f"G{number}")
        producer.send("clinic-events", orjson.dumps(good), good["subject"].encode())
    producer.flush(60)
    producer.close()
    return [Published(sent, future.get(0)) for sent, future in zip(hostile, futures, strict=True)]


def places_of(taken: Taken, table: str, where: str = "1") -> Counter[tuple[str, int, int]]:
    found = ask(taken.settings, f"SELECT topic, partition, offset FROM {table} WHERE {where}")
    return Counter((str(topic), int(partition), int(offset)) for topic, partition, offset in found)


def test_every_good_record_stands_once(taken: Taken) -> None:
    sql = "SELECT record_id FROM huiyu.timeline WHERE record_id LIKE 'G%' AND kind = 'checkup.recorded'"
    assert Counter(name for (name,) in ask(taken.settings, sql)) == Counter(
        f"G{number}" for number in range(len(taken.published))
    )


def test_each_hostile_record_has_one_answer_that_the_oracle_allows(taken: Taken) -> None:
    refused = {
        (str(topic), int(partition), int(offset)): str(code)
        for topic, partition, offset, code in ask(
            taken.settings, "SELECT topic, partition, offset, code FROM huiyu.rejections"
        )
    }
    assert set(places_of(taken, "huiyu.rejections").values()) == {1}
    sent_on = places_of(taken, "huiyu_store.events FINAL", "via = 'child-events'")
    facts = places_of(
        taken, "huiyu_store.events FINAL", "topic = 'registry-events' AND child_id = '' AND center_id = ''"
    )
    waiting = {str(subject) for (subject,) in ask(taken.settings, "SELECT subject FROM huiyu.unlinked_subjects")}
    wrong = []
    for one in taken.published:
        answers = [refused[one.place]] if one.place in refused else []
        answers += [""] * (one.place in sent_on or one.place in facts)
        if not answers and "" in one.codes:
            event = orjson.loads(one.sent.value or b"")
            answers += [""] * (event["subject"] in waiting or event["type"] == "reporting.completed.v1")
        if len(answers) != 1 or answers[0] not in one.codes:
            wrong.append((one.sent.name, one.place, answers, sorted(one.codes)))
    assert wrong == []
    assert len(taken.published) == OF_EACH_CLASS * len(CLASSES)


def test_nothing_was_restarted(taken: Taken) -> None:
    assert {name: taken.stack.pid(name) for name in PROCESSES} == taken.pids
    assert None not in taken.pids.values()


def test_the_audit_finds_all_of_it_as_it_expects_it(taken: Taken) -> None:
    """It reads the same bytes with DuckDB's JSON reader."""
    report = audit(taken.settings)
    assert [str(difference) for difference in report.differences[:20]] == []
    assert {check.name: check.compared for check in report.checks}["rejections"] > 0


def test_no_number_is_in_a_log(taken: Taken) -> None:
    logs = [path for path in taken.stack.layout.logs.rglob("*") if path.is_file()]
    assert len(logs) >= len(PROCESSES)
    texts = {path.name: shown(path.read_text(errors="replace")) for path in logs}
    assert [name for name, text in texts.items() if any(number in text for number in NUMBERS)] == []


def _rows_with(settings: Settings, table: str, column: str, forms: str) -> int:
    holds = f"multiSearchAnyCaseInsensitiveUTF8(toString(`{column}`), [{forms}])"
    return int(ask(settings, f"SELECT count() FROM huiyu_store.{table} WHERE {holds}")[0][0])


def test_no_number_is_in_a_column_of_the_store(taken: Taken) -> None:
    columns = ask(
        taken.settings,
        "SELECT table, name FROM system.columns WHERE database = 'huiyu_store' AND type LIKE '%String%'",
    )
    forms = ", ".join(f"'{form}'" for number in NUMBERS for form in (number, number.translate(WIDE)))
    assert len(columns) > 100
    holding = [(table, name) for table, name in columns if _rows_with(taken.settings, table, name, forms)]
    assert holding == []


@pytest.mark.parametrize(
    "topic", ["rejected-events", "child-events", "facility-events", "timeline-entries", "store-rows"]
)
def test_no_number_is_on_a_topic_that_huiyu_writes(taken: Taken, topic: str) -> None:
    kept = [
        part
        for record in read_topic(taken.stack.kafka, topic)
        for part in (record.key or b"", record.value or b"", *(value for _, value in record.headers))
    ]
    readings = [shown(part.decode(encoding, "ignore")) for part in kept for encoding in ("utf-8", "utf-16-le")]
    assert [text[:80] for text in readings if any(number in text for number in NUMBERS)] == []


def test_every_class_and_most_codes_were_there(taken: Taken) -> None:
    """That something is found by the tests above if it is wrong."""
    codes = {str(code) for (code,) in ask(taken.settings, "SELECT DISTINCT code FROM huiyu.rejections")}
    assert len(codes) >= 11
    assert any(one.sent.planted for one in taken.published)
