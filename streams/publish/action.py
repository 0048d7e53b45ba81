"""Sends what a person did about an alert, checked as the store will check it."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import orjson
from kafka.errors import KafkaError

from schemas.actions import Action, action_of
from streams.clock.tick import connect_producer
from streams.errors import BrokerAway, Failure
from streams.settings import Settings
from streams.topics import ALERT_ACTIONS

SENT_WITHIN_S = 30.0


class BadAction(Failure):
    """The action would be refused: one line for each problem."""

    exit_code = 1


def publish_action(body: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Returns the action once the broker has it. Raises BadAction, BrokerAway."""
    value, key = orjson.dumps(body), str(body.get("alert_id", "")).encode()
    found = action_of(value, key)
    if not isinstance(found, Action):
        raise BadAction("\n".join(map(str, found)))
    with closing(connect_producer(settings)) as producer:
        try:
            producer.send(ALERT_ACTIONS, value, key).get(SENT_WITHIN_S)
        except KafkaError as error:
            raise BrokerAway(f"the broker did not take the action ({type(error).__name__})") from error
    return body
