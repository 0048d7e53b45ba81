"""Remembers what is asked of the same short text again and again, as of the times of a rush."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

LONGEST = 40
"""Characters of a text that is remembered: a time may have thousands of decimals, and they must not fill the memory."""


def remembered(function: Callable[Concatenate[str, P], T]) -> Callable[Concatenate[str, P], T]:
    """The same pure function of a text, which remembers the last 16,384 short ones."""
    cached = lru_cache(1 << 14)(function)

    @wraps(function)
    def asked(text: str, /, *more: P.args, **named: P.kwargs) -> T:
        return cached(text, *more, **named) if len(text) <= LONGEST else function(text, *more, **named)

    return asked
