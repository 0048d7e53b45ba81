"""What was heard with a tick that has passed was counted: read again, it says nothing and is not kept."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from schemas.internal import pack
from streams.centers.stage import CentersStage
from tests.unit.timeline.shard import Arrived, Message, heard, watermark

ZONE = ZoneInfo("Asia/Shanghai")


def decide(stage: CentersStage, offset: int, *messages: Message) -> dict[bytes, bytes | None]:
    """Decide on one batch and install it; the changes of the state."""
    records = [Arrived(offset + place, key, value, "facility-events") for place, (key, value) in enumerate(messages)]
    decision = stage.decide(records, {"facility-events": offset + len(records)})
    decision.install()
    return decision.changes


def passed(now: str) -> tuple[Message, Message]:
    """A tick that intake and timeline have passed."""
    return watermark(now), watermark(now, origin=1)


def test_what_is_read_again_of_a_tick_that_has_passed_is_not_kept() -> None:
    stage = CentersStage(0, 1, ZONE)
    told = heard("2026-03-02", chengguan="2026-03-01")
    first = decide(stage, 0, told, *passed("2026-03-02"))
    assert first[b"h/clinic:chengguan"] == b"2026-03-01T04:00:00.000Z"
    assert not [key for key in first if key.startswith(b"q/")]
    assert decide(stage, 3, told) == {}


def test_what_waits_for_its_tick_is_kept_until_then() -> None:
    stage = CentersStage(0, 1, ZONE)
    key = b"q/2026-03-02T04:00:00.000Z"
    assert key in decide(stage, 0, heard("2026-03-02", chengguan="2026-03-01"))
    assert decide(stage, 1, *passed("2026-03-02"))[key] is None


def test_a_message_of_another_kind_changes_nothing() -> None:
    assert decide(CentersStage(0, 1, ZONE), 0, (b"k", pack({"t": "route"}))).keys() <= {b"p/"}
