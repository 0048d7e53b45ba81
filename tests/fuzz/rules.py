"""The contract's rules about an event that was read: its shape by the JSON Schemas, who may send what, and where."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, TypeChecker, ValidationError
from jsonschema.validators import extend

from tests.fuzz.times import is_day, is_stored, moment
from tests.support.pipeline import CENTER_KINDS, topic_of
from tests.unit.schemas.published import REGISTRY_SIDE

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "schemas"
KINDS = frozenset(path.stem for path in REFERENCE.iterdir()) - {"envelope"}
EITHER_SIDE = ("record.retracted", "reporting.completed")
STRUCTURAL = ("required", "additionalProperties")
ID = "[a-z0-9][a-z0-9-]{0,62}"
Body = dict[str, Any]


def is_kind(name: object) -> bool:
    return isinstance(name, str) and name in KINDS


FORMATS = FormatChecker(())
FORMATS.checks("date")(lambda text: not isinstance(text, str) or is_day(text))
FORMATS.checks("date-time")(lambda text: not isinstance(text, str) or is_stored(text))


def _whole(validator: Any, pattern: str, text: Any, schema: Any) -> Iterator[ValidationError]:
    """The end of a pattern is the end of the text, as ECMA 262 has it, and not before its last newline."""
    if isinstance(text, str) and re.search(pattern.replace("$", r"\Z"), text, re.DOTALL) is None:
        yield ValidationError("pattern")


def _is_integer(checker: TypeChecker, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


Strict = extend(
    Draft202012Validator,
    {"pattern": _whole},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)


@cache
def _schema(kind: str) -> Any:
    return Strict(json.loads((REFERENCE / f"{kind}.json").read_text("utf-8")), format_checker=FORMATS)


def of_shape(kind: str, body: Body) -> Iterator[str]:
    """What the schema says is wrong, told by the sort of it; who may send it is told elsewhere."""
    for error in _schema(kind).iter_errors({**body, "source": "registry:any"}):
        for leaf in _deepest(error):
            place = list(leaf.absolute_path)
            if place == ["time"] and moment(body["time"]) is not None:
                continue  # a date after the last that the store holds: in the future, and nothing else
            if leaf.validator == "required" or (leaf.instance is None and len(place) == 1 and place != ["data"]):
                yield "missing-field"
            else:
                yield "unknown-field" if leaf.validator == "additionalProperties" else "bad-value"


def _deepest(error: ValidationError) -> Iterator[ValidationError]:
    """Of what may be null only what the other choice says."""
    inner = [e for e in error.context or () if e.validator != "type" or "null" not in str(e.validator_value)]
    of_objects = [e for e in inner if len(e.absolute_path) > len(error.absolute_path) or e.validator in STRUCTURAL]
    if not of_objects:
        yield error
    for each in of_objects:
        yield from _deepest(each)


def of_sides(kind: str, body: Body, topic: str) -> Iterator[str]:
    """What is wrong between who sends it, what it says and where it was sent."""
    data = body.get("data")
    said = data if isinstance(data, dict) else {}
    if kind == "record.retracted":
        yield from _retraction(said, body)
    yield from _who_and_where(kind, said, body, topic)
    yield from _own_rules(kind, said, body)


def _who_and_where(kind: str, said: Body, body: Body, topic: str) -> Iterator[str]:
    side, _, own = body["source"].partition(":")
    named = said.get("kind") if kind == "record.retracted" else kind
    if is_kind(named):
        of = _side_of(named)
        if side != "registry" and of not in (side, ""):
            yield "wrong-side"
        decides = kind != "record.retracted" or of != ""
        if decides and topic != topic_of({"type": f"{named}.v1", "source": body["source"], "data": {}}):
            yield "wrong-topic"
    if side != "registry" and named != "child.registered":
        fields = _schema(kind).schema["properties"]["data"].get("properties", {})
        if any(said.get(name) not in (None, own) for name in ("clinic_id", "center_id") if name in fields):
            yield "not-your-own"


def _own_rules(kind: str, said: Body, body: Body) -> Iterator[str]:
    """What one kind alone asks."""
    subject = body.get("subject")
    match kind:
        case "source.registered" if _is_of_another_side(subject, said.get("side")):
            yield "bad-value"
        case "reporting.completed" if isinstance(subject, str) and subject != f"source:{body['source']}":
            yield "bad-value"
        case "attendance.recorded" if said.get("status") == "present" and said.get("absence_reason") is not None:
            yield "bad-value"


def _side_of(kind: str) -> str:
    if kind in EITHER_SIDE:
        return ""
    return "center" if kind in CENTER_KINDS else "registry" if kind in REGISTRY_SIDE else "clinic"


def _retraction(said: Body, body: Body) -> Iterator[str]:
    named, subject = said.get("kind"), body.get("subject")
    if not isinstance(named, str):
        return
    if not is_kind(named) or named in EITHER_SIDE or named == "source.registered":
        yield "bad-value"
        return
    wanted = _schema(named).schema["properties"]["subject"]["pattern"]
    if isinstance(subject, str) and re.search(wanted.replace("$", r"\Z"), subject) is None:
        yield "bad-value"
    is_of_the_bureau = body["source"].startswith("registry:")
    if is_of_the_bureau and _side_of(named) == "center" and said.get("center_id") is None:
        yield "missing-field"


def _is_of_another_side(subject: object, side: object) -> bool:
    match = re.fullmatch(rf"source:(clinic|center|registry):{ID}", subject) if isinstance(subject, str) else None
    return match is not None and side in ("clinic", "center", "registry") and side != match[1]
