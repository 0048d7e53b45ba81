"""A process that is given partitions and loses them again, at any moment of their opening."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from streams.intake.stage import IntakeStage
from streams.transport.batches import Batch
from streams.transport.faust_app import make_app
from streams.transport.inbox import MOST_RECORDS_A_STEP, MOST_RECORDS_WAITING
from streams.transport.lane import Lane
from streams.transport.lanes import Lanes
from streams.transport.shard import Part, Shard

SOURCES = ("clinic-events",)


class OpeningShard(Shard):
    """Takes over when it is told that the broker has answered; notes what became of it."""

    def __init__(self, log: list[str], name: str, answered: asyncio.Event) -> None:
        super().__init__("intake", 0, SOURCES, "nowhere:1", lambda p: IntakeStage(p, 1))
        self._log, self._called, self._answered = log, name, answered

    async def _take_over(self) -> int:
        self._log.append(f"{self._called} begins")
        await self._answered.wait()
        self.next = dict.fromkeys(SOURCES, 0)
        self._log.append(f"{self._called} is open")
        return 0

    async def close(self) -> None:
        await asyncio.sleep(0)
        self._log.append(f"{self._called} is closed")


async def turns(loops: int = 20) -> None:
    """Let everything that can go on do so."""
    for _ in range(loops):
        await asyncio.sleep(0)


def lanes_of(
    log: list[str], names: list[str], answered: asyncio.Event, ready: Callable[[], None] = lambda: None
) -> Lanes:
    app = make_app("huiyu-intake", "nowhere:1", SOURCES, 1)
    waiting = iter(names)
    return Lanes(app, lambda p: OpeningShard(log, next(waiting), answered), ready)


async def test_a_partition_that_is_taken_away_while_it_opens_is_never_opened() -> None:
    log, answered = list[str](), asyncio.Event()
    lanes = lanes_of(log, ["first"], answered)
    lanes.assign({0})
    await turns()
    lanes.assign(set())
    await turns()
    answered.set()
    await turns()
    assert log[-2:] == ["first begins", "first is closed"]
    assert lanes.opening_since() is None


async def test_a_partition_that_comes_back_waits_until_its_earlier_shard_is_closed() -> None:
    log, answered = list[str](), asyncio.Event()
    lanes = lanes_of(log, ["first", "second", "third"], answered)
    for partitions in ({0}, set[int](), {0}, set[int](), {0}):
        lanes.assign(partitions)
        await turns(3)
    answered.set()
    await turns()
    assert [entry for entry in log if "open" in entry] == ["third is open"]
    assert log.index("third begins") > log.index("first is closed")
    assert [shard.partition for shard in lanes.shards()] == [0]


async def test_a_stage_is_ready_when_what_it_was_given_last_is_open() -> None:
    log, answered = list[str](), asyncio.Event()
    lanes = lanes_of(log, ["first", "second"], answered, lambda: log.append("ready"))
    for partitions in ({0}, set[int](), {0}):
        lanes.assign(partitions)
    await turns()
    assert "ready" not in log
    answered.set()
    await turns()
    assert log[-2:] == ["second is open", "ready"]


class SlowShard(OpeningShard):
    """Takes its time over a batch, and hears nothing of being cancelled, like Python 3.11's wait_for at times."""

    async def process(self, parts: Sequence[Part]) -> None:
        try:
            await self._answered.wait()
        except asyncio.CancelledError:
            self._log.append(f"{self._called} hears nothing")


async def a_busy_lane(log: list[str]) -> tuple[Lane, asyncio.Future[None]]:
    """A lane with a full inbox, and a feeder that waits for room in it."""
    app = make_app("huiyu-intake", "nowhere:1", SOURCES, 1)
    shard = SlowShard(log, "slow", asyncio.Event())
    shard.next = dict.fromkeys(SOURCES, 0)
    lane = Lane(shard, app)

    async def feed() -> None:
        for number in range(2 * MOST_RECORDS_WAITING // MOST_RECORDS_A_STEP + 2):
            batch = Batch([object()] * MOST_RECORDS_A_STEP)
            batch.start, batch.end = number * MOST_RECORDS_A_STEP, (number + 1) * MOST_RECORDS_A_STEP
            await lane.put((SOURCES[0], batch, app.consumer_generation_id))

    feeder = asyncio.ensure_future(feed())
    await turns()
    assert not feeder.done()
    return lane, feeder


async def test_a_lane_that_closes_ends_even_when_its_cancellation_is_swallowed() -> None:
    log = list[str]()
    lane, _ = await a_busy_lane(log)
    closing = asyncio.ensure_future(lane.close())
    await turns()
    assert closing.done()
    assert log == ["slow hears nothing", "slow is closed"]


async def test_a_lane_that_closes_lets_go_of_its_feeder() -> None:
    lane, feeder = await a_busy_lane([])
    await lane.close()
    await turns()
    assert feeder.done()
