"""The fields that a schema describes, those of nested objects too, each with its path, range and meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """`path`: `screenings[].result` for a field of each screening. `node`: its schema, without "or null".

    `zh_words`: the values of an enumeration in Chinese, where they are told apart from the description.
    """

    path: str
    node: Node
    required: bool
    en: str
    zh: str
    zh_words: tuple[str, ...] = ()


def fields_of(schema: Node, prefix: str = "") -> Iterator[Field]:
    """Fields in the order of the model, nested ones behind the field that holds them."""
    required = schema.get("required", ())
    for name, outer in schema.get("properties", {}).items():
        node, path = not_null(outer), f"{prefix}{name}"
        told = outer.get("description", ""), outer.get("zh", ""), tuple(outer.get("zh_words", ()))
        yield Field(path, node, name in required, *told)
        yield from fields_of(node, f"{path}.")
        yield from fields_of(node.get("items", {}), f"{path}[].")


def not_null(node: Node) -> Node:
    """What a node allows besides null."""
    options = [option for option in node.get("anyOf", ()) if option.get("type") != "null"]
    return options[0] if len(options) == 1 else node
