"""Every topic: who writes it, how it is kept. Created once, all with the same number of partitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

CLINIC_EVENTS, CENTER_EVENTS, REGISTRY_EVENTS = "clinic-events", "center-events", "registry-events"
SOURCE_TOPICS = (CLINIC_EVENTS, CENTER_EVENTS, REGISTRY_EVENTS)
CLOCK, EXCHANGE = "clock", "exchange"
CHILD_EVENTS, FACILITY_EVENTS = "child-events", "facility-events"
REJECTED_EVENTS, TIMELINE_ENTRIES, ALERTS, ALERT_ACTIONS = (
    "rejected-events",
    "timeline-entries",
    "alerts",
    "alert-actions",
)
STORE_ROWS, DELIVERIES = "store-rows", "deliveries"
INTAKE_STATE, TIMELINE_STATE, CENTERS_STATE = "intake-state", "timeline-state", "centers-state"

FOR_EVER = {"retention.ms": "-1", "retention.bytes": "-1"}
COMPACTED = {"cleanup.policy": "compact"}
APPEND_TIME = {"message.timestamp.type": "LogAppendTime"}


@dataclass(frozen=True, slots=True)
class Topic:
    name: str
    public: bool
    purpose: str
    config: Mapping[str, str] = field(default_factory=dict)
    kept: Literal["for ever", "newest per key", "broker's default"] = "broker's default"


def _source(name: str, writers: str) -> Topic:
    limits = {"max.message.bytes": str(1 << 20)}
    return Topic(name, True, f"events of {writers}", {**FOR_EVER, **APPEND_TIME, **limits}, "for ever")


def _kept(name: str, public: bool, purpose: str) -> Topic:
    return Topic(name, public, purpose, {**FOR_EVER, **APPEND_TIME}, "for ever")


def _state(name: str, stage: str) -> Topic:
    return Topic(name, False, f"state of {stage}, one key a record", COMPACTED, "newest per key")


TOPICS: tuple[Topic, ...] = (
    _source(CLINIC_EVENTS, "clinics and health posts"),
    _source(CENTER_EVENTS, "childcare centres"),
    _source(REGISTRY_EVENTS, "the county health bureau"),
    _kept(REJECTED_EVENTS, True, "what was refused, and every reason"),
    _kept(TIMELINE_ENTRIES, True, "each change of a record or of its derived values"),
    _kept(ALERTS, True, "each transition of an alert"),
    _kept(ALERT_ACTIONS, True, "acknowledgements of alerts by people"),
    _kept(CLOCK, False, "ticks, each with the source topics' end offsets"),
    _kept(EXCHANGE, False, "between intake's partitions: misrouted events, facts, ticks"),
    _kept(CHILD_EVENTS, False, "validated events of known children, facts, watermarks"),
    _kept(FACILITY_EVENTS, False, "validated events of centres, facts, watermarks"),
    _kept(STORE_ROWS, False, "rows of the other tables of the store"),
    _kept(DELIVERIES, False, "what was decided and tried to deliver alerts"),
    _state(INTAKE_STATE, "intake"),
    _state(TIMELINE_STATE, "timeline"),
    _state(CENTERS_STATE, "centers"),
)
