"""How a stack's status is said, from values alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest

from streams.status.figures import Clock, Disk, Parked, Process, Stage, Status, Unknown
from streams.status.show import NAMES, as_json, duration, facts, process_rows, size

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
SOUND = Status(
    at=NOON,
    data="/data",
    processes=(
        Process("broker", "running", 11, 3_700, 0, 402_000_000, "127.0.0.1:9092"),
        Process("timeline", "running", 12, 59, 2, 85_400_000),
    ),
    stages=(Stage("timeline", 1_234, NOON), Stage("centers", 0, NOON)),
    clock=Clock(NOON, NOON),
    parked=Parked(0, 0, None),
    disk=Disk(2_000_000, 1_500, 10, 83_000_000_000, 271_000_000_000),
)


def _said(status: Status) -> dict[str, str]:
    return dict(facts(status, ZONE))


def test_each_process_is_a_row_with_the_lag_of_its_stage() -> None:
    broker, timeline = (dict(zip(NAMES, row, strict=True)) for row in process_rows(SOUND))
    assert (broker["up for"], broker["memory"], broker["lag"], broker["address"]) == (
        "1 h 1 min", "402 MB", "", "127.0.0.1:9092"
    )  # fmt: skip
    assert (timeline["up for"], timeline["restarts"], timeline["lag"]) == ("59 s", "2", "1,234")


def test_where_no_process_is_known_each_stage_is_a_row() -> None:
    rows = process_rows(replace(SOUND, processes=()))
    assert [(row[0], row[NAMES.index("lag")]) for row in rows] == [("timeline", "1,234"), ("centers", "0")]


def test_a_lag_that_nobody_could_tell_is_no_zero() -> None:
    rows = process_rows(replace(SOUND, stages=(Stage("timeline"),)))
    assert [row[NAMES.index("lag")] for row in rows] == ["", "?"]


def test_times_are_shown_in_the_countys_zone() -> None:
    assert _said(SOUND)["last tick"] == "2026-03-01 12:00:00"


def test_what_queries_do_not_know_yet_is_told_with_the_stage_that_is_behind() -> None:
    late = NOON - timedelta(hours=26)
    said = _said(
        replace(SOUND, stages=(Stage("timeline", 5, late), Stage("centers", 0, NOON)), clock=Clock(NOON, late))
    )
    assert said["now of queries"] == "2026-02-28 10:00:00 – 1 d 2 h behind the last tick"
    assert said["now of timeline"] == "2026-02-28 10:00:00"


def test_a_tick_beyond_this_machines_clock_is_told() -> None:
    said = _said(replace(SOUND, clock=Clock(NOON + timedelta(hours=2), NOON)))
    assert said["last tick"] == "2026-03-01 14:00:00 – 2 h 0 min ahead of this machine's clock"


@pytest.mark.parametrize(
    ("parked", "said"),
    [
        (Parked(), "?"),
        (Parked(0, 0, None), "nothing"),
        (
            Parked(1, 1, NOON - timedelta(hours=3)),
            "1 record of 1 subject, the oldest for 3 h 0 min (since 2026-03-01 09:00:00)",
        ),
        (Parked(1_200, 7, NOON), "1,200 records of 7 subjects, the oldest for 0 s (since 2026-03-01 12:00:00)"),
    ],
)
def test_what_is_parked(parked: Parked, said: str) -> None:
    assert _said(replace(SOUND, parked=parked))["parked"] == said


def test_the_disk() -> None:
    assert _said(SOUND)["disk"] == "broker 2.0 MB, store 1.5 kB, logs 10 B; 83 GB free of 271 GB"
    assert _said(replace(SOUND, disk=Disk()))["disk"] == "?"


def test_a_part_that_does_not_answer_is_named_and_the_stack_is_not_sound() -> None:
    assert SOUND.is_sound
    status = replace(SOUND, unknown=(Unknown("broker", "no Kafka broker answers at h:1"),))
    assert not status.is_sound
    assert _said(status)["unknown"] == "broker: no Kafka broker answers at h:1"


def test_a_process_that_restarts_says_why() -> None:
    status = replace(SOUND, processes=(Process("timeline", "restarting", reason="state version 99 – see x.log"),))
    assert not status.is_sound
    assert _said(status)["timeline"] == "state version 99 – see x.log"


def test_the_keys_of_json_are_those_that_are_documented() -> None:
    found = orjson.loads(orjson.dumps(as_json(SOUND)))
    keys = {name: sorted(value[0] if isinstance(value, list) else value) for name, value in found.items() if value and isinstance(value, (dict, list))}  # fmt: skip # noqa: E501
    assert keys == {
        "processes": ["address", "memory_bytes", "pid", "process", "reason", "restarts", "state", "up_s"],
        "stages": ["lag", "now", "stage"],
        "clock": ["behind_s", "last_tick", "now"],
        "parked": ["oldest_age_s", "oldest_at", "records", "subjects"],
        "disk": ["broker_bytes", "free_bytes", "logs_bytes", "store_bytes", "total_bytes"],
    }
    assert sorted(found) == ["at", "clock", "data", "disk", "parked", "processes", "stages", "unknown"]
    assert found["clock"] == {
        "last_tick": "2026-03-01T04:00:00+00:00",
        "now": "2026-03-01T04:00:00+00:00",
        "behind_s": 0,
    }


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (60, "1 min 0 s"), (3_600, "1 h 0 min"), (86_400 * 3 + 7_200, "3 d 2 h")]
)
def test_durations(seconds: int, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(("count", "said"), [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (12_345_678, "12 MB")])
def test_sizes(count: int, said: str) -> None:
    assert size(count) == said
