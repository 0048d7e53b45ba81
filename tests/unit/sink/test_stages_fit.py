"""What the stages really write fits the tables, and its versions are such that replaying it can change no answer."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from streams.centers.stage import CentersStage
from streams.intake.stage import IntakeStage
from streams.sink.batch import Batch
from streams.sink.rows import READERS, Row, rows_of
from streams.store.tables import TABLES
from streams.timeline.stage import TimelineStage
from streams.topics import CHILD_EVENTS, CLOCK, EXCHANGE, FACILITY_EVENTS, SOURCE_TOPICS
from tests.support.builders import a_checkup, a_registration, a_source, an_event, subject_of
from tests.support.pipeline import topic_of
from tests.support.simulated_broker import Runner, SimulatedBroker, run_to_end

PARTITIONS = 3
ZONE = ZoneInfo("Asia/Shanghai")
STAFF = f"staff:{'5' * 32}"


def of_center(kind: str, name: str, day: str, /, **data: Any) -> dict[str, Any]:
    return an_event(kind, "center:yucai", subject_of(name), {"center_id": "yucai", **data}, f"{day}T08:00:00+08:00")


def of_bureau(kind: str, subject: str, /, **data: Any) -> dict[str, Any]:
    return an_event(kind, "registry:bureau", subject, data, "2026-01-01T08:00:00+08:00")


def retracted(event: dict[str, Any]) -> dict[str, Any]:
    data = {"kind": event["type"].removesuffix(".v1"), "reason": "wrong child"}
    more = {"recordid": event["id"], "revision": 2}
    return an_event("record.retracted", event["source"], event["subject"], data, "2026-02-03T08:00:00+08:00", **more)


def a_county() -> list[dict[str, Any]]:
    place = {"class_id": "c1", "band": "toddler", "service": "full-day"}
    wrong = of_center("attendance.recorded", "ann", "2026-02-05", class_id="c1", date="2026-02-05", status="present")
    return [
        *(a_source("clinic:chengguan"), a_source("center:yucai"), a_source("clinic:silent")),
        of_bureau("center.filed", "center:yucai", name="育才", kind="community", ownership="public", places=60,
                  inclusive_places=40),
        of_bureau("clinic.listed", "clinic:chengguan", name="城关", kind="township"),
        of_bureau("contract.signed", "contract:C-1", center_id="yucai", clinic_id="chengguan", services=["checkup"],
                  from_date="2026-01-01"),
        of_bureau("staff.certified", STAFF, center_id="yucai", role="carer", certificate="Z-9"),
        of_bureau("training.completed", STAFF, center_id="yucai", course="first aid", hours=8, date="2026-01-03"),
        of_bureau("guidance.delivered", "center:yucai", center_id="yucai", topics=["feeding"], date="2026-01-04"),
        of_bureau("calendar.published", "calendar:2026", year=2026, days_off=["2026-01-01"], extra_workdays=[]),
        of_bureau("population.reported", "region:130423", residents=455_600, as_of="2025-12-31"),
        *(a_registration(name, "2025-06-01") for name in ("ann", "cui")),
        a_registration("bo", "2024-01-31"),
        *(a_checkup(name, f"2026-0{month}-07T09:00:00+08:00") for name in ("ann", "bo", "nobody") for month in (1, 2)),
        *(of_center("child.enrolled", name, "2026-01-05", from_date="2026-01-05", **place) for name in ("ann", "bo")),
        wrong,
        retracted(wrong),
        of_center("attendance.recorded", "bo", "2026-02-06", class_id="c1", date="2026-02-06", status="absent"),
        of_center("health-check.recorded", "bo", "2026-02-07", class_id="c1", kind="morning", action="sent-home",
                  temperature_c=38),
        a_checkup("ann", "2026-02-08T09:00:00+08:00", weight_kg=900),
        an_event("reporting.completed", "clinic:chengguan", "source:clinic:chengguan",
                 {"through": "2026-05-31T18:00:00+08:00"}, "2026-05-31T19:00:00+08:00"),
    ]  # fmt: skip


def run(seed: int) -> list[Any]:
    """Publish the county twice over in any order with ticks between, run all stages; what the sink reads."""
    rng, broker = random.Random(seed), SimulatedBroker()
    runners = [
        *(Runner(broker, (*SOURCE_TOPICS, CLOCK, EXCHANGE), p, lambda p: IntakeStage(p, PARTITIONS)) for p in range(3)),
        *(Runner(broker, (CHILD_EVENTS,), p, lambda p: TimelineStage(p, PARTITIONS, ZONE)) for p in range(3)),
        *(Runner(broker, (FACILITY_EVENTS,), p, lambda p: CentersStage(p, PARTITIONS, ZONE)) for p in range(3)),
    ]
    events = a_county() * 2
    rng.shuffle(events)
    for month in range(2, 10):
        for event in events[month - 2 :: 8]:
            partition = rng.randrange(PARTITIONS)
            broker.append(topic_of(event), partition, event["subject"].encode(), orjson.dumps(event))
        for partition in range(PARTITIONS):
            ends = {topic: broker.end(topic, partition) for topic in SOURCE_TOPICS}
            tick = {"at": f"2026-0{month}-20T00:00:00.000Z", "ends": ends}
            broker.append(CLOCK, partition, b"tick", orjson.dumps(tick))
        run_to_end(runners, rng)
    return [record for topic in READERS for record in broker.all(topic, PARTITIONS)]


def key_of(row: Row) -> tuple[Any, ...]:
    return (row.table, *(row.values[name] for name in TABLES[row.table].key))


def test_all_that_the_stages_write_fits_and_every_table_gets_its_rows() -> None:
    batch = Batch()
    for record in run(seed=1):
        batch.add(rows_of(record))
    filled = {columns.targets[-1]: columns.data for columns in batch.inserts()}
    assert filled.keys() == TABLES.keys() - {"deliveries", "alert_actions"}, "those are of notify, and of people"


@pytest.mark.parametrize("seed", range(8))
def test_one_partition_writes_a_row_its_versions_only_grow_and_one_version_is_one_content(seed: int) -> None:
    written: dict[tuple[Any, ...], list[tuple[int, Row]]] = defaultdict(list)
    for record in sorted(run(seed), key=lambda record: record.timestamp):
        for row in rows_of(record):
            if row.table not in ("events", "rejections"):  # named by their place in the log: written once
                written[key_of(row)].append((record.partition, row))
    for key, rows in written.items():
        assert len({partition for partition, _ in rows}) == 1, key
        for (_, earlier), (_, later) in pairwise(rows):
            assert later.version > earlier.version or content(later) == content(earlier), key


def content(row: Row) -> tuple[Any, ...]:
    return (row.version, row.deleted, row.values)
