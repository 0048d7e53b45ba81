"""Remembers what was answered to a request that named itself: who repeats it hears the same, and nothing is sent again.

Within bounds of size and time, in this process only: where an answer is forgotten, the records' own identity still
makes the repetition harmless.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from cachetools import TTLCache

from streams.serve.problem import HttpProblem

LONGEST_KEY = 255
KEPT_BYTES, KEPT_S = 32 << 20, 24 * 3_600.0
OVERHEAD = 500
"""Bytes that an answer takes beside its own."""


@dataclass(frozen=True, slots=True)
class Known:
    """A request that was seen: what it held, and what became of it."""

    fingerprint: bytes
    answer: Future[bytes]


class Remembered:
    """Answers by source and key; a request that is still at work is one of them. For one thread, the event loop's."""

    def __init__(self, kept_bytes: int = KEPT_BYTES, kept_s: float = KEPT_S) -> None:
        self._at_work: dict[tuple[str, str], Known] = {}
        self._answered: TTLCache[tuple[str, str], Known] = TTLCache(kept_bytes, kept_s, getsizeof=_size)

    def once(
        self, source: str, key: str | None, events: Sequence[bytes], start: Callable[[], Future[bytes]]
    ) -> tuple[Future[bytes], bool]:
        """The answer, and whether it is that of an earlier request. Raises HttpProblem (422)."""
        if key is None:
            return start(), False
        name, fingerprint = (source, key), _fingerprint(events)
        self._settle()
        known = self._at_work.get(name) or self._answered.get(name)
        if known is None:
            self._at_work[name] = Known(fingerprint, start())
            return self._at_work[name].answer, False
        if known.fingerprint != fingerprint:
            raise HttpProblem("key-reused", "this Idempotency-Key was sent before with other events: choose another")
        return known.answer, True

    def _settle(self) -> None:
        """What failed is forgotten, so that a repetition tries again; what was answered is kept as long as it fits."""
        for name, known in list(self._at_work.items()):
            if known.answer.done():
                del self._at_work[name]
                if _was_answered(known.answer) and _size(known) <= self._answered.maxsize:
                    self._answered[name] = known


def key_of(given: Sequence[str]) -> str | None:
    """The header Idempotency-Key, None when there is none. Raises HttpProblem (400)."""
    if not given:
        return None
    if len(given) > 1 or not 1 <= len(given[0]) <= LONGEST_KEY or not given[0].isascii() or not given[0].isprintable():
        raise HttpProblem("not-readable", f"Idempotency-Key is not one text of 1 to {LONGEST_KEY} ASCII characters")
    return given[0]


def _was_answered(answer: Future[bytes]) -> bool:
    return not answer.cancelled() and answer.exception() is None


def _fingerprint(events: Sequence[bytes]) -> bytes:
    digest = hashlib.sha256()
    for event in events:
        digest.update(hashlib.sha256(event).digest())
    return digest.digest()


def _size(known: Known) -> int:
    return OVERHEAD + len(known.answer.result())
