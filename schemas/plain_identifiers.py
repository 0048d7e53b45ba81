"""No name, address, phone or plain identity number may travel: finds the numbers in an event that was parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from schemas.identifiers import is_resident_number
from schemas.masking import identifiers_in, may_hold_identifier
from schemas.pointers import pointer
from schemas.problems import Problem

_BARE = re.compile(rb"(?<![0-9A-Za-z])[0-9]{18}(?![0-9A-Za-z])")
MESSAGE = "holds a plain identity number or, in data, a mobile number"
ALLOWED = "a token in its place, see huiyu token"
Place = tuple[str | int, ...]


def plain_identifiers(raw: bytes, body: dict[str, Any]) -> list[Problem]:
    """A problem for each place with an identity number, and in `data` with a mobile number.

    Names of fields count, and whole numbers, also `13812345678.0`: an identifier without its quotes is still one.
    """
    found: list[Problem] = []
    if may_hold_identifier(orjson.dumps(body)):  # else there are escapes that hide nothing
        found = [Problem("raw-identifier", pointer(place), MESSAGE, ALLOWED) for place in _places(body, (), False)]
    if not found and any(is_resident_number(digits.decode()) for digits in _BARE.findall(raw)):
        return [Problem("raw-identifier", "", MESSAGE, ALLOWED)]  # in a number with a point
    return found


def _places(value: Any, place: Place, in_data: bool) -> Iterator[Place]:
    if isinstance(value, dict):
        for name, item in value.items():
            inside = in_data or (not place and name == "data")
            if _is_plain(name, inside):
                yield (*place, name)
            yield from _places(item, (*place, name), inside)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _places(item, (*place, index), in_data)
    elif _is_plain(_text(value), in_data):
        yield place


def _text(value: Any) -> str:
    if type(value) is int or (type(value) is float and value.is_integer()):
        return str(int(value))
    return value if isinstance(value, str) else ""


def _is_plain(text: str, in_data: bool) -> bool:
    return any(in_data or is_resident_number(found) for found in identifiers_in(text))
