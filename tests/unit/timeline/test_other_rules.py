"""Other rules hold from the next tick on, for every child, whatever was told by the old ones."""

from __future__ import annotations

from importlib.resources import files

from streams.clinical.pack import RulePack, national, read_pack
from tests.support.builders import a_checkup, a_registration
from tests.unit.timeline.shard import Shard, event_message, watermark

TEXT = files("streams.clinical.rules").joinpath("national.toml").read_text("utf-8")


def later_m3() -> RulePack:
    """The checkup of three months opens a week before that age, and is late from two months after it on."""
    old = 'id = "m3"\nmonth = 3\nopens_days_before = 14\noverdue_months = 1'
    assert old in TEXT
    return read_pack(TEXT.replace(old, 'id = "m3"\nmonth = 3\nopens_days_before = 7\noverdue_months = 2', 1))


def with_ann(day: str = "2025-10-05") -> Shard:
    shard = Shard(pack=national())
    shard.send(event_message(a_registration("ann", "2025-06-01", recordid="R")))
    shard.send(watermark(day))
    return shard


def restarted_with(shard: Shard, pack: RulePack) -> Shard:
    shard.pack = pack
    shard.restart()
    return shard


def of_m3(shard: Shard, table: str) -> list[dict[str, object]]:
    return [row for row in shard.tables.of(table) if row["milestone"] == "m3"]


def test_every_child_is_looked_at_again_at_the_next_tick() -> None:
    shard = with_ann()
    assert [row["state"] for row in of_m3(shard, "alerts")] == ["open"]
    restarted_with(shard, later_m3()).send(watermark("2025-10-06"))
    assert [row["state"] for row in of_m3(shard, "alerts")] == ["resolved"]
    [milestone] = of_m3(shard, "milestones")
    assert (milestone["opens_on"], milestone["overdue_on"]) == ("2025-08-25", "2025-11-01")


def test_until_then_the_old_rules_hold() -> None:
    shard = restarted_with(with_ann(), later_m3())
    decision = shard.send(event_message(a_checkup("ann", "2025-06-20T09:00:00+08:00", recordid="C"), number=7))
    assert decision.outputs
    assert [row["overdue_on"] for row in of_m3(shard, "milestones")] == ["2025-10-01"]
    assert [row["state"] for row in of_m3(shard, "alerts")] == ["open"]


def test_notes_on_records_follow_the_new_rules() -> None:
    shard = with_ann("2025-08-21")
    shard.send(event_message(a_checkup("ann", "2025-08-20T09:00:00+08:00", milestone="m3", recordid="C"), number=7))
    [checkup] = [row for row in shard.tables.of("timeline") if row["kind"] == "checkup.recorded"]
    assert checkup["flags"] == []
    restarted_with(shard, later_m3()).send(watermark("2025-08-22"))
    [checkup] = [row for row in shard.tables.of("timeline") if row["kind"] == "checkup.recorded"]
    assert checkup["flags"] == ["milestone-too-early"]


def test_the_same_rules_again_change_nothing() -> None:
    shard = restarted_with(with_ann(), read_pack(TEXT))
    decision = shard.send(watermark("2025-10-06"))
    assert {output.topic for output in decision.outputs} == {"facility-events", "store-rows"}, "it has passed a tick"


def test_who_asks_twice_is_told_the_same() -> None:
    """A new stage from the state, with the rules that hold since: nothing is told again."""
    shard = with_ann()
    restarted_with(shard, later_m3()).send(watermark("2025-10-06"))
    shard.restart()
    decision = shard.send(watermark("2025-10-07"))
    assert {output.topic for output in decision.outputs} == {"facility-events", "store-rows"}, "it has passed a tick"
