"""Heavy counties through every stage in memory: whose each record is in the end is what the county's own books say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.simulate import simulate
from tests.property.test_timeline_routes import bodies_of
from tests.support.county import plan
from tests.support.simulated_broker import SimulatedBroker
from tests.support.simulated_county import PARTITIONS, told_of
from tests.unit.timeline.shard import Tables

COMPARED = ("timeline", "children", "unlinked")


def tables_of(broker: SimulatedBroker) -> Tables:
    """What was told of children, in the order of versions."""
    records = [r for topic in ("timeline-entries", "store-rows") for r in broker.all(topic, PARTITIONS)]
    told = [(record, body) for record in records for body in bodies_of(record.topic, record.value)]
    tables = Tables()
    for record, body in sorted(told, key=lambda one: (one[0].partition, one[1]["version"])):
        if body.get("table", "timeline") in COMPARED:
            tables.take_one(record.topic, body, record.key)
    return tables


def books(folder: Path, table: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (folder / "truth" / f"{table}.jsonl").read_bytes().splitlines()]


def entry(row: dict[str, Any]) -> tuple[Any, ...]:
    named = (row["child_id"], row["kind"], row["source"], row["record_id"])
    return (*named, row["subject"], row["revision"], *sorted(row["flags"]))


@pytest.mark.parametrize("seed", range(300, 308))
def test_every_record_is_with_the_child_to_whom_its_subject_is_linked(seed: int, tmp_path: Path) -> None:
    simulate(plan(seed=seed, faults="heavy", children=60, days=30), tmp_path)
    tables = tables_of(told_of(tmp_path, seed))
    assert set(map(entry, tables.of("timeline"))) == set(map(entry, books(tmp_path, "timeline")))
    children = {row["child_id"]: row["subject"] for row in tables.of("children")}
    assert children == {row["child_id"]: row["subject"] for row in books(tmp_path, "children")}
    waiting: dict[tuple[str, str], int] = {}
    for row in tables.of("unlinked"):
        named = (row["subject"], row["source"])
        waiting[named] = waiting.get(named, 0) + row["records"]
    assert waiting == {(r["subject"], r["source"]): r["records"] for r in books(tmp_path, "unlinked_subjects")}
