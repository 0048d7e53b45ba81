"""Publishing through a spool: `take` returns when the events are on disk; a thread delivers them, now or in hours."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from weakref import WeakValueDictionary

from streams.errors import Failure
from streams.publish.delivery import Delivery
from streams.publish.group_commit import GroupCommit
from streams.publish.line import Line
from streams.publish.link import Link
from streams.publish.offline import Valid
from streams.publish.outcomes import Kept, Position
from streams.publish.reports import DailyReports
from streams.publish.spool import Spool

IDLE_S, COLLECT_S = 1.0, 0.02
"""Between two looks when nothing is given; and what a round waits for more to go with it."""


class ThroughSpool:
    """For any number of threads of one process. Raises SpoolTaken, SpoolUnusable; the broker may be away."""

    def __init__(self, path: Path, link: Link, flush_s: float, reports: Callable[[Spool], DailyReports] | None) -> None:
        self.acknowledged = 0
        self._link, self._flush_s = link, flush_s
        self._spool = Spool(path)
        self._commits = GroupCommit(self._commit)
        self._receipts: WeakValueDictionary[int, Kept] = WeakValueDictionary()
        self._closing, self._given, self._changed = threading.Event(), threading.Event(), threading.Condition()
        self._line = Line(link, self._closing, self._waits)
        self._delivery = Delivery(self._spool, self._line, self._arrived)
        self._reports = reports(self._spool) if reports else None
        self._away: Failure | None = None
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="huiyu-delivery", daemon=True)
        self._thread.start()

    @property
    def pending(self) -> int:
        return self._spool.pending

    @property
    def trouble(self) -> Failure | None:
        return self._away or self._delivery.trouble

    def take(self, events: Sequence[Valid]) -> list[Kept]:
        """All of them are on disk, or none. Raises SpoolFull, SpoolUnusable."""
        self._raise_failed()
        numbers = self._commits.add(events)
        kept = [Kept(event.topic, number) for event, number in zip(events, numbers, strict=True)]
        self._receipts.update(zip(numbers, kept, strict=True))
        self._given.set()
        return kept

    def flush(self, timeout: float | None) -> None:
        """Wait until everything that was given is acknowledged. Raises what keeps it from being so by then."""
        last = self._spool.last_number()
        seconds = self._flush_s if timeout is None else timeout
        if not self._wait(lambda: not self._spool.holds_up_to(last), seconds):
            raise self.trouble or self._link.away(seconds, self.acknowledged)

    def leave(self) -> None:
        """Events that cannot be delivered now are safe: whoever opens the spool next delivers them."""
        self._wait(lambda: not self.pending or self.trouble is not None, self._link.answer_within_s)

    def close(self) -> None:
        self._closing.set()
        self._given.set()
        self._thread.join()
        self._spool.close()

    def _commit(self, events: Sequence[Valid]) -> range:
        return self._spool.add(events, time.time_ns() // 1_000_000)

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self._given.clear()
                self._report()
                if not self._delivery.step(time.monotonic()):
                    self._tell()
                    self._given.wait(IDLE_S)
                self._closing.wait(COLLECT_S)
        except BaseException as failure:  # noqa: BLE001 - raised by the next call
            self._failed = failure
        finally:
            self._line.close()
            self._tell()

    def _report(self) -> None:
        """While nothing is being given: what is given from then on has a later time than the report."""
        if self._reports is not None:
            with self._commits.pause():
                self._reports.look(datetime.now(UTC))

    def _arrived(self, positions: dict[int, Position]) -> None:
        self.acknowledged += len(positions)
        self._away = None
        for number, position in positions.items():
            kept = self._receipts.get(number)
            if kept is not None:
                kept.position = position
        self._tell()

    def _waits(self, trouble: Failure) -> None:
        self._away = trouble
        self._tell()

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        with self._changed:
            found = self._changed.wait_for(lambda: condition() or self._failed is not None, seconds)
        self._raise_failed()
        return found

    def _raise_failed(self) -> None:
        if self._failed is not None:
            raise self._failed
