"""H: no alert about what a child's clinic would have reported later than it has confirmed."""

from __future__ import annotations

from tests.support.builders import a_checkup, a_registration, an_event
from tests.unit.timeline.shard import Message, Shard, event_message, fact, heard, watermark

OVERDUE = "2025-10-01"
"""The first day on which the checkup of three months of a child born on 1 June 2025 is late."""


def source(cadence: str, clinic: str = "chengguan", at: str = "2025-01-01T08:00:00+08:00") -> dict[str, object]:
    data = {"side": "clinic", "cadence": cadence}
    return an_event("source.registered", "registry:bureau", f"source:clinic:{clinic}", data, at, recordid=clinic)


def with_ann(cadence: str, partitions: int = 1) -> Shard:
    """Ann, seen on time when she was six weeks old."""
    shard = Shard(partitions)
    shard.send(fact(source(cadence)), *registered())
    return shard


def registered() -> list[Message]:
    seen = a_checkup("ann", "2025-07-10T09:00:00+08:00", recordid="C0")
    return [
        event_message(a_registration("ann", "2025-06-01", recordid="R"), number=1),
        event_message(seen, number=2),
    ]


def active(shard: Shard) -> list[str]:
    return [row["milestone"] for row in shard.tables.of("alerts") if row["state"] != "resolved"]


def test_a_clinic_that_was_never_heard_confirms_nothing() -> None:
    shard = with_ann("working-days")
    shard.send(watermark("2026-03-01"))
    assert active(shard) == []


def test_a_clinic_of_irregular_cadence_confirms_all_by_its_silence() -> None:
    shard = with_ann("irregular")
    shard.send(watermark(OVERDUE))
    assert active(shard) == ["m3"]


def test_of_working_days_three_days_are_not_confirmed() -> None:
    shard = with_ann("working-days")
    shard.send(heard("2025-11-01", chengguan="2025-10-03"), watermark("2025-11-01"))
    assert active(shard) == []
    shard.send(heard("2025-11-02", chengguan="2025-10-04"), watermark("2025-11-02"))
    assert active(shard) == ["m3"]


def test_of_a_weekly_clinic_ten_days_are_not_confirmed() -> None:
    shard = with_ann("weekly")
    shard.send(heard("2025-11-01", chengguan="2025-10-10"), watermark("2025-11-01"))
    assert active(shard) == []
    shard.send(heard("2025-11-02", chengguan="2025-10-11"), watermark("2025-11-02"))
    assert active(shard) == ["m3"]


def test_what_one_partition_heard_counts_when_all_have_passed_that_tick() -> None:
    """Else a checkup that was published before it could still be on its way from another partition."""
    shard = with_ann("working-days", partitions=2)
    shard.send(watermark("2025-10-20", 0), watermark("2025-10-20", 1))
    shard.send(heard("2025-10-21", chengguan="2025-10-20"), watermark("2025-10-21", 0))
    shard.send(event_message(a_checkup("ann", "2025-09-30T09:00:00+08:00", recordid="C"), number=50))
    assert active(shard) == []
    shard.send(watermark("2025-10-21", 1))
    assert (active(shard), shard.tables.history) == ([], [])


def test_a_restart_keeps_what_was_heard_and_what_waits_for_its_tick() -> None:
    shard = with_ann("working-days", partitions=2)
    shard.send(heard("2025-10-21", chengguan="2025-10-20"), watermark("2025-10-21", 0))
    shard.restart()
    shard.send(watermark("2025-10-21", 1))
    assert active(shard) == ["m3"]
    shard.restart()
    shard.send(watermark("2025-10-22", 0), watermark("2025-10-22", 1))
    assert active(shard) == ["m3"]


def test_an_alert_of_a_silent_clinic_stays_as_it_was() -> None:
    shard = with_ann("working-days")
    shard.send(heard("2025-10-04", chengguan="2025-10-04"), watermark("2025-10-04"))
    shard.send(watermark("2026-01-01"))
    assert [row["state"] for row in shard.tables.of("alerts")] == ["open"]


def test_a_clinic_found_to_report_weekly_confirms_less() -> None:
    shard = with_ann("working-days")
    shard.send(heard("2025-10-04", chengguan="2025-10-04"), watermark("2025-10-04"))
    assert active(shard) == ["m3"]
    shard.send(fact({**source("weekly"), "revision": 2, "id": "later"}, number=9))
    shard.send(watermark("2025-10-05"))
    assert active(shard) == []
    assert shard.tables.history[-1]["resolution"] == "corrected"


def test_a_clinic_that_is_not_registered_and_sends_nothing_does_not_report_for_itself() -> None:
    shard = Shard()
    shard.send(*registered())
    shard.send(watermark(OVERDUE))
    assert active(shard) == ["m3"]


def test_records_of_a_clinic_that_is_not_registered_wait_so_nothing_is_confirmed() -> None:
    shard = Shard()
    shard.send(*registered())
    shard.send(heard(OVERDUE, chengguan="2025-09-20"), watermark(OVERDUE))
    assert active(shard) == []


def test_when_its_data_comes_what_was_done_never_alerts() -> None:
    shard = with_ann("working-days")
    shard.send(heard("2025-09-01", chengguan="2025-09-01"), watermark("2025-09-01"))
    shard.send(watermark("2025-10-15"))
    shard.send(event_message(a_checkup("ann", "2025-09-05T09:00:00+08:00", recordid="C"), number=60))
    shard.send(heard("2025-10-16", chengguan="2025-10-16"), watermark("2025-10-16"))
    assert shard.tables.history == []
