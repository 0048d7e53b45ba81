"""The whole path: a simulated county published into a running stack, until all of it is queryable."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from streams.bench import latency
from streams.bench.figures import Aim, Figure
from streams.bench.pacing import percentile
from streams.bench.sizes import LATENCY_RATES, Sizes
from streams.bench.usage import Usage, on_disk, usage
from streams.clock.wait import wait
from streams.demo.county import County, days
from streams.demo.signals import Ending
from streams.embedded.programs import BASES
from streams.embedded.stack import STAGES, Stack
from streams.store.client import connect

WAIT_S = 480.0
PROCESSES = (*BASES, *STAGES)
MB = 1_000_000
PUBLISHER = "publisher"
AIMS = {500: None, 2_500: Aim(1_000, less=True)}


def whole_path(stack: Stack, county: Path, sizes: Sizes, ending: Ending) -> Iterator[Figure]:
    """Throughput, then latency, with what each process used of the machine and each part of the disk."""
    yield from _throughput(stack, county, ending)
    events = latency.known_records(county)
    for rate in LATENCY_RATES:
        yield from _latency(stack, events, rate, sizes.latency_seconds)
        ending.check()


def _throughput(stack: Stack, county: Path, ending: Ending) -> Iterator[Figure]:
    plan, before, disk = list(days(county)), _used(stack), _disks(stack)
    publishing = time.process_time()
    began = time.monotonic()
    with County(stack.settings) as publisher:
        for day in plan:
            publisher.publish(day.messages)
            publisher.tick(day.tick_at)
            ending.check()
        published, acknowledged = publisher.published, time.monotonic() - began
    wait(stack.settings, WAIT_S)
    seconds = time.monotonic() - began
    publishing = time.process_time() - publishing
    ending.check()
    on = f"{published:,} records of a county, {len(plan)} ticks; all published after {acknowledged:.1f} s"
    yield Figure("whole.rate", "first publish → all queryable", published / seconds, "events/s", on, Aim(10_000))
    yield Figure("whole.seconds", "the same in seconds", seconds, "s", on)
    after = _used(stack)
    yield from _memory(after)
    cpu = {name: used.cpu - before[name].cpu for name, used in after.items()} | {PUBLISHER: publishing}
    yield from _cpu(cpu, published, seconds)
    broker, store = (after - before for after, before in zip(_disks(stack), disk, strict=True))
    on = "what the run added to its folder: every topic with the stages' states and positions"
    yield Figure("disk.broker", "broker", broker / published, "MB a million events", on)
    on = "tables and their logs of versions, parts in use, merged as far as the engine had come"
    yield Figure("disk.store", "store", store / published, "MB a million events", on)


def _used(stack: Stack) -> Mapping[str, Usage]:
    pids = {name: stack.pid(name) for name in PROCESSES}
    return {name: usage(pid) for name, pid in pids.items() if pid is not None}


def _memory(after: Mapping[str, Usage]) -> Iterator[Figure]:
    for name, used in after.items():
        yield Figure(
            f"memory.{name}", f"{name}, peak", used.peak / MB, "MB", f"{used.resident / MB:,.0f} MB at the end"
        )


def _cpu(seconds: Mapping[str, float], events: int, span: float) -> Iterator[Figure]:
    """Where the time goes: each process's part, and how busy the machine was with all of them."""
    total, cores = sum(seconds.values()), len(os.sched_getaffinity(0))
    for name, used in seconds.items():
        on = f"{used / total:.0%} of the sum, {used / events * 1e6:,.0f} µs an event"
        yield Figure(f"cpu.{name}", name, used, "s", on + ("; no part of the pipeline" if name == PUBLISHER else ""))
    on = f"{total:.1f} s in {span:.1f} s on {cores} cores, {total / events * 1e6:,.0f} µs an event"
    yield Figure("cpu.busy", "all, of the machine's cores", 100 * total / (span * cores), "%", on)


def _disks(stack: Stack) -> tuple[int, int]:
    """Bytes of broker and store. The store's folder also holds parts that were merged and wait for their removal."""
    client = connect(stack.settings)
    try:
        sql = "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'huiyu_store'"
        return on_disk(stack.layout.broker), int(client.query(sql).result_rows[0][0])
    finally:
        client.close()


def _latency(stack: Stack, events: list[dict[str, object]], rate: int, seconds: float) -> Iterator[Figure]:
    prefix = f"bench-{rate}-"
    messages = latency.fresh_messages(events, prefix, round(rate * seconds), stack.settings.partitions)
    found = latency.measure(stack.settings, messages, prefix, rate)
    on = f"{len(messages):,} events in {seconds:.0f} s, asked every {latency.POLL_S * 1000:.0f} ms"
    on += f"; publisher late by {found.late_s * 1000:.0f} ms at most"
    for share, aim in ((50, None), (99, AIMS[rate])):
        value = percentile(found.seconds, share / 100) * 1000
        yield Figure(f"latency.{rate}.p{share}", f"p{share} at {rate:,} events/s", value, "ms", on, aim)
    on = "the part of intake and timeline: until the broker had the row's message (known_at)"
    value = percentile(found.decided, 0.5) * 1000
    yield Figure(f"latency.{rate}.decided", f"of it at {rate:,} events/s, p50", value, "ms", on)
