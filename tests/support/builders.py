"""Small builders of events, so that a test names only what it is about."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson


def subject_of(name: str, scheme: str = "cn-id") -> str:
    """A child's subject that is always the same for a name."""
    return f"{scheme}:{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def child_of(subject: str) -> str:
    """The child's id as the contract defines it, computed here independently."""
    return hashlib.sha256(subject.encode()).hexdigest()[:32]


def an_event(kind: str, source: str, subject: str, data: dict[str, Any], at: str, **more: Any) -> dict[str, Any]:
    """A CloudEvent; its id follows from its content."""
    body = {"specversion": "1.0", "source": source, "type": f"{kind}.v1", "time": at, "subject": subject, "data": data}
    body |= more
    body.setdefault("id", hashlib.sha256(orjson.dumps(body)).hexdigest()[:32])
    return body


def a_source(source: str, at: str = "2020-01-01T08:00:00+08:00", cadence: str = "working-days") -> dict[str, Any]:
    data = {"side": source.partition(":")[0], "cadence": cadence}
    return an_event("source.registered", "registry:bureau", f"source:{source}", data, at)


def a_registration(
    name: str, born: str = "2025-06-01", clinic: str = "chengguan", at: str | None = None, **more: Any
) -> dict[str, Any]:
    data = {"sex": "female", "birth_date": born, "clinic_id": clinic}
    return an_event(
        "child.registered", f"clinic:{clinic}", subject_of(name), data, at or f"{born}T10:00:00+08:00", **more
    )


def a_checkup(name: str, at: str, clinic: str = "chengguan", subject: str | None = None, **data: Any) -> dict[str, Any]:
    more = {key: data.pop(key) for key in ("recordid", "revision", "recordedtime", "id") if key in data}
    return an_event(
        "checkup.recorded",
        f"clinic:{clinic}",
        subject or subject_of(name),
        {"clinic_id": clinic, "weight_kg": 8.1, **data},
        at,
        **more,
    )
