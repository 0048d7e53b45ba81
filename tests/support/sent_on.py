"""The books of what intake sends on: every published event once, and ahead of the ticks that it preceded."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from schemas.internal import unpack
from streams.transport.port import Record


@dataclass
class SentOn:
    """`sent`: ids in the order sent; `behind`: those sent behind a tick that they preceded; `finals`: each *now*."""

    sent: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    finals: set[str] = field(default_factory=set)

    def differences(self, acknowledged: Iterable[str]) -> list[str]:
        """What is wrong, in words: nothing when each acknowledged event was sent on once, before its tick."""
        counts = Counter(self.sent)
        wrong = [f"{name}: lost" for name in acknowledged if not counts[name]]
        wrong += [f"{name}: sent {times} times" for name, times in counts.items() if times > 1]
        return wrong + [f"{name}: behind its tick" for name in self.behind]


def sent_on(records: Iterable[Record], partitions: int, acknowledged: Mapping[str, float]) -> SentOn:
    """Read child-events, partition by partition; `acknowledged`: id → when, in seconds since 1970."""
    found = SentOn()
    seen: dict[int, dict[int, str]] = {p: {} for p in range(partitions)}
    for record in records:
        meta, raw = unpack(record.value or b"")
        origins = seen[record.partition]
        if meta["t"] == "watermark":
            origins[meta["origin"]] = max(meta["now"], origins.get(meta["origin"], ""))
        elif meta["t"] == "event":
            name = orjson.loads(raw)["id"]
            found.sent.append(name)
            now = min(origins.values()) if len(origins) == partitions else ""
            if now and acknowledged.get(name, math.inf) < datetime.fromisoformat(now).timestamp():
                found.behind.append(name)
    found.finals = {min(o.values()) if len(o) == partitions else "never" for o in seen.values()}
    return found
