"""How an alert is told: its row, and the messages and rows by which a change of it gets to others. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from streams import topics
from streams.alerting.alert import Alert, Row, is_transition
from streams.clinical.episode import Episode, alert_id
from streams.clinical.pack import RuleEntry
from streams.clinical.routing import receivers
from streams.store_rows import StoreRows
from streams.transport.port import Output


def shown(
    entry: RuleEntry,
    episode: Episode,
    owner: str,
    contracted: Iterable[str],
    *,
    child_id: str = "",
    clinic_id: str = "",
    center_id: str = "",
    about: Mapping[str, Any] | None = None,
) -> Row:
    """The row of an active alert, but for its state and its times.

    `owner`: whom its id is made of; `contracted`: the clinics with a contract with the centre; `about`: what its
    detail says of whom it is about, besides the values that it was decided on.
    """
    detail: dict[str, Any] = {
        **(about or {}),
        **episode.detail,
        "records": [list(name) for name in episode.records],
        "to": receivers(entry.routing, clinic_id, center_id, contracted),
    }
    return {
        "alert_id": alert_id(entry.id, owner, episode.name),
        "rule": entry.id,
        "rule_version": entry.version,
        "severity": entry.severity.of(episode.state),
        "child_id": child_id,
        "center_id": center_id,
        "clinic_id": clinic_id,
        "milestone": episode.milestone,
        "due_on": episode.due_on.isoformat() if episode.due_on else None,
        "detail": detail,
    }


def told(
    changed: Mapping[str, Alert], held: Mapping[str, Alert], version: int, partition: int, rows: StoreRows
) -> Iterator[Output]:
    """Messages for transitions; rows for what else changed about an active alert. What is resolved stays as it was.

    Resolutions come first: whoever follows the topic never sees two active alerts about one condition.
    """
    for name, alert in sorted(changed.items(), key=lambda item: item[1].is_active):
        row = alert.row()
        if not is_transition(held.get(name), alert):
            rows.add("alerts", version, row)
            continue
        transition = {"at": alert.changed_at, "state": alert.state, "resolution": alert.resolution}
        key = str(row["child_id"] or row["center_id"] or row["clinic_id"])
        body = {"version": version, "transition": transition, "row": row}
        yield Output(topics.ALERTS, partition, key.encode(), orjson.dumps(body))
