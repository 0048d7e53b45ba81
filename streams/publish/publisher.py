"""The SDK's publisher: checks an event, chooses topic, key and partition, sends it, and knows when it is safe."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from streams import endpoints
from streams.errors import Failure
from streams.publish.daily import parse_daily
from streams.publish.direct import Direct
from streams.publish.envelope import new_event, new_reporting_completed
from streams.publish.link import Link
from streams.publish.offline import Valid, validated
from streams.publish.outcomes import Receipt, Refused
from streams.publish.reports import DailyReports
from streams.publish.spool import Spool
from streams.publish.spooled import ThroughSpool
from streams.settings import Settings


class Way(Protocol):
    """How valid events get to the broker."""

    acknowledged: int

    @property
    def pending(self) -> int: ...
    def take(self, events: Sequence[Valid]) -> Sequence[Receipt]: ...
    def flush(self, timeout: float | None) -> None: ...
    def leave(self) -> None: ...
    def close(self) -> None: ...


class Publisher:
    """A context manager; leaving it waits until everything is acknowledged. For one thread.

    `spool`: a file that keeps events until they are acknowledged. `publish` then returns when the event is on disk,
    whether there is a broker or not, and a thread delivers; any number of threads of one process may publish. Leaving
    waits only while a broker answers: whoever opens the spool next delivers what is left. Raises SpoolTaken,
    SpoolUnusable, and SpoolFull when there is no room.

    `kafka`: bootstrap servers, else HUIYU_KAFKA, else the embedded broker. `source`: who is publishing, for `record`
    and `reporting_completed`. `report_daily_at`: with a spool, the local time (HUIYU_TIMEZONE), for example "18:00",
    at which `reporting.completed` is sent every day, once everything that was given by then is acknowledged.
    `answer_within_s`: how long a broker may take to answer at all; `deliver_within_s`: to acknowledge an event,
    restarts of the broker included. `client`: further options of kafka-python's KafkaProducer, for example
    `security_protocol`. Raises BrokerAway when no broker answers and there is no spool.
    """

    def __init__(
        self,
        kafka: str | None = None,
        source: str | None = None,
        settings: Settings | None = None,
        *,
        spool: Path | str | None = None,
        report_daily_at: str | None = None,
        answer_within_s: float = 10.0,
        deliver_within_s: float = 120.0,
        client: Mapping[str, Any] | None = None,
    ) -> None:
        settings = settings or Settings()
        self._source = source
        reports = self._daily(report_daily_at, spool, settings)
        link = Link(kafka or endpoints.kafka(settings), answer_within_s, client or {})
        self._spooled = None if spool is None else ThroughSpool(Path(spool), link, deliver_within_s, reports)
        self._way: Way = self._spooled or Direct(link, deliver_within_s)

    @property
    def acknowledged(self) -> int:
        """Events of which it is known that the broker has them; those of an earlier program in the spool count."""
        return self._way.acknowledged

    @property
    def pending(self) -> int:
        """Events that were given and are not acknowledged yet; in a spool also those of an earlier program."""
        return self._way.pending

    @property
    def trouble(self) -> Failure | None:
        """With a spool: why events do not get through at the moment; None while they do."""
        return self._spooled.trouble if self._spooled else None

    def publish(self, event: Mapping[str, Any] | bytes) -> Receipt:
        """Check and send one event. Raises Refused; BrokerAway, WrongTopics, NotDelivered also for earlier ones.

        With a spool it is on disk when this returns, and only Refused, SpoolFull and SpoolUnusable are raised.
        """
        return self._way.take([validated(event, _now_ms())])[0]

    def publish_many(self, events: Iterable[Mapping[str, Any] | bytes]) -> Sequence[Receipt]:
        """Check all of them, then send them; one that is refused (Refused, with its `index`) keeps back all.

        With a spool they are one transaction, all on disk or none: a few thousand at once take hardly longer than one.
        """
        return self._way.take(_all_valid(events))

    def record(self, kind: str, subject: str, data: Mapping[str, Any], time: datetime | str, **more: Any) -> Receipt:
        """Publish a record of this publisher's source; `more` as in `new_event`: recordid, revision, recordedtime."""
        return self.publish(new_event(kind, self._own_source(), subject, data, time, **more))

    def reporting_completed(self, through: datetime) -> Receipt:
        """Say that everything up to `through` has been sent; systems do so once a day."""
        return self.publish(new_reporting_completed(self._own_source(), through, datetime.now(UTC)))

    def flush(self, timeout: float | None = None) -> int:
        """Wait until the broker has acknowledged everything; how many so far. Raises BrokerAway, NotDelivered.

        `timeout` in seconds; None: `deliver_within_s`. After a failure it can be called again: what is not acknowledged
        by then is sent again.
        """
        self._way.flush(timeout)
        return self._way.acknowledged

    def close(self) -> None:
        """Stop. What is in the spool stays there; without one, what is not acknowledged is lost."""
        self._way.close()

    def __enter__(self) -> Publisher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._way.leave()
        finally:
            self.close()

    def _own_source(self) -> str:
        if self._source is None:
            raise ValueError("say who is publishing: Publisher(source='clinic:…')")
        return self._source

    def _daily(
        self, at: str | None, spool: Path | str | None, settings: Settings
    ) -> Callable[[Spool], DailyReports] | None:
        if at is None:
            return None
        if spool is None:
            raise ValueError("report_daily_at needs a spool: only that knows what is acknowledged")
        source, moment = self._own_source(), parse_daily(at)
        return lambda opened: DailyReports(opened, source, moment, settings.zone, datetime.now(UTC))


def _all_valid(events: Iterable[Mapping[str, Any] | bytes]) -> list[Valid]:
    found, now_ms = list[Valid](), _now_ms()
    for index, event in enumerate(events):
        try:
            found.append(validated(event, now_ms))
        except Refused as refused:
            refused.index = index
            raise
    return found


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
