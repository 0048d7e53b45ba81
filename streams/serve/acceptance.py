"""What becomes of a request's events: each is checked as intake will check it, and only what passes is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.check import Accepted, Refused, check
from schemas.kinds import TOPICS
from schemas.masking import masked
from schemas.parsing import readable
from streams.publish.outcomes import Position
from streams.serve.problem import HttpProblem

LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Judged:
    """One event, the bytes that came, and what the check says of it."""

    raw: bytes
    answer: Accepted | Refused


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One event as it is sent."""

    topic: str
    subject: str
    value: bytes


def judged(events: Iterable[bytes], source: str, now_ms: int) -> list[Judged]:
    """Every event with its verdict. Raises HttpProblem (403) when one names another source than the token's."""
    found = []
    for index, raw in enumerate(events):
        answer = check(raw, None, None, now_ms)
        if _source(answer) not in ("", source):
            detail = f"event {index} names another source than the token's, {source}; nothing was taken"
            raise HttpProblem("not-your-source", detail, index=index)
        found.append(Judged(raw, answer))
    return found


def outgoing(all_judged: Iterable[Judged]) -> list[Outgoing]:
    """What is to be sent, in the order in which it came."""
    return [
        Outgoing(TOPICS[each.answer.side], each.answer.event.subject, each.raw)
        for each in all_judged
        if isinstance(each.answer, Accepted)
    ]


def told(all_judged: Sequence[Judged], positions: Sequence[Position]) -> dict[str, Any]:
    """The answer: one result an event. `positions`: of those that were sent, in their order."""
    at = iter(positions)
    results = [
        _accepted(each.answer, next(at)) if isinstance(each.answer, Accepted) else _refused(each) for each in all_judged
    ]
    return {"accepted": len(positions), "refused": len(results) - len(positions), "results": results}


def _source(answer: Accepted | Refused) -> str:
    return answer.event.source if isinstance(answer, Accepted) else answer.source


def _accepted(answer: Accepted, at: Position) -> dict[str, Any]:
    where = {"topic": at.topic, "partition": at.partition, "offset": at.offset}
    return {"id": answer.event.id, "status": "accepted", **where}


def _refused(each: Judged) -> dict[str, Any]:
    assert isinstance(each.answer, Refused)
    problems = [problem.as_dict() for problem in each.answer.problems]
    return {"id": _id(readable(each.raw)), "status": "refused", "problems": problems}


def _id(body: Mapping[str, Any]) -> str | None:
    """The event's id where it can be read; it may hold anything, so it is masked."""
    found = body.get("id")
    return masked(found)[:LONGEST_ID] if isinstance(found, str) else None
