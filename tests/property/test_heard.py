"""Until when sources were heard, as later stages are told it with a tick: what was published before it, and no more."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.internal import unpack
from streams.intake.stage import IntakeStage
from streams.topics import CHILD_EVENTS, CLOCK, EXCHANGE, FACILITY_EVENTS, SOURCE_TOPICS
from tests.support.builders import a_checkup, an_event, subject_of
from tests.support.pipeline import topic_of
from tests.support.simulated_broker import Runner, SimulatedBroker, run_to_end, tick

SOURCES = (*SOURCE_TOPICS, CLOCK, EXCHANGE)
START = datetime(2026, 3, 1, tzinfo=UTC)
MINUTES = 15
Event = dict[str, Any]


def at(minutes: int) -> str:
    return (START + timedelta(minutes=minutes)).isoformat()


@st.composite
def _events(draw: st.DrawFn) -> tuple[Event, datetime]:
    """An event of one of two clinics, and until when that clinic is heard by it."""
    clinic, happened = draw(st.sampled_from(["chengguan", "nanguan"])), draw(st.integers(0, 4_000))
    recorded = draw(st.none() | st.integers(0, 4_000))
    number = f"R{draw(st.integers(0, 10**9))}"
    source = f"clinic:{clinic}"
    if draw(st.booleans()):
        data = {"through": at(happened)}
        event = an_event("reporting.completed", source, f"source:{source}", data, at(recorded or 0), recordid=number)
        return event, START + timedelta(minutes=max(happened, recorded or 0))
    event = a_checkup(draw(st.sampled_from("abcd")), at(happened), clinic, recordid=number)
    if draw(st.booleans()):
        data = {"kind": "checkup.recorded", "reason": "mistaken"}
        event = an_event("record.retracted", source, subject_of("a"), data, at(happened), recordid=number, revision=2)
    if recorded is not None:
        event["recordedtime"] = at(recorded)
    return event, START + timedelta(minutes=happened if recorded is None else recorded)


def _quarter(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // MINUTES * MINUTES, second=0, microsecond=0)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(_events(), max_size=8), min_size=1, max_size=4), st.integers(1, 3), st.integers(0, 10_000))
def test_with_each_tick_comes_what_was_published_before_it(
    days: list[list[tuple[Event, datetime]]], partitions: int, seed: int
) -> None:
    rng, broker = random.Random(seed), SimulatedBroker()
    runners = [Runner(broker, SOURCES, p, lambda p: IntakeStage(p, partitions)) for p in range(partitions)]
    expected: dict[str, dict[str, datetime]] = {}
    heard: dict[str, datetime] = {}
    for day, events in enumerate(days):
        for event, until in events:
            heard[event["source"]] = max(until, heard.get(event["source"], START))
            for _ in range(rng.choice((1, 1, 2))):
                value, key = orjson.dumps(event), event["subject"].encode()
                broker.append(topic_of(event), rng.randrange(partitions), key, value)
        moment = START + timedelta(days=10 + day)
        expected[moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")] = dict(heard)
        tick(broker, partitions, moment)
        if rng.random() < 0.3:
            run_to_end(runners, rng, most=3)
    run_to_end(runners, rng, most=3)
    for topic in (CHILD_EVENTS, FACILITY_EVENTS):
        for partition in range(partitions):
            _judge(broker, topic, partition, partitions, expected)


def _judge(
    broker: SimulatedBroker, topic: str, partition: int, partitions: int, expected: dict[str, dict[str, datetime]]
) -> None:
    """A stage that reads this partition knows at each of its ticks what was heard by then, to a quarter of an hour."""
    told: dict[str, dict[str, str]] = {}
    seen = dict.fromkeys(range(partitions), "")
    ticks = []
    for record in broker.logs[topic, partition]:
        meta, _ = unpack(record.value or b"")
        if meta["t"] == "heard":
            assert meta["now"] > seen[meta["origin"]], "it comes in front of its watermark"
            for source, until in meta["heard"].items():
                told.setdefault(meta["now"], {})[source] = max(until, told.get(meta["now"], {}).get(source, ""))
        elif meta["t"] == "watermark":
            before = min(seen.values())
            seen[meta["origin"]] = max(meta["now"], seen[meta["origin"]])
            if min(seen.values()) > before:
                ticks.append(min(seen.values()))
    assert ticks[-1] == max(expected)
    for now in ticks:
        known: dict[str, datetime] = {}
        for told_with, heard in told.items():
            for source, until in heard.items():
                if told_with <= now:
                    known[source] = max(datetime.fromisoformat(until), known.get(source, START))
        assert {source: _quarter(until) for source, until in known.items()} == {
            source: _quarter(until) for source, until in expected[now].items()
        }
