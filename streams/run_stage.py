"""Starts one stage with its settings: which topics it reads, and which pure half folds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from streams import endpoints, logs
from streams.settings import Settings
from streams.topics import CHILD_EVENTS, CLOCK, EXCHANGE, FACILITY_EVENTS, SOURCE_TOPICS
from streams.transport.port import Stage

SOURCES: Mapping[str, tuple[str, ...]] = {
    "intake": (*SOURCE_TOPICS, CLOCK, EXCHANGE),
    "timeline": (CHILD_EVENTS,),
    "centers": (FACILITY_EVENTS,),
}


def run_stage(name: str, settings: Settings) -> None:
    """Run intake, timeline, centers, sink or clock until SIGTERM."""
    from streams.embedded.ready import announce

    logs.configure(name)
    match name:
        case "sink":
            from streams.sink import run as run_sink

            run_sink(settings)
        case "clock":
            from streams.clock.run import run as run_clock

            run_clock(settings, announce)
        case _:
            _run_fold(name, settings)


def _run_fold(name: str, settings: Settings) -> None:
    from streams.embedded.ready import announce
    from streams.transport.worker import run_stage as run_on_faust

    run_on_faust(name, SOURCES[name], endpoints.kafka(settings), settings.partitions, _maker(name, settings), announce)


def _maker(name: str, settings: Settings) -> Callable[[int], Stage]:
    partitions, zone = settings.partitions, settings.zone
    if name == "intake":
        from streams.intake.stage import IntakeStage

        return lambda partition: IntakeStage(partition, partitions)
    if name == "timeline":
        from streams.timeline.stage import TimelineStage

        return lambda partition: TimelineStage(partition, partitions, zone)
    from streams.centers.stage import CentersStage

    return lambda partition: CentersStage(partition, partitions, zone)
