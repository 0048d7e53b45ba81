"""Sends the events of a sheet: those that the broker does not have yet, as they are, by what is remembered of it."""

from __future__ import annotations

from collections.abc import Sequence

from kafka.errors import KafkaError

from streams.embedded.topics_admin import connect
from streams.errors import BrokerAway
from streams.publish.envelope import Envelope
from streams.publish.publisher import Publisher
from streams.publish.sheet.sent import Plan, Sent
from streams.settings import Settings


def deliver(events: Sequence[Envelope], publisher: Publisher, memory: Sent, least_revision: int = 1) -> Plan:
    """Publish what changed and wait until it is acknowledged; what was done. Raises what they do."""
    plan = memory.plan(events, least_revision)
    memory.sending(plan.to_send)
    for event in plan.to_send:
        publisher.publish(event)
    publisher.flush()
    memory.acknowledged(plan.to_send)
    return plan


def cluster_of(settings: Settings) -> str:
    """The broker's own name for its cluster: another one has nothing of what this one was sent. Raises BrokerAway."""
    admin = connect(settings)
    try:
        return str(admin.describe_cluster()["cluster_id"])
    except KafkaError as error:
        raise BrokerAway(f"the broker does not say which cluster it is: {type(error).__name__}") from error
    finally:
        admin.close()
