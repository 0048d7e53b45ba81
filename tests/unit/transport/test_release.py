"""A decision with more to come is a series of commits: a kill between two of them loses and doubles nothing."""

from __future__ import annotations

import random
from collections import Counter

import orjson

from schemas.internal import unpack
from streams.intake.placing import MOST_RELEASED_A_STEP
from streams.intake.stage import IntakeStage
from streams.topics import CHILD_EVENTS, CLOCK, EXCHANGE, SOURCE_TOPICS
from tests.support.builders import a_checkup, a_registration, a_source
from tests.support.pipeline import topic_of
from tests.support.simulated_broker import Runner, SimulatedBroker

WAITING = ("ann", "bo", "cai")


def _publish(broker: SimulatedBroker, event: dict[str, object]) -> None:
    broker.append(topic_of(event), 0, str(event["subject"]).encode(), orjson.dumps(event))


def _parked_for(name: str) -> list[dict[str, object]]:
    each = MOST_RELEASED_A_STEP * 2 // len(WAITING)
    return [a_checkup(name, "2026-01-02T09:00:00+08:00", recordid=f"{name}-{n}") for n in range(each)]


def test_a_release_that_a_kill_cut_short_is_finished_by_who_opens_the_partition_next() -> None:
    broker, rng = SimulatedBroker(), random.Random(1)
    intake = Runner(broker, (*SOURCE_TOPICS, CLOCK, EXCHANGE), 0, lambda p: IntakeStage(p, 1))
    parked = [event for name in WAITING for event in [a_registration(name), *_parked_for(name)]]
    for event in parked:
        _publish(broker, event)
    while intake.behind():
        intake.step(rng, len(parked))

    _publish(broker, a_source("clinic:chengguan"))  # one event that lets all of them go
    while intake.behind():
        intake.step(rng, 1, killed_after=1)

    told = [unpack(record.value or b"") for record in broker.all(CHILD_EVENTS, 1)]
    sent = Counter(orjson.loads(raw)["id"] for meta, raw in told if meta["t"] == "event")
    assert sent == Counter(str(event["id"]) for event in parked)
