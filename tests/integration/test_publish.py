"""Publishing on a real broker: where events land, what is refused, what happens when the broker is away."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka_event

from streams.embedded.stack import Stack
from streams.errors import BrokerAway
from streams.publish import Publisher, Refused
from tests.support.builders import a_checkup, a_registration, an_event, subject_of
from tests.support.pipeline import read_topic

PARTITIONS = 8
AT = "2026-03-02T09:30:00+08:00"

JAVA_MURMUR2 = {
    "cn-id:9350d5bc5f0d67b484016b03a93dfbe9": 983795006,
    "local:00000000000000000000000000000000": 1240827637,
    "birth-cert:ffffffffffffffffffffffffffffffff": 191846112,
    "center:yucai": 1979601675,
    "source:clinic:chengguan": 1199720152,
    "staff:0123456789abcdef0123456789abcdef": 1312955714,
    "contract:HT-2026-001": 1497325359,
    "calendar:2026": 2009981065,
    "region:130423": 1778785164,
}
"""toPositive(murmur2(key)) as org.apache.kafka.common.utils.Utils of kafka-clients 4.3.1 computes it on a JVM."""

DATA: dict[str, tuple[str, dict[str, Any]]] = {
    "center": ("center.filed", {"name": "Yucai", "kind": "community", "ownership": "public", "places": 90,
                                "inclusive_places": 60}),
    "source": ("source.registered", {"side": "clinic", "cadence": "working-days"}),
    "staff": ("staff.certified", {"center_id": "yucai", "role": "carer", "certificate": "C-1"}),
    "contract": ("contract.signed", {"center_id": "yucai", "clinic_id": "chengguan", "services": ["checkup"],
                                     "from_date": "2026-01-01"}),
    "calendar": ("calendar.published", {"year": 2026, "days_off": ["2026-10-01"], "extra_workdays": []}),
    "region": ("population.reported", {"residents": 455600, "as_of": "2025-12-31"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(data=tmp_path_factory.mktemp("publish") / "data", stages=(), partitions=PARTITIONS) as running:
        yield running


@pytest.fixture
def kafka(stack: Stack) -> str:
    return stack.kafka


def about(subject: str) -> dict[str, Any]:
    """A valid event with this subject."""
    kind, data = DATA.get(subject.partition(":")[0], ("checkup.recorded", {"clinic_id": "chengguan"}))
    source = "clinic:chengguan" if kind == "checkup.recorded" else "registry:bureau"
    return an_event(kind, source, subject, data, AT)


def records_of(kafka: str, topic: str, subject: str) -> list[Any]:
    return [record for record in read_topic(kafka, topic) if record.key == subject.encode()]


def huiyu(kafka: str, *arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "streams.cli", *map(str, arguments)]
    env = {**os.environ, "HUIYU_KAFKA": kafka}
    done = subprocess.run(command, input=stdin, capture_output=True, env=env, timeout=120, check=False)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize("subject", JAVA_MURMUR2)
def test_an_event_lies_where_javas_partitioner_puts_its_key(kafka: str, subject: str) -> None:
    with Publisher(kafka) as publisher:
        receipt = publisher.publish(about(subject))
    (record,) = records_of(kafka, receipt.topic, subject)
    assert record.partition == JAVA_MURMUR2[subject] % PARTITIONS
    assert receipt.position is not None
    assert (receipt.position.partition, receipt.position.offset) == (record.partition, record.offset)


def test_the_topic_follows_the_kind_and_the_bytes_travel_as_they_are(kafka: str) -> None:
    child = subject_of("topics")
    checkup = orjson.dumps(a_checkup("topics", AT), option=orjson.OPT_INDENT_2)
    data = {"center_id": "yucai", "class_id": "1", "date": "2026-03-02", "status": "present"}
    attendance = orjson.dumps(an_event("attendance.recorded", "center:yucai", child, data, AT))
    with Publisher(kafka) as publisher:
        publisher.publish(checkup)
        publisher.publish(attendance)
    assert [record.value for record in records_of(kafka, "clinic-events", child)] == [checkup]
    assert [record.value for record in records_of(kafka, "center-events", child)] == [attendance]


def test_what_the_sdk_sends_is_a_cloudevent_to_others_too(kafka: str) -> None:
    """Read by the CloudEvents project's own package, through its Kafka binding."""
    child = subject_of("cloudevent")
    data = {"clinic_id": "a", "weight_kg": 9.6, "conclusions": ["发育正常"]}
    with Publisher(kafka, source="clinic:a") as publisher:
        publisher.record("checkup.recorded", child, data, AT, recordid="V-1", revision=2, recordedtime=AT)
    (record,) = records_of(kafka, "clinic-events", child)
    event = from_kafka_event(KafkaMessage(dict(record.headers), record.key, record.value))
    assert (event.get_source(), event.get_type(), event.get_subject()) == ("clinic:a", "checkup.recorded.v1", child)
    assert (event.get_time(), event.get_data()) == (datetime.fromisoformat(AT), data)
    assert (event.get_extension("recordid"), event.get_extension("revision")) == ("V-1", 2)


