"""Forgets all that follows from the source topics, so that the stages make it anew: state, what they sent, the store.

The sources, the ticks and people's acknowledgements stay. It may be repeated, and must be when it was interrupted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing

from kafka import KafkaAdminClient

from streams.embedded.alone import Busy
from streams.embedded.ports import without_own
from streams.embedded.stack import STAGES, Stack
from streams.embedded.topics_admin import apply_topics, connect, partitions
from streams.errors import BrokerAway
from streams.settings import Settings
from streams.store.migrate import empty, migrate
from streams.topics import ALERT_ACTIONS, CLOCK, SOURCE_TOPICS, TOPICS

KEPT = (*SOURCE_TOPICS, CLOCK, ALERT_ACTIONS)
DERIVED = tuple(topic.name for topic in TOPICS if topic.name not in KEPT)
GROUPS = [f"huiyu-{stage}" for stage in STAGES]
PATIENCE_S = 30.0
"""A stage that was killed is in its group for its session's time-out; a topic is deleted in the background."""


def rebuild(settings: Settings) -> None:
    """Of the stack in DATA, whose stages must not run; or of the broker and the store that are set. Raises Failure."""
    stack = Stack(settings.data, stages=(), settings=settings)
    given = without_own(stack.layout, settings)
    if given.kafka and given.clickhouse:
        forget(given)
        return
    if not stack.up():
        raise Busy(f"the stack in {stack.layout.data} runs: `huiyu down`, then `huiyu rebuild --yes`, then `huiyu up`")
    try:
        forget(stack.settings)
    finally:
        stack.down()


def forget(settings: Settings) -> None:
    """Empty the store, delete what the stages wrote and how far they had read. Raises Busy while a stage runs."""
    with closing(connect(settings)) as admin:
        _until(lambda: not _busy(admin), lambda: Busy(f"{', '.join(_busy(admin))} still run: stop the stages first"))
        migrate(settings)
        empty(settings)
        admin.delete_groups(GROUPS)
        admin.delete_topics([name for name in DERIVED if name in partitions(admin)])
        _until(
            lambda: not partitions(admin).keys() & set(DERIVED), lambda: BrokerAway("the topics are not deleted yet")
        )
    apply_topics(settings)


def _busy(admin: KafkaAdminClient) -> list[str]:
    """The groups that have members."""
    described = admin.describe_groups(GROUPS)
    return [group for group in GROUPS if described[group]["members"]]


def _until(condition: Callable[[], bool], failure: Callable[[], Exception]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise failure()
        time.sleep(0.2)
