"""One audit of a running pipeline: the log to its present ends, the store as queries see it, and what differs."""

from __future__ import annotations

from collections.abc import Callable

from streams.audit.compare import LIMIT, Report, compare
from streams.audit.engine import an_engine
from streams.audit.log import Ends, LogReader
from streams.audit.store import a_store
from streams.settings import Settings

MOVED = (
    "events or ticks arrived while the store was read: differences may only be delay; "
    "pause publishing, run `huiyu wait`, audit again"
)


def _quiet(_: str, __: int) -> None:
    return None


def audit(settings: Settings, limit: int = LIMIT, progress: Callable[[str, int], None] = _quiet) -> Report:
    """Compare log and store; at most `limit` differences a check are kept, all are counted.

    `progress` hears what is being done and how many records were read. Raises BrokerAway, StoreAway, StoreRefused.
    """
    with a_store(settings) as load_store, LogReader(settings) as log, an_engine(settings.timezone) as connection:
        ends = log.ends()
        log.load(connection, ends, lambda count: progress("reading the log", count))
        progress("reading the store", 0)
        load_store(connection)
        moved = _moved(ends, log.ends())
        progress("comparing", 0)
        report = compare(connection, limit)
    if moved:
        report.notes.append(MOVED)
    return report


def _moved(before: Ends, after: Ends) -> bool:
    return before != after
