"""The cloudevents package reads what we send, and we accept what it writes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka_event, from_structured_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from schemas.check import Accepted, check
from streams.publish import new_event
from streams.publish.link import STRUCTURED

VALID = sorted((Path(__file__).parents[2] / "examples" / "events" / "valid").glob("*.json"))
CHILD = "cn-id:9350d5bc5f0d67b484016b03a93dfbe9"
AT = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_every_example_is_a_cloudevent_to_the_cloudevents_package(path: Path) -> None:
    event = json.loads(path.read_bytes())
    message = KafkaMessage(headers={}, key=event["subject"], value=path.read_bytes())
    parsed = from_structured_event(message)
    assert (parsed.get_id(), parsed.get_source(), parsed.get_type()) == (event["id"], event["source"], event["type"])
    assert parsed.get_subject() == event["subject"]
    assert parsed.get_time() == datetime.fromisoformat(event["time"])
    assert parsed.get_data() == event["data"]
    assert parsed.get_extension("recordid") == event.get("recordid")


def test_what_the_sdk_sends_is_recognised_by_its_header() -> None:
    event = new_event("checkup.recorded", "clinic:a", CHILD, {"clinic_id": "a", "weight_kg": 9.6}, AT, recordid="V-17")
    headers = {name: value.decode() for name, value in STRUCTURED}
    parsed = from_kafka_event(KafkaMessage(headers=headers, key=CHILD, value=json.dumps(event).encode()))
    assert parsed.get_specversion() == "1.0"
    assert parsed.get_extension("recordid") == "V-17"
    assert parsed.get_data() == {"clinic_id": "a", "weight_kg": 9.6}


def test_an_event_made_with_the_cloudevents_package_is_accepted() -> None:
    attributes = {
        "id": "1",
        "source": "clinic:a",
        "type": "checkup.recorded.v1",
        "specversion": "1.0",
        "subject": CHILD,
        "time": AT,
        "recordid": "V-17",
        "revision": 2,
    }
    message = to_structured_event(CloudEvent(attributes, {"clinic_id": "a", "weight_kg": 9.6}))
    value = message.value if isinstance(message.value, bytes) else str(message.value).encode()
    answer = check(value, CHILD.encode(), "clinic-events", int(AT.timestamp() * 1000))
    assert isinstance(answer, Accepted)
    assert (answer.event.recordid, answer.event.revision) == ("V-17", 2)
