"""The SDK that clinics and centres install: build events, check them, publish them. Needs the base install only."""

from streams.publish.envelope import new_event, new_reporting_completed, new_retraction
from streams.publish.outcomes import NotDelivered, Position, Receipt, Refused
from streams.publish.publisher import Publisher
from streams.publish.spool import SpoolFull, SpoolTaken, SpoolUnusable

__all__ = [
    "NotDelivered",
    "Position",
    "Publisher",
    "Receipt",
    "Refused",
    "SpoolFull",
    "SpoolTaken",
    "SpoolUnusable",
    "new_event",
    "new_reporting_completed",
    "new_retraction",
]
