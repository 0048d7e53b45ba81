"""An event of Python values as the JSON that travels; what JSON cannot say is told, never lost on the way. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson

from schemas.parsing import DEEPEST
from schemas.pointers import pointer
from schemas.problems import Problem, in_order
from streams.publish.outcomes import Refused

SMALLEST, LARGEST = -(2**63), 2**64 - 1
ALLOWED = "text, numbers, true, false, null, lists, objects"
Place = tuple[str | int, ...]


def encoded(event: Mapping[str, Any]) -> bytes:
    """The event's JSON. Raises Refused (not-json) with the place of every value that JSON cannot say.

    The library writes NaN as null without a word: where there is a null, or something it does not know, each value is
    looked at by itself.
    """
    try:
        value = orjson.dumps(event)
    except TypeError:
        return orjson.dumps(plain(event))
    return orjson.dumps(plain(event)) if b"null" in value else value


def plain(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event in JSON's own values; a finite Decimal becomes the number that is written the same. Raises Refused."""
    problems: list[Problem] = []
    found: dict[str, Any] = _plain(event, (), problems)
    if problems:
        raise Refused(in_order(problems))
    return found


def _plain(value: Any, place: Place, problems: list[Problem]) -> Any:
    if len(place) >= DEEPEST and isinstance(value, Mapping | list | tuple):
        return _problem(problems, place, "nested too deeply", f"at most {DEEPEST} levels")
    if isinstance(value, Mapping):
        return _object(value, place, problems)
    if isinstance(value, list | tuple):
        return [_plain(item, (*place, index), problems) for index, item in enumerate(value)]
    if isinstance(value, Decimal):
        return _number(value, place, problems)
    if isinstance(value, float) and not math.isfinite(value):
        return _problem(problems, place, "is no finite number", "a JSON number; leave out what was not measured")
    if isinstance(value, int) and not SMALLEST <= value <= LARGEST:
        return _problem(problems, place, "is too large a whole number", "64 bits")
    return _scalar(value, place, problems)


def _object(value: Mapping[Any, Any], place: Place, problems: list[Problem]) -> dict[str, Any]:
    found = {}
    for name, item in value.items():
        if not isinstance(name, str) or not _is_unicode(name):
            _problem(problems, place, "has a name that is no text in Unicode", "names of type str, without surrogates")
        else:
            found[name] = _plain(item, (*place, name), problems)
    return found


def _number(value: Decimal, place: Place, problems: list[Problem]) -> Any:
    if not value.is_finite():
        return _problem(problems, place, "is no finite number", "a JSON number; leave out what was not measured")
    if value == value.to_integral_value() and SMALLEST <= value <= LARGEST:
        return int(value)
    if Decimal(repr(float(value))) != value:
        return _problem(problems, place, "has more digits than a JSON number keeps", "at most 15 significant digits")
    return float(value)


def _scalar(value: Any, place: Place, problems: list[Problem]) -> Any:
    if value is None:
        return None
    try:
        written = orjson.dumps(value)
    except TypeError:
        written = b"null"
    if not isinstance(value, str) and b"null" in written:
        kind = type(value).__name__
        return _problem(problems, place, f"is of type {kind}, which JSON does not have", ALLOWED)
    if isinstance(value, str) and not _is_unicode(value):
        return _problem(problems, place, "is no text in Unicode", "text without lone surrogates")
    return value


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _problem(problems: list[Problem], place: Place, message: str, allowed: str) -> None:
    problems.append(Problem("not-json", pointer(place), message, allowed))
