"""The log of deliveries: one entry for each decision and each attempt. Everything that notify knows follows from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

import orjson

Result = Literal["planned", "sent", "failed", "withdrawn", "dead", "over"]
JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """`key`: alert, transition and subscription, the same for ever. `at`, `due_at`, `retry_at`: seconds since 1970 UTC.

    planned: `body` is to be sent at `due_at`, in one message with others when `bundled`; failed: not before `retry_at`;
    over: what was told of the alert holds no longer. `state`, `since`: of the transition (`since` UTC text).
    """

    key: str
    alert_id: str
    version: int
    subscription: str
    channel: str
    result: Result
    at: float
    attempt: int = 0
    reason: str = ""
    due_at: float = 0.0
    retry_at: float = 0.0
    bundled: bool = False
    child_id: str = ""
    state: str = ""
    since: str = ""
    body: JSON = field(default_factory=dict)

    def packed(self) -> bytes:
        return orjson.dumps(asdict(self))

    @classmethod
    def unpacked(cls, value: bytes) -> Self:
        return cls(**orjson.loads(value))
