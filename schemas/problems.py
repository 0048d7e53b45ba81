"""What can be wrong with an event: codes in the order in which the first that applies names a rejection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

CODES = (
    "too-large",
    "not-json",
    "not-cloudevents",
    "raw-identifier",
    "unknown-type",
    "wrong-side",
    "wrong-topic",
    "key-mismatch",
    "not-your-own",
    "unknown-field",
    "missing-field",
    "bad-value",
    "time-in-future",
    "parking-overflow",
    "too-many-records",
)
_RANK = {code: rank for rank, code in enumerate(CODES)}


@dataclass(frozen=True, slots=True)
class Problem:
    """`path`: JSON pointer into the event, "" for all of it. Message and allowed range never repeat the value."""

    code: str
    path: str
    message: str
    allowed: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

    def __str__(self) -> str:
        where = f" {self.path}" if self.path else ""
        allowed = f" (allowed: {self.allowed})" if self.allowed else ""
        return f"{self.code}{where}: {self.message}{allowed}"


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems by the precedence of their codes; among equals in the order found."""
    return tuple(sorted(problems, key=lambda problem: _RANK[problem.code]))
