"""What became of each published record: exactly one answer, and no trace of an identifier in anything that is kept."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.fuzz import oracle
from tests.fuzz.inputs import MOBILES, RESIDENTS, Hostile
from tests.fuzz.line import Line
from tests.support.simulated_broker import Stored

KEPT = ("exchange", "child-events", "facility-events", "rejected-events", "timeline-entries", "alerts", "store-rows")
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
LATER = frozenset({"parking-overflow", "too-many-records"})
Origin = str


@dataclass
class Answers:
    """By origin: codes of refusals, how often it reached a child, a centre, the facts; bytes that are parked."""

    refused: dict[Origin, list[str]] = field(default_factory=lambda: defaultdict(list))
    applied: Counter[Origin] = field(default_factory=Counter)
    counted: Counter[Origin] = field(default_factory=Counter)
    facts: Counter[Origin] = field(default_factory=Counter)
    parked: set[bytes] = field(default_factory=set)

    def of(self, origin: Origin, raw: bytes) -> list[str]:
        """All answers to one record: one, when all is well; none to what only told that a source had reported."""
        refused = list(self.refused[origin])
        sent_on = self.applied[origin] - refused.count("too-many-records")  # the child's own stage refuses for that
        found = refused + ["applied"] * sent_on
        found += ["fact"] if self.facts[origin] else []
        return found + (["parked"] if raw in self.parked and not found else [])


def answers(line: Line) -> Answers:
    found = Answers()
    for record in line.all("rejected-events"):
        told = dict(record.headers)
        found.refused[told["origin"].decode()].append(told["code"].decode())
    for topic, counts in (("child-events", found.applied), ("facility-events", found.counted)):
        for record in line.all(topic):
            head, _, _ = (record.value or b"").partition(b"\n")
            meta = json.loads(head)
            if meta["t"] == "event" and "h" not in meta:
                counts[meta["o"]] += 1
            elif meta["t"] == "fact":
                found.facts[meta["o"]] += 1
    found.parked = {value.partition(b"\n")[2] for key, value in states(line) if key.startswith(b"parked/")}
    return found


def states(line: Line) -> Iterator[tuple[bytes, bytes]]:
    for runner in line.runners:
        yield from runner.state.items()


def origin_of(stored: Stored) -> Origin:
    return f"{stored.topic}/{stored.partition}/{stored.offset}"


def answer_of(found: Answers, sent: Hostile, stored: Stored) -> tuple[str, str]:
    """(the answer, what is wrong with it: "" for nothing)."""
    told = found.of(origin_of(stored), sent.value or b"")
    expected = oracle.codes(sent.topic, sent.key, sent.value, stored.timestamp, sent.planted)
    if not told and "" in expected and b"reporting.completed" in (sent.value or b"").replace(b"\\u002e", b"."):
        return "reported", ""
    if len(told) != 1:
        return "none" if not told else "several", f"answers {told}, expected one of {sorted(expected)}"
    (answer,) = told
    refused = "" if answer in ("applied", "parked", "fact") or answer in LATER else answer
    return answer, "" if refused in expected else f"answer {answer}, expected one of {sorted(expected)}"


def leaks(line: Line, numbers: Iterable[str] = (*RESIDENTS, *MOBILES)) -> list[str]:
    """topic/partition/offset, or the head of the state key, of all that holds one of these numbers."""
    wanted = [number.upper() for number in numbers]
    kept = ((origin_of(r), part) for topic in KEPT for r in line.all(topic) for part in parts(r))
    remembered = ((f"state {key[:8]!r}", part) for key, value in states(line) for part in (key, value))
    return [place for source in (kept, remembered) for place, part in source if _holds(part, wanted)]


def parts(record: Stored) -> Iterator[bytes]:
    yield from (record.key or b"", record.value or b"")
    for name, value in record.headers:
        yield from (name.encode("utf-8", "surrogatepass"), value)


def _holds(part: bytes, wanted: list[str]) -> bool:
    if part.isascii() and b"\\u" not in part:
        return any(number in part.decode().upper() for number in wanted)
    readings = [part.decode(encoding, "ignore") for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gbk")]
    return any(number in shown(reading) for reading in readings for number in wanted)


def shown(text: str) -> str:
    """As a reader sees it: escapes undone, in plain characters, in capitals."""
    return unicodedata.normalize("NFKC", ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)).upper()


def rows_of(line: Line, records: Iterable[str]) -> Counter[str]:
    """How many rows of the timeline stand of each of these records."""
    wanted, standing = set(records), dict[tuple[Any, ...], bool]()
    for record in line.all("timeline-entries"):
        body = json.loads(record.value or b"")
        row = body["row"]
        if row["record_id"] in wanted:
            standing[row["child_id"], row["kind"], row["source"], row["record_id"]] = not body["deleted"]
    return Counter(name for (*_, name), stands in standing.items() if stands)
