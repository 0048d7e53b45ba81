"""JSON Schemas (2020-12) of whole events, one for each kind, and of the envelope: the models, as other tools read them.

What a model checks in code (a relation between two fields, a date's range) no schema says; `huiyu check` does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from schemas.envelope import Envelope
from schemas.event import RETRACTION, VERSION_SUFFIX
from schemas.fields import FACILITY
from schemas.kinds import KINDS, TOPICS, Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EXTENSIONS = {"zh": "x-zh", "zh_words": "x-zh-words", "allowed": "x-allowed"}
"""Our own keywords in the models' schemas, and how they are called where other tools read them."""

Schema = dict[str, Any]


def event_schema(kind: Kind) -> Schema:
    """The schema of a whole event of this kind."""
    return _document(f"{kind.name}{VERSION_SUFFIX}", {**event_fields(kind), "zh": kind.model.zh})


def event_fields(kind: Kind) -> Schema:
    """The schema of the model of an event, and what the registry of kinds knows besides."""
    schema = plain_schema(kind.event_model)
    fields = schema["properties"]
    fields["type"] = _without_range(fields["type"]) | {"const": f"{kind.name}{VERSION_SUFFIX}"}
    fields["source"]["pattern"] = f"^({'|'.join(senders(kind))}):{FACILITY}$"
    if kind.name == RETRACTION:
        fields["data"]["properties"]["kind"]["enum"] = [name for name, each in KINDS.items() if each.retractable]
    return schema


def envelope_schema() -> Schema:
    """The schema of what all events have in common; their data may be anything."""
    return _document("envelope", plain_schema(Envelope))


def senders(kind: Kind) -> list[str]:
    """The prefixes of the sources that may send a kind."""
    return [side for side in TOPICS if kind.may_be_sent_by(side)]


def plain_schema(model: type[BaseModel]) -> Schema:
    """A model's schema without references and without the titles that pydantic makes of names."""
    schema = model.model_json_schema()
    return _inlined(schema, schema.pop("$defs", {}))


def json_text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _document(name: str, schema: Schema) -> Schema:
    return {"$schema": DIALECT, "$id": f"urn:huiyu:{name}", "title": name, **_published(schema)}


def _inlined(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> Schema:
    if "$ref" in node:
        own = {key: value for key, value in node.items() if key != "$ref"}
        return _inlined({**definitions[node["$ref"].rpartition("/")[2]], **own}, definitions)
    found = {key: value for key, value in node.items() if key != "title"}
    return _of_each_node(found, lambda inner: _inlined(inner, definitions))


def _published(node: Schema) -> Schema:
    renamed = {EXTENSIONS.get(key, key): value for key, value in node.items()}
    return _of_each_node(renamed, _published)


def _of_each_node(node: Schema, change: Any) -> Schema:
    """The same node with every schema inside it changed."""
    changed = dict(node)
    if "properties" in node:
        changed["properties"] = {name: change(inner) for name, inner in node["properties"].items()}
    if "items" in node:
        changed["items"] = change(node["items"])
    if "anyOf" in node:
        changed["anyOf"] = [change(inner) for inner in node["anyOf"]]
    return changed


def _without_range(node: Schema) -> Schema:
    return {key: value for key, value in node.items() if key not in ("pattern", "allowed")}
