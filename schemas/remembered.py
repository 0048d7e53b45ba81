"""Remembers what is asked of the same short text again and again, as of the times of a rush."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

Asked = TypeVar("Asked", bound=Callable[..., Any])

LONGEST = 40
"""Characters of a text that is remembered: a time may have thousands of decimals, and they must not fill the memory."""


def remembered(function: Asked) -> Asked:
    """The same pure function of a text (and more), which remembers the last 16,384 short ones."""
    cached = lru_cache(1 << 14)(function)

    @wraps(function)
    def asked(text: str, *more: Any) -> Any:
        return cached(text, *more) if len(text) <= LONGEST else function(text, *more)

    return cast("Asked", asked)