def test_a_source_records_and_reports_that_it_is_complete(kafka: str) -> None:
    with Publisher(kafka, source="clinic:reporting") as publisher:
        publisher.record("checkup.recorded", subject_of("r"), {"clinic_id": "reporting"}, AT, recordid="V-1")
        publisher.reporting_completed(datetime(2026, 3, 2, 16, 0, tzinfo=UTC))
        assert publisher.flush() == 2
    (complete,) = records_of(kafka, "clinic-events", "source:clinic:reporting")
    assert orjson.loads(complete.value)["data"] == {"through": "2026-03-02T16:00:00+00:00"}


def test_what_is_refused_is_not_sent_and_says_everything_that_is_wrong(kafka: str) -> None:
    event = a_checkup("refused", AT, weight_kg=960, length_height_cm=7.5)
    with Publisher(kafka) as publisher, pytest.raises(Refused) as refusal:
        publisher.publish(event)
    assert [problem.path for problem in refusal.value.problems] == ["/data/weight_kg", "/data/length_height_cm"]
    assert records_of(kafka, "clinic-events", subject_of("refused")) == []


def test_refused_lines_are_named_and_all_others_are_delivered(kafka: str, tmp_path: Path) -> None:
    lines = [orjson.dumps(a_checkup("lines", AT, recordid=f"V-{number}")) for number in range(40)]
    lines[7] = orjson.dumps(a_checkup("lines", AT, weight_kg=960))
    lines[20] = b"{"
    file = tmp_path / "day.jsonl"
    file.write_bytes(b"\n".join(lines))
    done = huiyu(kafka, "publish", file)
    first, second = done.stderr.splitlines()
    assert first.startswith(f"{file}:8: bad-value /data/weight_kg: ")
    assert "from 0.3 to 60" in first
    assert second.startswith(f"{file}:21: not-json: ")
    assert (done.stdout, done.returncode) == ("38 published and acknowledged, 2 refused\n", 1)
    assert len(records_of(kafka, "clinic-events", subject_of("lines"))) == 38


def test_events_come_from_standard_input_and_nothing_is_said_but_the_sum(kafka: str) -> None:
    done = huiyu(kafka, "publish", "-", stdin=orjson.dumps(a_registration("stdin")))
    assert (done.stdout, done.stderr, done.returncode) == ("1 published and acknowledged, 0 refused\n", "", 0)
    assert len(records_of(kafka, "clinic-events", subject_of("stdin"))) == 1


def test_whos_survey_arrives_with_all_its_children(kafka: str) -> None:
    done = huiyu(kafka, "import", "--example", "who-survey")
    counts = "498 rows: 498 checkup.recorded, 498 child.registered; 0 refused (published and acknowledged)\n"
    assert (done.stdout, done.stderr, done.returncode) == (counts, "", 0)
    sent = [orjson.loads(record.value) for record in read_topic(kafka, "clinic-events")]
    survey = [event for event in sent if event["source"] == "clinic:who-survey"]
    assert len({event["subject"] for event in survey}) == 498
    assert len(survey) == 996


def test_more_events_than_may_be_in_flight_arrive_in_order(kafka: str) -> None:
    """More than may be in flight at once: the publisher waits for the oldest and goes on."""
    child = subject_of("many")
    with Publisher(kafka, source="clinic:a") as publisher:
        for number in range(25_000):
            publisher.record("checkup.recorded", child, {"clinic_id": "a"}, AT, recordid=str(number))
        assert publisher.flush() == 25_000
    found = [orjson.loads(record.value)["recordid"] for record in records_of(kafka, "clinic-events", child)]
    assert found == [str(number) for number in range(25_000)]


def test_a_broker_that_is_killed_and_comes_back_has_every_event_that_was_published(stack: Stack) -> None:
    child = subject_of("killed")
    with Publisher(stack.kafka, source="clinic:a") as publisher:
        for number in range(12_000):
            publisher.record("checkup.recorded", child, {"clinic_id": "a"}, AT, recordid=str(number))
            if number == 5_000:
                stack.kill("broker")
        assert publisher.flush() == 12_000
    found = {orjson.loads(record.value)["recordid"] for record in records_of(stack.kafka, "clinic-events", child)}
    assert found == {str(number) for number in range(12_000)}


def test_a_broker_that_is_away_is_one_line_and_exit_code_4(tmp_path: Path) -> None:
    file = tmp_path / "day.jsonl"
    file.write_bytes(orjson.dumps(a_registration("away")))
    done = huiyu(f"127.0.0.1:{a_free_port()}", "publish", file)
    assert done.returncode == 4
    assert done.stderr.startswith("huiyu: no Kafka broker answers at 127.0.0.1:")
    assert done.stderr.count("\n") == 1


def test_the_sdk_says_that_the_broker_is_away_within_the_time_it_was_given() -> None:
    with pytest.raises(BrokerAway, match=r"within 0\.5 s"):
        Publisher(f"127.0.0.1:{a_free_port()}", answer_within_s=0.5)


def a_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
