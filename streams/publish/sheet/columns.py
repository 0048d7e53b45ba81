"""The columns of a template, made from the model of its kind of event: heading, form, range and words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from schemas.kinds import KINDS
from schemas.ranges import words
from schemas.vaccines import CODES
from streams.catalogue.fields import Field, fields_of
from streams.catalogue.json_schemas import plain_schema
from streams.catalogue.words import range_of
from streams.publish.sheet.telling import DATES, YES_OR_NO, Told
from streams.publish.sheet.vaccine_words import VACCINE_WORDS

Form = Literal[
    "text", "id", "number", "integer", "boolean", "date", "choice", "choices", "integers", "texts", "vaccine"
]
SCALARS: Mapping[str, Form] = {"number": "number", "integer": "integer", "boolean": "boolean"}
UNITS = {"weight_kg": "kg", "birth_weight_g": "g", "haemoglobin_g_l": "g/l", "temperature_c": "°c"}
UNIT_BY_ENDING = {"_cm": "cm", "_weeks": "week", "age_months": "month"}


@dataclass(frozen=True, slots=True)
class Column:
    """`heading` in both languages; `pointer`: where its value goes in the event. `choices`: (value, Chinese word)."""

    name: str
    heading: Told
    form: Form
    pointer: str
    required: bool
    meaning: Told
    allowed: Told
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    aliases: tuple[str, ...] = ()
    """Further headings under which people keep it."""


def column_of(kind: str, path: str, aliases: tuple[str, ...] = (), required: bool | None = None) -> Column:
    """The column for one field of a kind's data, `warning_signs.positive` for one of an object in it."""
    column = replace(_columns(kind)[path], aliases=aliases)
    return column if required is None else replace(column, required=required)


@cache
def _columns(kind: str) -> Mapping[str, Column]:
    return {column.name: column for column in _made(kind)}


def _made(kind: str) -> Iterator[Column]:
    found = fields_of(plain_schema(KINDS[kind].model))
    fields = {field.path: field for field in found if "[]" not in field.path}
    for path, field in fields.items():
        outer = fields.get(path.rpartition(".")[0])
        yield _column(field, _title(field.zh) if outer is None else _title(outer.zh) + _title(field.zh), outer is None)


def _column(field: Field, zh: str, top: bool) -> Column:
    form = _form(field)
    choices = VACCINE_WORDS if form == "vaccine" else _choices(field)
    return Column(
        name=field.path,
        heading=Told(zh, field.path),
        form=form,
        pointer="/data/" + field.path.replace(".", "/"),
        required=field.required and top,
        meaning=Told(field.zh, field.en),
        allowed=_allowed(field, form, choices),
        choices=choices,
        unit=_unit(field.path),
    )


def _title(zh: str) -> str:
    """What stands before the values of an enumeration: 测量体位 of 测量体位：卧位、立位."""
    return re.split("[：，]", zh)[0]


def _form(field: Field) -> Form:
    node, kind = field.node, field.node.get("type")
    if kind == "array":
        items = node["items"]
        return "choices" if "enum" in items else "integers" if items.get("type") == "integer" else "texts"
    if field.path == "vaccine":
        return "vaccine"
    if "enum" in node:
        return "choice"
    if node.get("format") == "date":
        return "date"
    return SCALARS.get(str(kind)) or ("id" if "pattern" in node else "text")


def _choices(field: Field) -> tuple[tuple[str, str], ...]:
    values = field.node.get("enum") or field.node.get("items", {}).get("enum")
    return () if values is None else tuple(zip(values, field.zh_words, strict=True))


def _allowed(field: Field, form: Form, choices: tuple[tuple[str, str], ...]) -> Told:
    if form == "date":
        return DATES
    if form == "boolean":
        return YES_OR_NO
    if form == "vaccine":
        return Told("疫苗名称或代码；其他疫苗写作“其他:名称”", f"{', '.join(sorted(CODES))}, or other:NAME")
    if choices:
        joined = Told("、".join(word for _, word in choices), ", ".join(value for value, _ in choices))
        return (
            joined if form == "choice" else Told(f"{joined.zh}；没有时写“无”", f"{joined.en}; none where there is none")
        )
    return Told(range_of(field.node, "zh").replace("`", "") or "文本", words({}, field.node))


def _unit(path: str) -> str:
    return UNITS.get(path) or next((unit for ending, unit in UNIT_BY_ENDING.items() if path.endswith(ending)), "")
