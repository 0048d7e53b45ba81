"""What waits for a lane's next step."""

from __future__ import annotations

import asyncio

from streams.transport.batches import Batch
from streams.transport.inbox import ENOUGH_FOR_A_STEP, MOST_RECORDS_A_STEP, MOST_RECORDS_WAITING, Arrival, Inbox

LONG_S = 3_600.0
"""Nothing that is waited for takes so long."""


def an_arrival(records: int, topic: str = "clinic-events") -> Arrival:
    batch = Batch([object()] * records)
    batch.end = max(records, 1)
    return (topic, batch, 1)


async def turns(loops: int = 20) -> None:
    for _ in range(loops):
        await asyncio.sleep(0)


async def filled(*sizes: int) -> Inbox:
    inbox = Inbox()
    for size in sizes:
        await inbox.put(an_arrival(size))
    return inbox


def sizes(arrivals: list[Arrival]) -> list[int]:
    return [len(batch) for _, batch, _ in arrivals]


async def test_without_patience_all_that_waits_is_taken_in_the_order_put() -> None:
    assert sizes(await (await filled(3, 1, 2)).take(0)) == [3, 1, 2]


async def test_a_step_is_closed_by_the_batch_that_fills_it() -> None:
    inbox = await filled(MOST_RECORDS_A_STEP - 1, 5, 7)
    assert sizes(await inbox.take(0)) == [MOST_RECORDS_A_STEP - 1, 5]
    assert sizes(await inbox.take(0)) == [7]


async def test_what_comes_during_the_patience_is_taken_with_the_first() -> None:
    inbox = Inbox()
    taking = asyncio.ensure_future(inbox.take(0.05))
    await inbox.put(an_arrival(1))
    await turns()
    assert not taking.done()
    await inbox.put(an_arrival(2))
    assert sizes(await taking) == [1, 2]


async def test_when_enough_is_there_nothing_more_is_waited_for() -> None:
    inbox = await filled(1)
    taking = asyncio.ensure_future(inbox.take(LONG_S))
    await turns()
    assert not taking.done()
    await inbox.put(an_arrival(ENOUGH_FOR_A_STEP - 1))
    assert sizes(await taking) == [1, ENOUGH_FOR_A_STEP - 1]


async def test_batches_of_markers_are_handed_on_and_take_room() -> None:
    inbox = await filled(*[0] * MOST_RECORDS_WAITING)
    feeding = asyncio.ensure_future(inbox.put(an_arrival(1)))
    await turns()
    assert not feeding.done()
    assert sizes(await inbox.take(0)) == [0] * MOST_RECORDS_A_STEP
    await feeding


async def test_registrations_go_first_then_clinics_then_centres() -> None:
    inbox = Inbox()
    for topic in ("center-events", "clinic-events", "exchange", "center-events", "registry-events"):
        await inbox.put(an_arrival(1, topic))
    topics = [topic for topic, _, _ in await inbox.take(0)]
    assert topics == ["registry-events", "exchange", "clinic-events", "center-events", "center-events"]


async def test_a_rush_on_an_urgent_topic_leaves_half_of_a_step_to_the_others() -> None:
    inbox = await filled(MOST_RECORDS_A_STEP)
    for _ in range(4):
        await inbox.put(an_arrival(MOST_RECORDS_A_STEP // 2, "exchange"))
    assert sizes(await inbox.take(0)) == [MOST_RECORDS_A_STEP // 2, MOST_RECORDS_A_STEP]


async def test_forgetting_lets_go_of_a_feeder() -> None:
    inbox = await filled(MOST_RECORDS_WAITING)
    feeding = asyncio.ensure_future(inbox.put(an_arrival(1)))
    await turns()
    assert not feeding.done()
    inbox.forget()
    await feeding
    assert sizes(await inbox.take(0)) == [1]
