"""What the sink makes of an action about an alert: its row, or that of a refusal. Pure: no I/O, no clock.

People write this topic: whatever is on it, it must not hold up the store.
"""

from __future__ import annotations

from typing import Any

from schemas.actions import Action, action_of
from schemas.check import refused
from schemas.event import moment_of
from schemas.internal import Origin
from streams.clock.moments import utc_text
from streams.rejecting import rejected
from streams.transport.port import Output, Record

Values = dict[str, Any]


def action_or_refusal(record: Record) -> Values | Output:
    """The values of its row in `alert_actions`, or what stands on rejected-events of an event that is refused."""
    raw = record.value or b""
    found = action_of(raw, record.key, record.timestamp)
    if isinstance(found, Action):
        place = {"partition": record.partition, "offset": record.offset}
        return found.model_dump() | {"at": utc_text(moment_of(found.at))} | place
    origin = Origin(record.topic, record.partition, record.offset, record.timestamp)
    return rejected(record.partition, origin, refused(raw, record.key, list(found)))
