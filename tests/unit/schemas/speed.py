"""How many events a second one core checks: `python -m tests.unit.schemas.speed`. A measurement, not a test."""

from __future__ import annotations

import json
import time

import orjson

from schemas.check import Accepted, check
from schemas.kinds import kind_of_type, topic_for
from schemas.ranges import shape_problems
from tests.unit.schemas.published import NOON, an_event

EVENTS = 20_000
ROUNDS = 5


def main() -> None:
    """Events a second: bytes to model (parse and validation), and the whole check that intake makes of a record."""
    for kind in ("checkup.recorded", "attendance.recorded", "health-check.recorded", "child.registered"):
        event = an_event(kind)
        raw = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        key, topic = event["subject"].encode(), topic_for(event)
        assert isinstance(check(raw, key, topic, NOON), Accepted)
        model = min(_seconds(lambda raw=raw: _to_model(raw)) for _ in range(ROUNDS))
        whole = min(_seconds(lambda raw=raw, key=key, topic=topic: check(raw, key, topic, NOON)) for _ in range(ROUNDS))
        print(f"{kind:24}{len(raw):5} bytes  {1 / model:9,.0f}/s to model  {1 / whole:9,.0f}/s checked")


def _to_model(raw: bytes) -> None:
    body = orjson.loads(raw)
    kind = kind_of_type(body["type"])
    assert kind is not None
    assert not shape_problems(kind.event_model, body)


def _seconds(work: object) -> float:
    assert callable(work)
    start = time.process_time()
    for _ in range(EVENTS):
        work()
    return (time.process_time() - start) / EVENTS


if __name__ == "__main__":
    main()
