"""Starts one stage with its settings: which topics it reads, and which pure half folds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing

from streams import endpoints, handles, logs
from streams.errors import BrokerAway, Failure
from streams.settings import Settings
from streams.topics import CHILD_EVENTS, CLOCK, EXCHANGE, FACILITY_EVENTS, SOURCE_TOPICS
from streams.transport.port import Stage

SOURCES: Mapping[str, tuple[str, ...]] = {
    "intake": (*SOURCE_TOPICS, CLOCK, EXCHANGE),
    "timeline": (CHILD_EVENTS,),
    "centers": (FACILITY_EVENTS,),
}
STATE_VERSIONS: Mapping[str, int] = {"intake": 3, "timeline": 3, "centers": 3}
"""To be raised when a stage can no longer read, or would misread, the state that it wrote before."""


def run_stage(name: str, settings: Settings) -> None:
    """Run a stage, the clock or the API until SIGTERM. Raises Failure; exits 70 on an error of ours."""
    from streams.transport.fatal import die

    logs.configure(name)
    handles.need(handles.SERVE if name == "serve" else handles.of_a_stage(settings.partitions), f"stage {name}")
    try:
        _run(name, settings)
    except (Failure, ModuleNotFoundError):
        raise
    except Exception as error:  # noqa: BLE001 - its traceback would show the text, which may hold a child's data
        die("the stage failed", error=type(error).__name__, where=logs.where(error))


def _run(name: str, settings: Settings) -> None:
    from streams.embedded.ready import announce

    match name:
        case "sink":
            from streams.sink import run as run_sink

            run_sink(settings)
        case "notify":
            from streams.notify.run import run as run_notify

            run_notify(settings, announce)
        case "clock":
            from streams.clock.run import run as run_clock

            run_clock(settings, announce)
        case "serve":
            from streams.serve.run import run as run_serve

            run_serve(settings, announce)
        case _:
            _run_fold(name, settings)


def _run_fold(name: str, settings: Settings) -> None:
    from streams.embedded.ready import announce
    from streams.transport.worker import run_stage as run_on_faust

    maker = _maker(name, settings)
    _check_topics((*SOURCES[name], f"{name}-state"), settings)
    servers = endpoints.kafka(settings)
    run_on_faust(name, SOURCES[name], servers, settings.partitions, maker, announce, STATE_VERSIONS[name])


def _check_topics(names: Iterable[str], settings: Settings) -> None:
    """Before Faust, which would end with a traceback. Raises BrokerAway, WrongTopics."""
    from kafka.errors import KafkaError

    from streams.clock.tick import connect_consumer, partitions_of

    with closing(connect_consumer(settings)) as consumer:
        try:
            for name in names:
                partitions_of(consumer, name, settings)
        except (KafkaError, OSError) as error:
            raise BrokerAway(f"the Kafka broker stopped answering ({type(error).__name__})") from error


def _maker(name: str, settings: Settings) -> Callable[[int], Stage]:
    partitions, zone = settings.partitions, settings.zone
    if name == "intake":
        from streams.intake.stage import IntakeStage

        return lambda partition: IntakeStage(partition, partitions)
    from streams.clinical.pack import load

    pack = load(settings.rules)
    if name == "timeline":
        from streams.timeline.stage import TimelineStage

        return lambda partition: TimelineStage(partition, partitions, zone, pack)
    from streams.centers.stage import CentersStage

    return lambda partition: CentersStage(partition, partitions, zone, pack)
