"""Where the catalogue lies, and every place in an event that a test may spoil."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"
EXAMPLES = ROOT / "examples" / "events"

Place = tuple[str | int, ...]
Event = dict[str, Any]


def loaded(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every attribute, field and item of an event, outer ones first."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in inside:
        yield (*place, part)
        yield from places(inner, (*place, part))


def changed(event: Event, place: Place, value: Any) -> Event:
    """The event with another value at a place."""
    copy = deepcopy(event)
    _holder(copy, place)[place[-1]] = value
    return copy


def without(event: Event, place: Place) -> Event:
    """The event without what stands at a place."""
    copy = deepcopy(event)
    del _holder(copy, place)[place[-1]]
    return copy


def _holder(event: Event, place: Place) -> Any:
    holder: Any = event
    for part in place[:-1]:
        holder = holder[part]
    return holder
