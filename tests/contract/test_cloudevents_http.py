"""What the cloudevents package sends by HTTP, in either mode, is taken as the event that it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat

from schemas.check import Accepted, check
from streams.serve import tokens
from tests.support.http_api import AT, Api

VALID = sorted((Path(__file__).parents[2] / "examples" / "events" / "valid").glob("*.json"))
MODES = {"binary": to_binary_event, "structured": to_structured_event}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_every_example_arrives_as_it_is(path: Path, mode: str, tmp_path: Path) -> None:
    raw = path.read_bytes()
    message = MODES[mode](JSONFormat().read(None, raw))
    api = Api(tmp_path)
    source = json.loads(raw)["source"]
    answer = send(api, message, tokens.create(api.file, source, AT))
    assert answer["accepted"] == 1, answer
    (sent,) = api.log.taken
    expected, found = check(raw, None, None, None), check(sent.value, sent.subject.encode(), sent.topic, None)
    assert isinstance(expected, Accepted)
    assert isinstance(found, Accepted)
    assert found.event._replace(time="", recordedtime=None) == expected.event._replace(time="", recordedtime=None)
    assert found.event.at == expected.event.at


def send(api: Api, message: HTTPMessage, token: str) -> Any:
    headers = dict(message.headers)
    content_type: Callable[..., str] = headers.pop
    return api.send(message.body, content_type("content-type", "application/json"), token, headers=headers).json()


def test_both_modes_are_seen_as_what_they_are(tmp_path: Path) -> None:
    event = JSONFormat().read(None, VALID[0].read_bytes())
    assert "ce-id" in to_binary_event(event).headers
    assert to_structured_event(event).headers["content-type"].startswith("application/cloudevents+json")
