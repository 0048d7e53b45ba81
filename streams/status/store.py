"""What the store knows of a stack: the moment that queries stand at, and what is parked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from streams.embedded.probes import store_answers
from streams.errors import StoreAway
from streams.settings import Settings
from streams.status.figures import Parked
from streams.store.client import connect, place
from streams.store.read import Queries

NOW = "SELECT stage, now FROM huiyu_store.clock"
PARKED = "SELECT sum(records), uniqExact(subject), minOrNull(first_at) FROM huiyu.unlinked_subjects"


@dataclass(frozen=True, slots=True)
class Told:
    """Stage → its now, of those that have one; and what is parked."""

    now: Mapping[str, datetime]
    parked: Parked


def told(url: str, settings: Settings) -> Told:
    """Raises StoreAway, StoreRefused."""
    here = settings.model_copy(update={"clickhouse": url})
    if not store_answers(url):
        raise StoreAway(f"no ClickHouse answers at {place(here)}")
    with closing(connect(here)) as client:
        store = Queries(client, here)
        records, subjects, oldest = store.ask(PARKED).rows[0]
        now = {stage: moment.astimezone(UTC) for stage, moment in store.ask(NOW).rows}
        return Told(now, Parked(int(records), int(subjects), oldest.astimezone(UTC) if oldest else None))
