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
MOST_LISTED = 200
"""A rejection travels in a record's headers: an event of ten thousand wrong fields lists the first of them."""

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
    """Problems by the precedence of their codes, each once; among equals in the order found.

    Of more than 200 the rest is counted in a last one.
    """
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: _RANK[problem.code])
    more = len(ordered) - MOST_LISTED
    if more <= 0:
        return tuple(ordered)
    return (*ordered[:MOST_LISTED], Problem(ordered[MOST_LISTED].code, "", f"and {more} more problems"))
