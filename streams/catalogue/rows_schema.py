"""JSON Schema of a row as it travels to the store: columns of its table, meanings from the view of the same name."""

from __future__ import annotations

import re
from typing import Any

from streams.catalogue.views import views
from streams.store.kinds import KINDS, Kind
from streams.store.tables import TABLES

Schema = dict[str, Any]
_WRAPPED = re.compile(r"(?:Nullable|LowCardinality)\((.*)\)")
_SIMPLE: dict[str, Schema] = {
    "String": {"type": "string"},
    "Date": {"type": "string", "format": "date"},
    "DateTime64(3)": {"type": "string", "format": "date-time"},
    "Float64": {"type": "number"},
}


def row_schema(table: str) -> Schema:
    """The row of a table that a view shows. Its key is there; what is absent or null has no value."""
    told = {
        column.name: {"description": column.comment.en, "x-zh": column.comment.zh} for column in views()[table].columns
    }
    properties = {name: {**_of(kind), **told.get(name, {})} for name, kind in TABLES[table].columns.items()}
    return {"type": "object", "required": list(TABLES[table].key), "properties": properties}


def _of(kind: Kind) -> Schema:
    if kind is KINDS["json"]:
        return {}
    schema = _typed(kind.type)
    return schema if kind.required else {**schema, "type": [schema["type"], "null"]}


def _typed(name: str) -> Schema:
    bare = _WRAPPED.sub(r"\1", name)
    if bare.startswith("Array("):
        return {"type": "array", "items": _typed(bare[len("Array(") : -1])}
    return dict(_SIMPLE.get(bare, {"type": "integer"}))
