"""An event against its model: each problem with a JSON pointer and, from the model's JSON Schema, what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from schemas.envelope import Identified
from schemas.pointers import pointer
from schemas.problems import Problem

Schema = Mapping[str, Any]
Path = tuple[str | int, ...]
_OF_A_CLOUDEVENT = frozenset(Identified.model_fields)
_LIMITS = frozenset({"greater_than_equal", "less_than_equal", "too_long", "string_too_long", "string_too_short"})


def shape_problems(model: type[Identified], body: Mapping[str, Any]) -> list[Problem]:
    """Problems of an event's attributes and data, each by itself; [] when it fits its model."""
    try:
        model.__pydantic_validator__.validate_python(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return [_problem(model, body, details["type"], details["loc"]) for details in found]
    return []


def _problem(model: type[Identified], body: Mapping[str, Any], kind: str, place: Path) -> Problem:
    path, allowed = pointer(place), allowed_range(model, place)
    missing = kind == "missing" or (len(place) == 1 and place[0] != "data" and body[str(place[0])] is None)
    if place[0] in _OF_A_CLOUDEVENT:
        return Problem("not-cloudevents", path, "is missing" if missing else "is malformed", allowed)
    if missing:
        return Problem("missing-field", path, "is missing", allowed)
    if kind == "extra_forbidden":
        return Problem("unknown-field", path, "is not a field of this kind", _names(model, place[:-1]))
    if kind.endswith("_type"):
        return Problem("bad-value", path, "has the wrong type", allowed)
    return Problem("bad-value", path, "is out of range" if kind in _LIMITS else "is not allowed", allowed)


def allowed_range(model: type[BaseModel], place: Path) -> str:
    """What is allowed at a place of an event or of another model, in words; "" where the model has no such place."""
    root = _schema(model)
    return words(root, _at(root, place))


def _names(model: type[Identified], place: Path) -> str:
    root = _schema(model)
    return ", ".join(_at(root, place).get("properties", {}))


def _at(root: Schema, place: Path) -> Schema:
    node = root
    for part in place:
        node = node.get("items", {}) if isinstance(part, int) else node.get("properties", {}).get(part, {})
        node = _resolved(root, node)
    return node


@cache
def _schema(model: type[BaseModel]) -> Schema:
    return model.model_json_schema()


def _resolved(root: Schema, node: Schema) -> Schema:
    options = [option for option in node.get("anyOf", ()) if option.get("type") != "null"]
    if len(options) == 1:
        return _resolved(root, options[0])
    if "$ref" in node:
        return _resolved(root, root["$defs"][node["$ref"].rpartition("/")[2]])
    return node


def words(root: Schema, node: Schema) -> str:
    """The range that a JSON Schema node states, for example `number from 0.3 to 60`."""
    if "allowed" in node:
        return str(node["allowed"])
    if "anyOf" in node:
        return " or ".join(words(root, _resolved(root, option)) for option in node["anyOf"])
    if "enum" in node or "const" in node:
        return ", ".join(map(str, node.get("enum", [node.get("const")])))
    return _of_type(root, node, str(node.get("type", "")))


def _of_type(root: Schema, node: Schema, kind: str) -> str:
    if kind == "array":
        most = f" of at most {node['maxItems']}" if "maxItems" in node else ""
        return f"a list{most}: {words(root, _resolved(root, node['items']))}"
    if kind == "object":
        return f"an object of {', '.join(node.get('properties', ()))}"
    if kind == "string":
        return f"{node.get('minLength', 0)}–{node['maxLength']} characters" if "maxLength" in node else "a string"
    if kind == "boolean":
        return "true or false"
    low, high = node.get("minimum"), node.get("maximum")
    return f"{kind} from {low:.15g} to {high:.15g}" if low is not None and high is not None else kind
