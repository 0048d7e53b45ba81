"""The messages of the public topics that are no events: rejections, changes of records, alerts, acknowledgements."""

from __future__ import annotations

from typing import Any

from schemas.actions import Action
from schemas.check import refused
from schemas.internal import Origin
from schemas.parsing import LARGEST_BYTES
from schemas.problems import CODES, Problem
from streams.catalogue.json_schemas import plain_schema
from streams.catalogue.rows_schema import row_schema
from streams.catalogue.views import views
from streams.rejecting import rejected
from streams.topics import ALERT_ACTIONS, ALERTS, REJECTED_EVENTS, TIMELINE_ENTRIES

Part = dict[str, Any]

VERSION = {"type": "integer", "minimum": 0, "description": "of two messages about one row the greater version holds"}


def public_messages() -> dict[str, Part]:
    """Name of a public topic that carries no events → its message."""
    return {
        REJECTED_EVENTS: _rejection(),
        TIMELINE_ENTRIES: _timeline_entry(),
        ALERTS: _alert(),
        ALERT_ACTIONS: {
            "title": "确认",
            "summary": "What somebody did about an alert.",
            "payload": plain_schema(Action),
            **_key("the alert's id"),
        },
    }


def _key(description: str) -> Part:
    return {"bindings": {"kafka": {"key": {"type": "string", "description": description}}}}


def _rejection() -> Part:
    """Its headers are those that a rejection is given, its value is what was received."""
    told = {column.name: column.comment.en for column in views()["rejections"].columns}
    told["origin"] = "where the event lies: topic/partition/offset"
    output = rejected(0, Origin("", 0, 0, 0), refused(b"", None, [Problem(CODES[0], "", "")]))
    names = [name for name, _ in output.headers]
    headers: Part = {name: {"type": "string", "description": told[name]} for name in names}
    headers["code"]["enum"] = list(CODES)
    return {
        "title": "拒绝",
        "summary": "One event that was refused, with every problem found.",
        "contentType": "application/octet-stream",
        "headers": {"type": "object", "required": names, "properties": headers},
        "payload": {
            "type": "string",
            "description": f"the original bytes, cut to {LARGEST_BYTES:,} bytes, identifiers masked",
        },
        **_key("as received, identifiers masked"),
    }


def _timeline_entry() -> Part:
    deleted = {"type": "boolean", "description": "true: the row no longer stands"}
    return {
        "title": "时间线条目",
        "summary": "A record of a child changed, or what is derived of it.",
        "payload": _payload(version=VERSION, deleted=deleted, row=row_schema("timeline")),
        **_key("child_id"),
    }


def _alert() -> Part:
    told = {column.name: column.comment.en for column in views()["alert_history"].columns}
    transition = {name: {"type": "string", "description": told[name]} for name in ("at", "state", "resolution")}
    return {
        "title": "预警变化",
        "summary": "A transition of an alert, and the alert as it stands after it.",
        "payload": _payload(
            version=VERSION,
            transition={"type": "object", "required": list(transition), "properties": transition},
            row=row_schema("alerts"),
        ),
        **_key("child_id, center_id or clinic_id"),
    }


def _payload(**properties: Part) -> Part:
    return {"type": "object", "required": list(properties), "properties": properties}
