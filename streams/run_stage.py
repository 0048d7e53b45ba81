"""Starts one stage with its settings: which topics it reads, and which pure half folds them."""

from __future__ import annotations

from streams import endpoints, logs
from streams.settings import Settings
from streams.topics import CHILD_EVENTS, CLOCK, EXCHANGE, FACILITY_EVENTS, SOURCE_TOPICS


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

    partitions, zone = settings.partitions, settings.zone
    if name == "intake":
        from streams.intake.stage import IntakeStage

        sources, make = (*SOURCE_TOPICS, CLOCK, EXCHANGE), lambda p: IntakeStage(p, partitions)
    elif name == "timeline":
        from streams.timeline.stage import TimelineStage

        sources, make = (CHILD_EVENTS,), lambda p: TimelineStage(p, partitions, zone)
    else:
        from streams.centers.stage import CentersStage

        sources, make = (FACILITY_EVENTS,), lambda p: CentersStage(p, partitions, zone)
    run_on_faust(name, sources, endpoints.kafka(settings), partitions, make, announce)
