"""AsyncAPI 3.0 document of the public topics and the messages on them; huiyu is the application it describes."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from schemas.event import VERSION_SUFFIX
from schemas.kinds import KINDS, TOPICS, Kind
from streams import topics
from streams.catalogue.examples import Examples
from streams.catalogue.public_messages import public_messages
from streams.topics import Topic

BINDING = "0.5.0"
"""Version of AsyncAPI's Kafka binding."""
WRITTEN_BY_OTHERS = (*topics.SOURCE_TOPICS, topics.ALERT_ACTIONS)

Part = dict[str, Any]


def async_api(examples: Examples) -> Part:
    """The whole document."""
    public = [topic for topic in topics.TOPICS if topic.public]
    own = public_messages()
    events = {name: _event(kind, examples) for name, kind in KINDS.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "huiyu 汇育",
            "version": version("huiyu"),
            "description": "Events of clinics, childcare centres and the county health bureau, and what huiyu makes of "
            "them. The topics that huiyu writes are read with isolation.level=read_committed.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic, _names(topic, own)) for topic in public},
        "operations": {f"{_action(topic)}-{topic.name}": _operation(topic, _names(topic, own)) for topic in public},
        "components": {"messages": events | own},
    }


def _names(topic: Topic, own: Iterable[str]) -> list[str]:
    """The messages of a topic: kinds of its side and of every side, or the one that is called as the topic."""
    if topic.name in own:
        return [topic.name]
    return [name for name, kind in KINDS.items() if kind.side is None or TOPICS[kind.side] == topic.name]


def _action(topic: Topic) -> str:
    return "receive" if topic.name in WRITTEN_BY_OTHERS else "send"


def _channel(topic: Topic, names: list[str]) -> Part:
    configured = {name: _number(value) for name, value in topic.config.items()}
    return {
        "address": topic.name,
        "description": f"{topic.purpose}; kept: {topic.kept}",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"kafka": {"topicConfiguration": configured, "bindingVersion": BINDING}},
    }


def _number(value: str) -> int | str:
    return int(value) if value.removeprefix("-").isdigit() else value


def _operation(topic: Topic, names: list[str]) -> Part:
    channel = f"#/channels/{topic.name}"
    return {
        "action": _action(topic),
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in names],
    }


def _event(kind: Kind, examples: Examples) -> Part:
    return {
        "name": f"{kind.name}{VERSION_SUFFIX}",
        "title": kind.model.zh,
        "summary": (kind.model.__doc__ or "").strip().partition("\n")[0],
        "contentType": "application/cloudevents+json",
        "payload": {"$ref": f"schemas/{kind.name}.json"},
        "bindings": {"kafka": {"key": {"type": "string", "description": "the event's subject"}}},
        "examples": [{"name": kind.name, "payload": examples.event(kind.name)}],
    }
