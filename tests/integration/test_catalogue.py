"""Somebody who has nothing but the catalogue and another make of client can send, and finds what it says there is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Message, Producer
from jsonschema import Draft202012Validator
from kafka.partitioner.default import murmur2

from streams.clock.tick import tick
from streams.clock.wait import wait
from streams.embedded.stack import Stack
from streams.store.client import connect
from tests.support.pages import ROOT, blocks, commands_and_answers, shell
from tests.support.pipeline import read_topic

REFERENCE = ROOT / "docs" / "reference"
ASYNC_API = json.loads((REFERENCE / "asyncapi.json").read_text("utf-8"))
EXAMPLES = {json.loads(text)["type"]: text for text in blocks(REFERENCE / "events.md", "json")}
AFTER = datetime.fromisoformat("2026-03-06T08:00:00+08:00")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("catalogue") / "data") as running:
        tick(running.settings, AFTER)
        yield running


def example(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EXAMPLES[f"{kind}.v1"])
    return found


def send(stack: Stack, *events: dict[str, Any]) -> list[Message]:
    """Publish with librdkafka and its own partitioner, to the topics that the AsyncAPI document names."""
    producer = Producer({"bootstrap.servers": stack.kafka, "acks": "all"})
    delivered: list[Message] = []

    def told(error: object, message: Message) -> None:
        assert error is None
        delivered.append(message)

    for event in events:
        kind = event["type"].removesuffix(".v1")
        (topic,) = [name for name, channel in ASYNC_API["channels"].items() if kind in channel["messages"]]
        producer.produce(topic, json.dumps(event), event["subject"], on_delivery=told)
    assert producer.flush(60) == 0
    return delivered


def rows(stack: Stack, sql: str, **given: object) -> list[dict[str, Any]]:
    client = connect(stack.settings)
    try:
        return list(client.query(sql, parameters=given).named_results())
    finally:
        client.close()


def test_an_example_of_the_catalogue_is_queryable(stack: Stack) -> None:
    child, checkup = example("child.registered"), example("checkup.recorded")
    *_, sent = send(stack, example("source.registered"), child, checkup)
    assert sent.partition() != (murmur2(checkup["subject"].encode()) & 0x7FFFFFFF) % stack.settings.partitions
    wait(stack.settings, 120)
    found = rows(stack, "SELECT kind, data FROM timeline WHERE subject = {s:String}", s=checkup["subject"])
    assert {row["kind"]: json.loads(row["data"]) for row in found} == {
        "child.registered": child["data"],
        "checkup.recorded": checkup["data"],
    }


def test_a_broken_one_is_in_rejections(stack: Stack) -> None:
    broken = example("checkup.recorded") | {"id": "broken", "recordid": "broken"}
    broken["data"]["weight_kg"] = 960
    (sent,) = send(stack, broken)
    wait(stack.settings, 120)
    (row,) = rows(
        stack,
        "SELECT * FROM rejections WHERE topic = {t:String} AND partition = {p:Int32} AND offset = {o:Int64}",
        t=sent.topic(),
        p=sent.partition(),
        o=sent.offset(),
    )
    assert (row["code"], row["path"], row["subject"]) == ("bad-value", "/data/weight_kg", broken["subject"])
    assert rows(stack, "SELECT 1 FROM timeline WHERE record_id = 'broken'") == []


def test_the_public_topics_carry_what_the_catalogue_says(stack: Stack) -> None:
    never_seen = {"id": "never-seen", "recordid": "never-seen", "subject": f"cn-id:{'5e' * 16}"}
    send(stack, example("source.registered"), example("child.registered") | never_seen)
    wait(stack.settings, 120)
    messages = ASYNC_API["components"]["messages"]
    for topic in ("timeline-entries", "alerts"):
        schema = Draft202012Validator(messages[topic]["payload"])
        records = read_topic(stack.kafka, topic)
        assert records
        for record in records:
            schema.validate(json.loads(record.value))
    send(stack, example("checkup.recorded") | {"specversion": "0.3"})
    wait(stack.settings, 120)
    refused = read_topic(stack.kafka, "rejected-events")
    assert refused
    for record in refused:
        Draft202012Validator(messages["rejected-events"]["headers"]).validate(
            {name: value.decode() for name, value in record.headers}
        )


def test_the_page_of_views_is_what_the_store_says_of_itself(stack: Stack) -> None:
    page = (REFERENCE / "tables.md").read_text("utf-8")
    columns = rows(stack, "SELECT table, name, type, comment FROM system.columns WHERE database = 'huiyu'")
    assert len(columns) > 100
    for column in columns:
        chinese, _, english = (part.replace("|", "\\|") for part in column["comment"].partition(" / "))
        section = page.partition(f"\n## {column['table']}\n")[2].partition("\n## ")[0]
        assert f"| `{column['name']}` | `{column['type']}` | {english} | {chinese} |" in section.splitlines()
    views = {row["name"] for row in rows(stack, "SELECT name FROM system.tables WHERE database = 'huiyu'")}
    assert {line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")} == views


def test_the_centres_page_is_true(stack: Stack, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    steps = commands_and_answers(ROOT / "docs" / "centre.md")
    assert len(steps) >= 6
    for script, answer in steps:
        ran = shell(script, tmp_path, HUIYU_KAFKA=stack.kafka, HUIYU_CLICKHOUSE=stack.clickhouse)
        assert ran.returncode == 0, ran.stdout
        assert answer is None or ran.stdout == answer, script
