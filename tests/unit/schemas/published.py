"""Events as somebody publishes them: a valid one of each kind, to be spoiled in one place by a test."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from schemas.check import Accepted, Refused, check

EXAMPLES = Path(__file__).parents[3] / "examples" / "events"
CHILD = "cn-id:9350d5bc5f0d67b484016b03a93dfbe9"
RESIDENT = "11010519491231002X"
NOON = int(datetime.fromisoformat("2026-03-02T12:00:00+08:00").timestamp() * 1000)
LEFT_OUT = object()
CENTER_SIDE = (
    "child.enrolled",
    "child.withdrawn",
    "attendance.recorded",
    "health-check.recorded",
    "measurement.recorded",
    "development.observed",
    "incident.recorded",
)
REGISTRY_SIDE = (
    "source.registered",
    "center.filed",
    "center.closed",
    "clinic.listed",
    "contract.signed",
    "contract.ended",
    "staff.certified",
    "staff.left",
    "training.completed",
    "guidance.delivered",
    "calendar.published",
    "population.reported",
)


@cache
def _example(kind: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((EXAMPLES / "valid" / f"{kind}.json").read_text(encoding="utf-8"))
    return loaded


def an_event(kind: str = "checkup.recorded", /, **attributes: Any) -> dict[str, Any]:
    """A valid event of a kind, with these attributes changed or LEFT_OUT; `data` holds changes of its data."""
    event = deepcopy(_example(kind))
    data = attributes.pop("data", {})
    if isinstance(data, dict):
        _change(event["data"], data)
    else:
        event["data"] = data
    _change(event, attributes)
    return event


def _change(target: dict[str, Any], changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        if value is LEFT_OUT:
            target.pop(name, None)
        else:
            target[name] = value


def a_retraction(of: str, source: str, subject: str = CHILD, **data: Any) -> dict[str, Any]:
    event = an_event("record.retracted", source=source, subject=subject)
    event["data"] = {"kind": of, "reason": "录错", **data}
    return event


def topic_of(kind: str) -> str:
    """Written out here and not asked of what is tested."""
    side = "center" if kind in CENTER_SIDE else "registry" if kind in REGISTRY_SIDE else "clinic"
    return f"{side}-events"


def checked(
    event: dict[str, Any] | bytes, topic: str | None = None, key: bytes | None = None, at: int = NOON
) -> Accepted | Refused:
    """The check of an event as intake makes it; the topic is that of its kind unless said."""
    if isinstance(event, bytes):
        return check(event, key, topic or "clinic-events", at)
    kind = str(event.get("type", "")).removesuffix(".v1")
    return check(json.dumps(event, ensure_ascii=False).encode(), key, topic or topic_of(kind), at)


def problems(event: dict[str, Any] | bytes, **record: Any) -> list[tuple[str, str]]:
    """(code, path) of every problem, [] when the event is accepted."""
    answer = checked(event, **record)
    return [(problem.code, problem.path) for problem in answer.problems] if isinstance(answer, Refused) else []
