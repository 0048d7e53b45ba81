"""The AsyncAPI document: its parts belong together, and real messages are what it says they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas.check import Refused, check
from schemas.internal import Origin
from schemas.kinds import KINDS
from streams.rejecting import rejected
from streams.topics import TOPICS
from tests.support.builders import a_checkup, a_registration, child_of
from tests.support.pipeline import topic_of
from tests.unit.catalogue.places import EXAMPLES, REFERENCE, loaded
from tests.unit.timeline.shard import Shard, event_message, watermark

DOCUMENT = loaded(REFERENCE / "asyncapi.json")
MESSAGES = DOCUMENT["components"]["messages"]


def references(value: Any) -> Iterator[str]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and isinstance(value.get("$ref"), str):
        yield value["$ref"]
    for inner in inside:
        yield from references(inner)


def pointed_at(reference: str) -> Any:
    found: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def test_every_reference_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        if reference.startswith("#"):
            assert pointed_at(reference)
        else:
            assert (REFERENCE / reference).is_file()


def test_its_channels_are_the_public_topics() -> None:
    assert set(DOCUMENT["channels"]) == {topic.name for topic in TOPICS if topic.public}
    assert {channel["address"] for channel in DOCUMENT["channels"].values()} == set(DOCUMENT["channels"])


def test_huiyu_receives_what_others_write_and_sends_the_rest() -> None:
    actions = {each["channel"]["$ref"].rpartition("/")[2]: each["action"] for each in DOCUMENT["operations"].values()}
    received = {topic for topic, action in actions.items() if action == "receive"}
    assert received == {"clinic-events", "center-events", "registry-events", "alert-actions"}
    assert set(actions) - received == {"rejected-events", "timeline-entries", "alerts"}


@pytest.mark.parametrize("path", sorted((EXAMPLES / "valid").iterdir()), ids=lambda path: path.stem)
def test_an_event_is_a_message_of_the_topic_that_the_contract_gives_it(path: Any) -> None:
    event = loaded(path)
    kind = event["type"].removesuffix(".v1")
    assert kind in DOCUMENT["channels"][topic_of(event)]["messages"]


def test_every_message_is_on_a_topic_and_every_kind_is_a_message() -> None:
    sent = {name for channel in DOCUMENT["channels"].values() for name in channel["messages"]}
    assert sent == set(MESSAGES)
    assert set(KINDS) <= sent


def test_a_rejection_carries_the_headers_that_it_tells_of() -> None:
    refusal = check(b"{", None, "clinic-events", 0)
    assert isinstance(refusal, Refused)
    output = rejected(0, Origin("clinic-events", 0, 7, 0), refusal)
    headers = {name: value.decode() for name, value in output.headers}
    schema = MESSAGES["rejected-events"]["headers"]
    Draft202012Validator(schema).validate(headers)
    assert set(headers) == set(schema["properties"])


def test_entries_and_alerts_are_as_it_says() -> None:
    """What the timeline stage sends of a child who missed every checkup."""
    shard = Shard()
    child = child_of(a_registration("late", "2025-01-01")["subject"])
    registration = event_message(a_registration("late", "2025-01-01"), child=child)
    checkup = event_message(a_checkup("late", "2025-02-01T09:00:00+08:00"), child=child, number=1)
    outputs = shard.send(registration, checkup, watermark("2026-03-01")).outputs
    for topic in ("timeline-entries", "alerts"):
        schema = Draft202012Validator(MESSAGES[topic]["payload"])
        bodies = [json.loads(output.value or b"") for output in outputs if output.topic == topic]
        assert bodies
        for body in bodies:
            schema.validate(body)
            assert set(body["row"]) <= set(MESSAGES[topic]["payload"]["properties"]["row"]["properties"])
