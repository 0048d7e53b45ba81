"""Data against its model: each problem with a JSON pointer and, from the model's own JSON Schema, the allowed range."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

from schemas.fields import Data
from schemas.identifiers import masked
from schemas.problems import Problem

Schema = Mapping[str, Any]
_CODES = {"extra_forbidden": "unknown-field", "missing": "missing-field"}
_MESSAGES = {"extra_forbidden": "is not a field of this kind", "missing": "is missing"}


def data_problems(model: type[Data], data: Any) -> list[Problem]:
    """Problems of an event's data, [] when it fits its model."""
    try:
        model.__pydantic_validator__.validate_python(data)
    except ValidationError as error:
        found = (_problem(model, details) for details in error.errors(include_url=False, include_input=False))
        return list({problem.path: problem for problem in found}.values())
    return []


def _problem(model: type[Data], details: Any) -> Problem:
    kind, message = details["type"], details["msg"].removeprefix("Value error, ")
    names = [part for part in details["loc"] if not _is_branch(part)]
    path = "".join(f"/{_escaped(str(part))}" for part in ("data", *names))
    if kind == "value_error" and not names:
        path, message = "/data/absence_reason", "does not go with this status"
    allowed = details["msg"].removeprefix("Value error, ") if kind == "value_error" else allowed_range(model, names)
    text = _MESSAGES.get(kind, "is not allowed" if kind == "value_error" else message)
    return Problem(_CODES.get(kind, "bad-value"), masked(path), text, allowed)


def _is_branch(part: int | str) -> bool:
    """True for the name that pydantic gives to a member of a union; it is no part of the event."""
    return isinstance(part, str) and (part.startswith("constrained-") or part in ("str", "float", "bool"))


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def allowed_range(model: type[Data], path: list[int | str]) -> str:
    """What is allowed at a path of the model, in words; "" when the model has no such place."""
    root = _schema(model)
    node: Schema = root
    for part in path:
        node = _resolved(root, node)
        node = node.get("items", {}) if isinstance(part, int) else node.get("properties", {}).get(part, {})
    return words(_resolved(root, node))


@cache
def _schema(model: type[Data]) -> Schema:
    return model.model_json_schema()


def _resolved(root: Schema, node: Schema) -> Schema:
    for option in node.get("anyOf", ()):
        if option.get("type") != "null":
            node = {**option, "description": node.get("description", option.get("description", ""))}
            break
    if "$ref" in node:
        return _resolved(root, root["$defs"][node["$ref"].rpartition("/")[2]])
    return node


def words(node: Schema) -> str:
    """The range that a JSON Schema node states, for example `number from 0.3 to 60`."""
    if "enum" in node:
        return ", ".join(map(str, node["enum"]))
    if "pattern" in node or node.get("format") in ("date", "date-time"):
        return str(node.get("description") or node.get("pattern"))
    kind = str(node.get("type", ""))
    limits = [node.get(name) for name in ("minimum", "maximum")]
    if None not in limits:
        return f"{kind} from {limits[0]} to {limits[1]}"
    if "maxLength" in node:
        return f"{node.get('minLength', 0)}–{node['maxLength']} characters"
    if "maxItems" in node:
        return f"a list of {node.get('minItems', 0)}–{node['maxItems']}: {words(node.get('items', {}))}"
    return kind if limits[0] is None else f"{kind} from {limits[0]}"
